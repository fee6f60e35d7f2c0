"""An accent colour can be read on all grounds, in light and in dark schemes, or is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.colours import (
    DARK_GROUNDS,
    LEAST_CONTRAST,
    LIGHT_GROUNDS,
    clean_accent,
    contrast,
    palette_of,
)
from letters.domain.errors import Problem
from letters.resources import templates_folder

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
CSS = templates_folder().parent / "letters" / "web" / "static" / "letters.css"
GROUND = re.compile(r"--(?:paper|ground|\w+-ground): (#[0-9a-f]{6});")


def cleaned(typed: str) -> tuple[str, list[str]]:
    problems: list[Problem] = []
    colour = clean_accent("accent", typed, problems)
    assert {problem.field for problem in problems} <= {"accent"}
    return colour, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#ffffff", "#000000", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#1a4f8b", "#1a4f8b", 1.0),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    assert contrast(one, other) == pytest.approx(expected, abs=0.005)
    assert contrast(one, other) == contrast(other, one)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("", ""), ("  ", ""), ("#1A4F8B", "#1a4f8b"), (" 1a4f8b ", "#1a4f8b"), ("#000000",) * 2],
)
def test_what_is_kept(typed: str, kept: str) -> None:
    assert cleaned(typed) == (kept, [])


@pytest.mark.parametrize(
    "typed",
    [
        "blue",
        "#fff",
        "#12345g",
        "#1a4f8b;",
        "url(x)",
        "#1a4f8b\n}",
        "#\uff11a4f8b",
        "rgb(1,2,3)",
        "\0",
    ],
)
def test_what_is_no_colour_is_refused(typed: str) -> None:
    colour, said = cleaned(typed)
    assert (colour, said) == ("", ["Give a colour as six digits, such as #1a4f8b."])


def test_a_light_one_is_refused_with_the_contrast_it_misses_and_a_darker_one() -> None:
    colour, [said] = cleaned("#ffcc00")
    assert colour == ""
    assert "a contrast of 1.2 to 1 on the ground #fbe8e8" in said
    assert "at least 4.5 to 1" in said
    [better] = re.findall(r"such as (#[0-9a-f]{6})", said)
    assert cleaned(better) == (better, [])


@given(COLOURS)
def test_what_is_taken_can_be_read_everywhere_and_what_is_not_has_a_better_one(typed: str) -> None:
    colour, said = cleaned(typed)
    if said:
        [colour] = re.findall(r"such as (#[0-9a-f]{6})", said[0])
        assert cleaned(colour) == (colour, [])
    palette = palette_of(colour)
    for shades, grounds in ((palette.light, LIGHT_GROUNDS), (palette.dark, DARK_GROUNDS)):
        for shade in (shades.accent, shades.strong):
            assert contrast(shade, shades.on) >= LEAST_CONTRAST
            assert min(contrast(shade, ground) for ground in grounds) >= LEAST_CONTRAST


def test_the_grounds_are_those_of_the_stylesheet() -> None:
    light, _, dark = CSS.read_text(encoding="utf-8").partition("prefers-color-scheme: dark")
    assert set(GROUND.findall(light)) == set(LIGHT_GROUNDS)
    mail = (templates_folder() / "email" / "base.html").read_text(encoding="utf-8")
    assert set(GROUND.findall(dark)) | {"#1b2128"} == set(DARK_GROUNDS)
    assert ".sheet { background-color: #1b2128" in mail
