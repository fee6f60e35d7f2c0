"""A program's accent colour: whether words in it can be read, and what stands for it in the dark.

Contrast is that of WCAG 2.2, success criterion 1.4.3: words need 4.5 to 1. Colours are written as
`#` and six hexadecimal digits in small letters.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from letters.domain.errors import Problem
from letters.domain.words import N_

LEAST_CONTRAST = 4.5
WHITE, BLACK = "#ffffff", "#000000"

LIGHT_GROUNDS = ("#ffffff", "#f4f6f9", "#e9edf2", "#e5f3ea", "#fdf1dc", "#fbe8e8")
DARK_GROUNDS = ("#1a222c", "#11171e", "#26303b", "#15301f", "#35270f", "#3a1a1a", "#1b2128")
"""What the stylesheets put behind a link or a button, in light and in dark schemes."""

ON_DARK_ACCENT = "#0c1a2a"

_COLOUR = re.compile(r"#?([0-9a-f]{6})")
_STEPS = 40
_LINEAR_UP_TO = 0.04045
"""Of sRGB (IEC 61966-2-1); WCAG's own 0.03928 differs for no colour of 8 bits."""


@dataclass(frozen=True)
class Shades:
    """An accent in one colour scheme: itself, under the pointer, and what is written on it."""

    accent: str
    strong: str
    on: str


@dataclass(frozen=True)
class Palette:
    """An accent in both colour schemes."""

    light: Shades
    dark: Shades


def contrast(one: str, other: str) -> float:
    """Return the contrast between two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def clean_accent(field: str, typed: str, problems: list[Problem]) -> str:
    """Return the colour as it is kept, empty for none, or append what is wrong with it.

    It is refused where links and buttons in it could not be read in the light scheme; for the dark
    one palette_of finds a lighter shade of it.
    """
    text = typed.strip().lower()
    if not text:
        return ""
    found = _COLOUR.fullmatch(text)
    if found is None:
        problems.append(Problem(field, N_("Give a colour as six digits, such as #1a4f8b.")))
        return ""
    colour = f"#{found[1]}"
    ground = _hardest(colour, LIGHT_GROUNDS)
    seen = contrast(colour, ground)
    if seen < LEAST_CONTRAST:
        problems.append(
            Problem(
                field,
                N_(
                    "In the light scheme this colour has a contrast of %(found)s to 1 on the "
                    "ground %(ground)s, and words need at least %(least)s to 1. "
                    "Choose a darker one, such as %(better)s."
                ),
                {
                    "found": f"{int(seen * 10) / 10}",
                    "ground": ground,
                    "least": str(LEAST_CONTRAST),
                    "better": _until_readable(colour, BLACK, LIGHT_GROUNDS),
                },
            )
        )
        return ""
    return colour


def palette_of(accent: str) -> Palette:
    """Return the shades of a colour that clean_accent let through."""
    dark = _until_readable(accent, WHITE, (*DARK_GROUNDS, ON_DARK_ACCENT))
    return Palette(
        light=Shades(accent, _mixed(accent, BLACK, 0.3), WHITE),
        dark=Shades(dark, _mixed(dark, WHITE, 0.35), ON_DARK_ACCENT),
    )


def _until_readable(colour: str, towards: str, grounds: Collection[str]) -> str:
    """Return the nearest mixture with white or black that can be read on all the grounds."""
    mixtures = (_mixed(colour, towards, step / _STEPS) for step in range(_STEPS + 1))
    return next(x for x in mixtures if contrast(x, _hardest(x, grounds)) >= LEAST_CONTRAST)


def _hardest(colour: str, grounds: Collection[str]) -> str:
    """Return the ground on which a colour is the hardest to read."""
    return min(grounds, key=lambda ground: contrast(colour, ground))


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def _luminance(colour: str) -> float:
    """Return the relative luminance, from 0 to 1."""
    red, green, blue = map(_linear, _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: int) -> float:
    part = channel / 255
    return part / 12.92 if part <= _LINEAR_UP_TO else ((part + 0.055) / 1.055) ** 2.4
