"""When two addresses are the same mailbox."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from letters.domain.text import mailbox_key

GMAIL = ("gmail.com", "googlemail.com")
WITH_PLUS_TAGS = (
    *GMAIL,
    "outlook.com",
    "hotmail.com",
    "live.com",
    "icloud.com",
    "me.com",
    "fastmail.com",
    "proton.me",
    "protonmail.com",
)
OTHERS = ("example.org", "yahoo.com", "uni-hochalp.example", "sub.gmail.com", "gmail.com.example")

ATOM = st.text("abcXYZ019_-", min_size=1, max_size=8)
LOCAL = st.lists(ATOM, min_size=1, max_size=3).map(".".join)
DOMAIN = st.sampled_from([*WITH_PLUS_TAGS, *OTHERS])
ADDRESS = st.builds("{}{}@{}".format, LOCAL, st.just("") | ATOM.map("+{}".format), DOMAIN)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("Ines@Hochalp.Example", "ines@hochalp.example"),
        (" ines@hochalp.example ", "ines@hochalp.example"),
        ("i.nes+x@hochalp.example", "i.nes+x@hochalp.example"),
        ("I.Nes+x@gmail.com", "ines@gmail.com"),
        ("i.nes+x+y@GoogleMail.com", "ines@gmail.com"),
        ("i.nes+x@outlook.com", "i.nes@outlook.com"),
        ("i.nes+x@hotmail.com", "i.nes@hotmail.com"),
        ("i.nes+x@live.com", "i.nes@live.com"),
        ("i.nes+x@icloud.com", "i.nes@icloud.com"),
        ("i.nes+x@me.com", "i.nes@icloud.com"),
        ("i.nes+x@fastmail.com", "i.nes@fastmail.com"),
        ("i.nes+x@proton.me", "i.nes@proton.me"),
        ("i.nes+x@protonmail.com", "i.nes@proton.me"),
        ("i.nes+x@yahoo.com", "i.nes+x@yahoo.com"),
        ('"a@b"@hochalp.example', '"a@b"@hochalp.example'),
        ("no address at all", "@no address at all"),
        ("", "@"),
    ],
)
def test_the_key_of_a_mailbox_follows_the_rule_of_its_provider(address: str, key: str) -> None:
    assert mailbox_key(address) == key


@given(ADDRESS)
def test_the_key_of_a_key_is_the_key(address: str) -> None:
    assert mailbox_key(mailbox_key(address)) == mailbox_key(address)


@given(ADDRESS)
def test_upper_and_lower_case_never_matter(address: str) -> None:
    spellings = [address.upper(), address.lower(), address.swapcase(), address.title()]
    assert {mailbox_key(spelling) for spelling in spellings} == {mailbox_key(address)}


@given(LOCAL, ATOM, st.sampled_from(WITH_PLUS_TAGS))
def test_a_plus_tag_does_not_matter_where_the_provider_says_so(
    local: str, tag: str, domain: str
) -> None:
    assert mailbox_key(f"{local}+{tag}@{domain}") == mailbox_key(f"{local}@{domain}")


@given(LOCAL, ATOM, st.sampled_from(OTHERS))
def test_a_plus_tag_matters_everywhere_else(local: str, tag: str, domain: str) -> None:
    assert mailbox_key(f"{local}+{tag}@{domain}") != mailbox_key(f"{local}@{domain}")


@given(LOCAL, st.sampled_from(GMAIL), st.sampled_from(GMAIL))
def test_dots_do_not_matter_at_gmail(local: str, domain: str, other: str) -> None:
    assert mailbox_key(f"{local}@{domain}") == mailbox_key(f"{local.replace('.', '')}@{other}")


@given(LOCAL, DOMAIN)
def test_dots_matter_everywhere_else(local: str, domain: str) -> None:
    assume("." in local and domain not in GMAIL)
    assert mailbox_key(f"{local}@{domain}") != mailbox_key(f"{local.replace('.', '')}@{domain}")


@given(st.text(max_size=40))
def test_any_text_has_a_key(text: str) -> None:
    assert mailbox_key(text).rpartition("@")[1] == "@"
