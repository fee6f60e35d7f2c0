"""The waiver is signed with one's own name, and settled by the first request."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.errors import Problem, WaiverSettled
from letters.domain.waiver import check_change, clean_signature, is_same_name, may_change
from tests.domain.builders import NOW, raised, said

NAME = "Zoë Łukasik-O\u2019Neill"
NAMES = st.text(st.characters(categories=["L", "M", "Zs"]), min_size=1, max_size=40)


@pytest.mark.parametrize(
    "typed",
    [
        NAME,
        "zoe lukasik o'neill",
        "  ZOË   ŁUKASIK-O\u2019NEILL ",
        "Zoe\u0308 Łukasik - O Neill",
        "Zoë Lukasik-O\u02bcNeill",
        "zoelukasikoneill",
    ],
)
def test_case_accents_and_spaces_do_not_matter(typed: str) -> None:
    assert is_same_name(typed, NAME)


@pytest.mark.parametrize("typed", ["", " ", "Z", "Zoë", "Zoë Neill", "Mina Okafor", "…", "x" * 200])
def test_another_name_is_no_signature(typed: str) -> None:
    assert not is_same_name(typed, NAME)


def test_a_name_of_signs_alone_is_signed_as_it_is_written() -> None:
    assert is_same_name("♥", "♥")
    assert not is_same_name("♠", "♥")
    assert not is_same_name("", "♥")


@given(NAMES)
def test_everybody_can_sign_with_their_name_in_any_case(name: str) -> None:
    assert is_same_name(name, name)
    assert is_same_name(unicodedata.normalize("NFD", name), name) or not name.isprintable()


@given(NAMES, NAMES)
def test_a_signature_is_a_line_or_a_problem(typed: str, name: str) -> None:
    problems: list[Problem] = []
    signature = clean_signature("signature", typed, name, problems)
    assert bool(signature) is not bool(problems)
    assert not signature or is_same_name(signature, name)


def test_what_is_said_of_a_wrong_signature() -> None:
    problems: list[Problem] = []
    assert clean_signature("signature", "", NAME, problems) == ""
    assert clean_signature("signature", "Mina\x00", NAME, problems) == ""
    assert clean_signature("signature", "Mina Okafor", NAME, problems) == ""
    assert clean_signature("signature", " Zoe  Lukasik-ONeill ", "Zoe Lukasik-ONeill", []) == (
        "Zoe Lukasik-ONeill"
    )
    assert said(problems) == [
        ("signature", "Fill this in, please."),
        ("signature", "Remove the line breaks or invisible characters, please."),
        (
            "signature",
            f"Sign with your own name as it stands in the application: {NAME}.",
        ),
    ]


def test_it_can_be_changed_until_the_first_request() -> None:
    assert may_change([])
    assert may_change([None, None])
    assert not may_change([None, NOW])
    assert raised(lambda: check_change([None])) is None
    assert raised(lambda: check_change([None, NOW])) is WaiverSettled
