"""Signed addresses that mails come back to: which open, and that nothing else does."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letters.adapters.returns import SignedReturns
from letters.ports import ReturnAddresses, ReturnTag

OLD = "an old secret key of more than 32 characters"
NEW = "a new secret key of more than 32 characters"
BOUNCES = "letters-bounces@letters.example.org"
MAIL = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
RETURNS: ReturnAddresses = SignedReturns([NEW, OLD], BOUNCES)
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"

mails = st.uuids()
claims = st.integers(1, 2**31)


@given(mail=mails, claim=claims)
@settings(max_examples=50)
def test_an_address_says_what_it_was_minted_for(mail: UUID, claim: int) -> None:
    address = RETURNS.mint(mail, claim)
    local, _, domain = address.rpartition("@")
    assert (len(local), domain) == (64, "letters.example.org")
    assert RETURNS.read(address) == ReturnTag(mail, claim)
    assert RETURNS.read(address.upper()) == ReturnTag(mail, claim)


@given(place=st.integers(0, 47), other=st.sampled_from(BASE32 + "0189\u017f\u0130+.-=@ "))
@settings(max_examples=200)
def test_one_character_changed_says_nothing(place: int, other: str) -> None:
    local, _, domain = RETURNS.mint(MAIL, 1).partition("@")
    name, _, tag = local.partition("+")
    changed = tag[:place] + other + tag[place + 1 :]
    assert (RETURNS.read(f"{name}+{changed}@{domain}") is None) == (changed != tag)


@given(st.text(max_size=120) | st.text(alphabet=f"{BASE32}+@<>", max_size=120))
@settings(max_examples=100)
def test_whatever_somebody_writes_says_nothing(text: str) -> None:
    assert RETURNS.read(text) is None


@pytest.mark.parametrize(
    "form",
    [
        "{tag}",
        "<{tag}>",
        "{tag}@mx7.internal",
        " other+{tag}@letters.example.org\n",
        "+{tag}",
    ],
)
def test_what_stands_around_the_tag_does_not_matter(form: str) -> None:
    tag = RETURNS.mint(MAIL, 2).partition("@")[0].partition("+")[2]
    address = form.format(tag=tag) if "+" in form else form.format(tag=f"bounces+{tag}")
    assert RETURNS.read(address) == ReturnTag(MAIL, 2)


@pytest.mark.parametrize("cut", [1, 8, 47])
def test_a_tag_that_was_cut_off_says_nothing(cut: int) -> None:
    address = RETURNS.mint(MAIL, 1)
    local, _, domain = address.partition("@")
    assert RETURNS.read(f"{local[:-cut]}@{domain}") is None


def test_tags_of_an_older_key_are_read_while_it_is_listed() -> None:
    before_rotation = SignedReturns([OLD], BOUNCES).mint(MAIL, 1)
    assert RETURNS.read(before_rotation) == ReturnTag(MAIL, 1)
    assert SignedReturns([NEW], BOUNCES).read(before_rotation) is None
    assert SignedReturns([NEW], BOUNCES).read(RETURNS.mint(MAIL, 1)) == ReturnTag(MAIL, 1)


def test_without_an_address_for_bounces_none_is_minted_and_earlier_ones_are_read() -> None:
    none = SignedReturns([NEW], "")
    assert none.mint(MAIL, 1) == ""
    assert none.read(RETURNS.mint(MAIL, 1)) == ReturnTag(MAIL, 1)


@pytest.mark.parametrize("keys", [[], [""], [NEW, ""]])
def test_there_is_a_key(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="secret key"):
        SignedReturns(keys, BOUNCES)
