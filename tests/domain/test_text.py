"""What is allowed in a line and in a text."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.errors import Problem
from letters.domain.text import (
    LONGEST_LINE,
    LONGEST_NAME,
    LONGEST_TEXT,
    clean_line,
    clean_name,
    clean_text,
    required_line,
    required_name,
)

INVISIBLE_IN_LINE = "Remove the line breaks or invisible characters, please."
INVISIBLE_IN_TEXT = "Remove the invisible characters, please."
FILL_IN = "Fill this in, please."
AN_ADDRESS = "Leave addresses out of the name. If it has none, put a space after full stops."
TOO_LONG = "Use at most %(longest)s characters."

INVISIBLE = [
    pytest.param("\x00", id="null"),
    pytest.param("\x07", id="bell"),
    pytest.param("\x0b", id="vertical tab"),
    pytest.param("\x0c", id="form feed"),
    pytest.param("\x1b", id="escape"),
    pytest.param("\x1f", id="unit separator"),
    pytest.param("\x7f", id="delete"),
    pytest.param("\x85", id="next line"),
    pytest.param("\x9b", id="C1 control sequence"),
    pytest.param("\u00ad", id="soft hyphen"),
    pytest.param("\u061c", id="Arabic letter mark"),
    pytest.param("\u200b", id="zero-width space"),
    pytest.param("\u200e", id="left-to-right mark"),
    pytest.param("\u200f", id="right-to-left mark"),
    pytest.param("\u202a", id="left-to-right embedding"),
    pytest.param("\u202b", id="right-to-left embedding"),
    pytest.param("\u202c", id="pop directional formatting"),
    pytest.param("\u202d", id="left-to-right override"),
    pytest.param("\u202e", id="right-to-left override"),
    pytest.param("\u2060", id="word joiner"),
    pytest.param("\u2066", id="left-to-right isolate"),
    pytest.param("\u2067", id="right-to-left isolate"),
    pytest.param("\u2068", id="first strong isolate"),
    pytest.param("\u2069", id="pop directional isolate"),
    pytest.param("\ufeff", id="byte order mark"),
    pytest.param("\U000e0041", id="tag character"),
    pytest.param("\ud800", id="surrogate"),
    pytest.param("\ue000", id="private use"),
    pytest.param("\u0378", id="unassigned"),
]
BREAKS = [
    pytest.param("\n", id="line feed"),
    pytest.param("\r", id="carriage return"),
    pytest.param("\t", id="tab"),
    pytest.param("\u2028", id="line separator"),
    pytest.param("\u2029", id="paragraph separator"),
]
ANY_TEXT = st.text(st.characters(), max_size=60) | st.text(
    st.sampled_from(" \t\r\n\x00a\u0301e\u00e9\u200c\u200d\u202e\u2028\u00a0\ud800."), max_size=20
)

Cleaner = Callable[[str, str, list[Problem]], str]


def cleaned(cleaner: Cleaner, value: str) -> tuple[str, list[Problem]]:
    """Return the cleaned value of a field and the problems found in it."""
    problems: list[Problem] = []
    return cleaner("field", value, problems), problems


def test_names_lines_and_texts_have_their_limits() -> None:
    assert (LONGEST_NAME, LONGEST_LINE, LONGEST_TEXT) == (120, 200, 4000)


# --- one line ---------------------------------------------------------------------------------


@pytest.mark.parametrize("character", INVISIBLE + BREAKS)
@pytest.mark.parametrize("template", ["Ines{}Halvorsen", "{}Ines", "Ines{}", "{}"])
def test_a_line_has_no_breaks_and_no_invisible_characters_anywhere(
    template: str, character: str
) -> None:
    line, problems = cleaned(clean_line, template.format(character))
    assert (line, problems) == ("", [Problem("field", INVISIBLE_IN_LINE)])


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("\u0645\u06cc\u200c\u0646\u0627", id="non-joiner, as in Persian"),
        pytest.param("\u0d15\u0d4d\u200d", id="joiner, as in Malayalam"),
        pytest.param("\u674e\u5c0f\u9f99", id="Chinese"),
        pytest.param("O\u2019Neill-\u00c5str\u00f6m, J.", id="apostrophe, hyphen, comma"),
        pytest.param("\U0001f642", id="emoji"),
    ],
)
def test_a_line_may_hold_what_people_are_called(name: str) -> None:
    assert cleaned(clean_line, name) == (name, [])


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [
        ("", ""),
        ("   ", ""),
        ("  Ines  ", "Ines"),
        ("Ines   Halvorsen", "Ines Halvorsen"),
        ("Ines\u00a0\u2003Halvorsen", "Ines Halvorsen"),
        ("\u3000Ines\u00a0", "Ines"),
    ],
)
def test_a_line_has_no_spaces_at_its_ends_and_single_ones_within(typed: str, tidy: str) -> None:
    assert cleaned(clean_line, typed) == (tidy, [])


def test_a_line_is_put_into_composed_form() -> None:
    assert cleaned(clean_line, "Jose\u0301") == ("Jos\u00e9", [])


@pytest.mark.parametrize("longest", [1, LONGEST_NAME, LONGEST_LINE])
def test_a_line_may_be_as_long_as_the_limit_and_no_longer(longest: int) -> None:
    problems: list[Problem] = []
    assert clean_line("field", "x" * longest, problems, longest) == "x" * longest
    assert problems == []
    assert clean_line("field", "x" * (longest + 1), problems, longest) == ""
    assert problems == [Problem("field", TOO_LONG, {"longest": longest})]


def test_a_line_is_a_name_unless_said_otherwise() -> None:
    assert cleaned(clean_line, "x" * 120) == ("x" * 120, [])
    assert cleaned(clean_line, "x" * 121) == ("", [Problem("field", TOO_LONG, {"longest": 120})])


def test_length_is_counted_after_tidying() -> None:
    assert cleaned(clean_line, " " * 500 + "e\u0301" * 120) == ("\u00e9" * 120, [])


def test_problems_are_added_to_those_found_before() -> None:
    earlier = Problem("other", FILL_IN)
    problems = [earlier]
    clean_line("field", "\x00", problems)
    assert problems == [earlier, Problem("field", INVISIBLE_IN_LINE)]


@given(ANY_TEXT, st.integers(1, 30))
def test_a_line_is_either_tidy_or_empty_with_one_problem(value: str, longest: int) -> None:
    problems: list[Problem] = []
    line = clean_line("field", value, problems, longest)
    if problems:
        assert (line, len(problems), problems[0].field) == ("", 1, "field")
        return
    assert line == " ".join(unicodedata.normalize("NFC", line).split())
    assert {c for c in line if unicodedata.category(c)[0] == "C"} <= {"\u200c", "\u200d"}
    assert len(line) <= longest
    assert clean_line("field", line, problems, longest) == line
    assert problems == []


# --- a line that is required ------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    ["", " ", "\u00a0\u3000", "\u200c", "\u200d", "\u200d \u200c"],
    ids=["nothing", "space", "wide spaces", "non-joiner", "joiner", "joiners and a space"],
)
def test_a_required_line_shows_something(value: str) -> None:
    assert cleaned(required_line, value) == ("", [Problem("field", FILL_IN)])


def test_a_required_line_that_is_filled_in_is_tidied_like_any_other() -> None:
    assert cleaned(required_line, " Ines  Halvorsen ") == ("Ines Halvorsen", [])


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("\x00", Problem("field", INVISIBLE_IN_LINE)),
        ("x" * 121, Problem("field", TOO_LONG, {"longest": 120})),
    ],
)
def test_a_required_line_has_one_problem_at_most(value: str, problem: Problem) -> None:
    assert cleaned(required_line, value) == ("", [problem])


def test_a_required_line_is_missed_even_when_other_fields_have_problems() -> None:
    earlier = Problem("other", INVISIBLE_IN_LINE)
    problems = [earlier]
    assert required_line("field", "", problems) == ""
    assert problems == [earlier, Problem("field", FILL_IN)]


# --- what a person is called ------------------------------------------------------------------


def test_a_name_holds_nothing_that_mail_programs_make_a_link_of(
    subtests: pytest.Subtests,
) -> None:
    for name in (
        *(
            "you won, see http://evil.example/win",
            "HTTPS://EVIL.EXAMPLE",
            "www.evil",
            "evil.example",
        ),
        *("Evil.Com", "EVIL.ORG wins", "Evil.Example/win", "dr.evil.example", "t.co", "mailto:me"),
        *("mira@example.org", "mira@EXAMPLE", "Mira (пример.рф)", "Ines bit.ly/x Halvorsen"),
    ):
        with subtests.test(name):
            for cleaner in (clean_name, required_name):
                assert cleaned(cleaner, name) == ("", [Problem("field", AN_ADDRESS)])


def test_a_name_may_have_full_stops_and_titles(subtests: pytest.Subtests) -> None:
    for name in (
        *("J.R. Smith", "J.R.R. Tolkien", "St. John", "St.John", "Dr. med. A. Müller", "Md.Rahman"),
        *("Dr.med. A. Müller", "Prof.Dr.Müller", "PROF.DR.MÜLLER", "Ph.D. Ines Halvorsen, M.Sc."),
        *("Ines Halvorsen Jr.", "O\u2019Neill-Åström, J.", "@SUM(1+1)", "a: b", "Anna и/или Ivan"),
    ):
        with subtests.test(name):
            assert cleaned(required_name, name) == (name, [])


def test_a_name_is_required_or_not() -> None:
    assert cleaned(clean_name, " ") == ("", [])
    assert cleaned(required_name, " ") == ("", [Problem("field", FILL_IN)])


# --- text of several lines --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [
        ("", ""),
        ("\n  one\n\ttwo \n", "one\n\ttwo"),
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("one  two", "one  two"),
        ("one\u2028two", "one\u2028two"),
        ("Jose\u0301", "Jos\u00e9"),
        ("\u0645\u06cc\u200c\u0646\u0627", "\u0645\u06cc\u200c\u0646\u0627"),
    ],
)
def test_a_text_keeps_its_lines_and_loses_its_ragged_ends(typed: str, tidy: str) -> None:
    assert cleaned(clean_text, typed) == (tidy, [])


@pytest.mark.parametrize("character", INVISIBLE)
def test_a_text_has_no_invisible_characters(character: str) -> None:
    assert cleaned(clean_text, f"one{character}two") == (
        "",
        [Problem("field", INVISIBLE_IN_TEXT)],
    )


def test_a_text_may_be_as_long_as_the_limit_and_no_longer() -> None:
    assert cleaned(clean_text, "x" * LONGEST_TEXT) == ("x" * LONGEST_TEXT, [])
    assert cleaned(clean_text, "x" * (LONGEST_TEXT + 1)) == (
        "",
        [Problem("field", TOO_LONG, {"longest": LONGEST_TEXT})],
    )


@given(ANY_TEXT)
def test_a_text_is_either_tidy_or_empty_with_one_problem(value: str) -> None:
    text, problems = cleaned(clean_text, value)
    if problems:
        assert (text, problems) == ("", [Problem("field", INVISIBLE_IN_TEXT)])
        return
    assert text == unicodedata.normalize("NFC", text).strip()
    allowed = {"\u200c", "\u200d", "\n", "\t"}
    assert {c for c in text if unicodedata.category(c)[0] == "C"} <= allowed
    assert cleaned(clean_text, text) == (text, [])
