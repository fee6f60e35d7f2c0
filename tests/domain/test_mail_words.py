"""A program's own words: what they may name, and that nothing in them is ever evaluated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.errors import Problem
from letters.domain.journal import MessageKind
from letters.domain.mail_words import (
    LONGEST,
    NO_WORDS,
    PLACEHOLDERS,
    Piece,
    Place,
    Placeholder,
    clean_words,
    pieces,
    words_for,
)

REQUEST = MessageKind.LETTER_REQUEST


def wrong_with(kind: MessageKind, **typed: str) -> list[tuple[str, str]]:
    problems: list[Problem] = []
    clean_words(kind, typed, problems)
    return [(problem.field, str(problem)) for problem in problems]


def test_words_are_tidied_and_empty_ones_left_out() -> None:
    problems: list[Problem] = []
    typed = {
        "greeting": "  Hello   {referee}! ",
        "beginning": " \r\n",
        "ending": "Yours,\r\n\r\nA.",
    }
    assert clean_words(REQUEST, typed, problems) == {
        "greeting": "Hello {referee}!",
        "ending": "Yours,\n\nA.",
    }
    assert problems == []


@pytest.mark.parametrize("kind", PLACEHOLDERS)
def test_every_placeholder_of_a_kind_is_taken_in_every_place(kind: MessageKind) -> None:
    every = " ".join(f"{{{one}}}" for one in PLACEHOLDERS[kind])
    assert wrong_with(kind, **dict.fromkeys(Place, every)) == []


@pytest.mark.parametrize(
    "text",
    [
        "{letter}",
        "{Referee}",
        "{ referee }",
        "{referee.__class__}",
        "{referee!r}",
        "{0}",
        "{}",
        "{{ referee }}",
        "{% raw %}",
        "{{ config.items() }}",
        "{applicant",
        "applicant}",
        "}{",
    ],
)
def test_other_braces_are_refused(text: str) -> None:
    [first, *_] = wrong_with(REQUEST, beginning=text)
    assert first[0] == "beginning"
    assert "braces" in first[1] or "{referee}, {applicant}" in first[1]


def test_mails_to_an_applicant_cannot_name_a_referee() -> None:
    [(field, sentence)] = wrong_with(MessageKind.LETTER_ARRIVED, ending="{referee}")
    assert field == "ending"
    assert sentence == (
        "{referee} cannot be filled in here. "
        "Choose from: {applicant}, {program}, {organization}, {due}."
    )


@pytest.mark.parametrize(
    "text", ["See https://evil.example/x", "HTTP://EVIL", "www.evil.example", "mailto:a@b.example"]
)
def test_addresses_of_pages_are_refused(text: str) -> None:
    [(_, sentence)] = wrong_with(REQUEST, beginning=text)
    assert sentence.startswith("Leave addresses of pages out")


def test_words_are_short_and_visible() -> None:
    for place, longest in LONGEST.items():
        assert wrong_with(REQUEST, **{place: "a" * longest}) == []
        assert wrong_with(REQUEST, **{place: "a" * (longest + 1)})
    assert wrong_with(REQUEST, greeting="Dear\nall")
    assert wrong_with(REQUEST, beginning="\N{RIGHT-TO-LEFT OVERRIDE}gnorw")


def test_what_a_program_does_not_say_is_empty() -> None:
    assert words_for(REQUEST, {}) == NO_WORDS
    given_words = {REQUEST.value: {"ending": "Bye"}, "reminder": {"greeting": "Hi"}}
    assert words_for(REQUEST, given_words) == {**NO_WORDS, "ending": "Bye"}


def test_words_are_taken_apart_at_their_placeholders() -> None:
    assert list(pieces("Dear {referee}, by {due}!")) == [
        Piece(text="Dear "),
        Piece(placeholder="referee"),
        Piece(text=", by "),
        Piece(placeholder="due"),
        Piece(text="!"),
    ]


@given(st.lists(st.sampled_from([*"{}a ", "{due}", "{{due}}", "{x}", *Placeholder])).map("".join))
def test_no_word_is_lost(words: str) -> None:
    again = "".join(
        f"{{{piece.placeholder}}}" if piece.placeholder else piece.text for piece in pieces(words)
    )
    assert again == words
