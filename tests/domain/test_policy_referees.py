"""Which referees an application may name: each mailbox once, and never the applicant's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.policy import referee_problems
from letters.domain.text import mailbox_key
from tests.domain.builders import said

APPLICANT = "mina.okafor@example.org"
INES = "ines@hochalp.example"
OWN = "This is your own address. Give the address of the referee."


def same_as(number: int) -> str:
    """Return what is said of a mailbox that referee `number` has too."""
    return f"This is the same mailbox as that of referee {number}. Name each once."


def test_different_mailboxes_are_no_problem() -> None:
    assert referee_problems(APPLICANT, [INES, "tomas@hochalp.example", "li@north.example"]) == []


def test_no_referees_are_no_problem_of_this_rule() -> None:
    assert referee_problems(APPLICANT, []) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (INES, INES),
        (INES, "Ines@HOCHALP.example"),
        ("ines@gmail.com", "i.n.e.s@gmail.com"),
        ("ines@gmail.com", "ines+letters@gmail.com"),
        ("ines@gmail.com", "I.Nes+letters@GoogleMail.com"),
        ("ines@outlook.com", "ines+letters@outlook.com"),
        ("ines@hotmail.com", "ines+letters@hotmail.com"),
        ("ines@live.com", "ines+letters@live.com"),
        ("ines@icloud.com", "ines+letters@me.com"),
        ("ines@fastmail.com", "ines+letters@fastmail.com"),
        ("ines@proton.me", "ines+letters@protonmail.com"),
    ],
)
def test_two_spellings_of_one_mailbox_are_one_referee_named_twice(first: str, second: str) -> None:
    assert said(referee_problems(APPLICANT, [first, second])) == [
        ("referees.1.email", same_as(1)),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a.b@hochalp.example", "ab@hochalp.example"),
        ("ines@hochalp.example", "ines+letters@hochalp.example"),
        ("a.b@outlook.com", "ab@outlook.com"),
        ("a.b@icloud.com", "ab@icloud.com"),
        ("a.b@proton.me", "ab@proton.me"),
        ("ines@outlook.com", "ines@hotmail.com"),
        ("ines@gmail.com", "ines@gmail.example"),
        ("ines@yahoo.com", "ines+letters@yahoo.com"),
        ("ines@sub.gmail.com", "i.nes@sub.gmail.com"),
    ],
)
def test_where_the_provider_does_not_say_so_two_spellings_are_two_referees(
    first: str, second: str
) -> None:
    assert referee_problems(APPLICANT, [first, second]) == []


@pytest.mark.parametrize(
    ("own", "named"),
    [
        (APPLICANT, APPLICANT),
        (APPLICANT, "Mina.Okafor@Example.ORG"),
        ("mina@gmail.com", "m.i.n.a+referee@googlemail.com"),
    ],
)
def test_the_applicants_own_mailbox_in_any_spelling_is_no_referee(own: str, named: str) -> None:
    assert said(referee_problems(own, [INES, named])) == [("referees.1.email", OWN)]


def test_the_applicants_own_address_given_twice_is_called_their_own_twice() -> None:
    assert said(referee_problems(APPLICANT, [APPLICANT, APPLICANT])) == [
        ("referees.0.email", OWN),
        ("referees.1.email", OWN),
    ]


def test_each_repetition_points_to_the_first_of_its_kind() -> None:
    tomas = "tomas@hochalp.example"
    assert said(referee_problems(APPLICANT, [tomas, INES, INES, tomas, INES])) == [
        ("referees.2.email", same_as(2)),
        ("referees.3.email", same_as(1)),
        ("referees.4.email", same_as(2)),
    ]


def test_empty_addresses_are_left_to_another_rule_and_still_counted() -> None:
    assert said(referee_problems(APPLICANT, ["", INES, "", INES])) == [
        ("referees.3.email", same_as(2)),
    ]


def test_an_applicant_without_an_address_has_no_mailbox_to_compare_with() -> None:
    assert referee_problems("", [INES, "@"]) == []


ADDRESSES = st.builds(
    "{}@{}".format,
    st.sampled_from(["ines", "i.nes", "ines+x", "INES", "mina"]),
    st.sampled_from(["gmail.com", "googlemail.com", "outlook.com", "hochalp.example"]),
)


@given(ADDRESSES, st.lists(ADDRESSES, max_size=8))
def test_what_is_left_without_the_problems_names_each_mailbox_once(
    own: str, named: list[str]
) -> None:
    bad = {problem.field for problem in referee_problems(own, named)}
    kept = [a for i, a in enumerate(named) if f"referees.{i}.email" not in bad]
    keys = [mailbox_key(address) for address in kept]
    assert sorted(set(keys)) == sorted(keys)
    assert set(keys) == {mailbox_key(address) for address in named} - {mailbox_key(own)}
