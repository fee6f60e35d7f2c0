"""Names that are no paths, and cells that are no formulas."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from letters.domain.exports import LONGEST_PART, MOST_BYTES, harmless, lines, safe_part
from tests.support.hostile import HOSTILE

RESERVED = ("CON", "nul.pdf", "aux", "COM1.txt", "lpt9", "PRN")


@given(st.text())
@example("..")
@example("../../etc/passwd")
@example("C:\\Windows")
@example("\u202egnp.exe")
@example("-rf")
@example("a" * 79 + " . .")
@example("\U00020000" * 120)
def test_a_part_is_one_name_on_every_system(words: str) -> None:
    part = safe_part(words)
    assert 1 <= len(part) <= LONGEST_PART + 1
    assert len(part.encode("utf-8")) <= MOST_BYTES + 1
    assert not set('<>:"/\\|?*\n\r\0') & set(part)
    assert part == part.strip(". ")
    assert part not in {".", "..", "~"}
    assert not part.startswith("-")
    assert part.isprintable() or all(c.isprintable() or c == "\u3000" or c.isspace() for c in part)


def test_names_that_windows_keeps_for_itself_are_not_used() -> None:
    assert [safe_part(name) for name in RESERVED] == [f"_{name}" for name in RESERVED]


def test_names_stay_readable() -> None:
    assert safe_part("Prof. Łukasz Ó Briain") == "Prof. Łukasz Ó Briain"
    assert safe_part("../../etc/passwd") == "_.._etc_passwd"
    assert safe_part("你好") == "你好"
    assert safe_part("...") == "_"


SIGNS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
UNDIVIDED = st.text(st.characters(exclude_characters=";\t"))


@given(st.sampled_from(SIGNS), st.just("") | UNDIVIDED.map("x".__add__), st.integers(0, 3))
@example("=", "=1", 0)
@example("-", "@", 1)
def test_what_begins_like_a_formula_is_none_any_more(sign: str, rest: str, spaces: int) -> None:
    cell = " " * spaces + sign + rest
    assert harmless(cell) == f"'{cell}"


@given(st.text(st.sampled_from([*SIGNS, ";", " ", "x"])) | st.text())
def test_no_part_of_a_cell_begins_like_a_formula(words: str) -> None:
    parts = re.split("[;\t]", harmless(words))
    assert not [part for part in parts if part.lstrip(" ").startswith(SIGNS)]
    assert harmless(words).replace("'", "") == words.replace("'", "")


@given(st.text(st.characters(categories=("L", "N")), min_size=1), UNDIVIDED)
def test_other_words_stay_as_they_are(first: str, rest: str) -> None:
    assert harmless(first + rest) == first + rest


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("Foo;=1+1", "Foo;'=1+1"),
        ("Foo; =1+1;@x", "Foo;' =1+1;'@x"),
        ("Foo\t-1", "Foo\t'-1"),
        ("=1;=2", "'=1;'=2"),
        ("Dept. of Physics; University of Ulm", "Dept. of Physics; University of Ulm"),
        ("a=b, +1", "a=b, +1"),
    ],
)
def test_what_follows_a_separator_is_no_formula_either(cell: str, written: str) -> None:
    assert harmless(cell) == written


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_words_are_one_cell_for_a_spreadsheet_that_divides_at_more_than_commas(
    separator: str,
) -> None:
    words = f"Dept. of Physics{separator} University of Ulm"
    assert lines([[words, 2, None]]) == f'"{words}",2,""\r\n'


def test_no_hostile_string_makes_a_path_or_a_formula() -> None:
    for words in HOSTILE:
        assert "/" not in safe_part(words)
        assert "\\" not in safe_part(words)
        assert not harmless(words).lstrip(" ").startswith(("=", "+", "-", "@"))
