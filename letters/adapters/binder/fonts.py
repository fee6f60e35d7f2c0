"""Which words the fonts of this machine can show, asked of Typst itself.

Typst has fonts of its own for the scripts of Europe and some more; others come from the system's
fonts. What no font has it would draw as empty boxes, and say nothing. PDF/A forbids that: told to
write such a file it refuses, and so it can be asked.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

_ASKED = (
    b'#set page(width: auto, height: auto)\n#set text(font: "Libertinus Serif")\n#sys.inputs.words'
)
_BEYOND_EUROPE = re.compile(r"[^\u0000-\u052f\u1e00-\u20cf]+(?: [^\u0000-\u052f\u1e00-\u20cf]+)*")
"""Latin, Greek and Cyrillic letters, and marks between words, come along with Typst."""

SCRIPTS: Mapping[str, str] = MappingProxyType(
    {
        "Chinese": "王小明",
        "Japanese": "さくら",
        "Korean": "한지민",
        "Arabic": "محمد",
        "Persian": "پگاه",
        "Hebrew": "דוד",
        "Hindi": "राम",
        "Bengali": "মিতা",
        "Tamil": "மீனா",
        "Thai": "สมชาย",
        "Khmer": "សុខា",
        "Burmese": "အောင်",
        "Amharic": "አበበ",
        "Georgian": "ნინო",
        "Armenian": "Արամ",
    }
)
"""A name in the script of each language, as many people have one."""


def scripts_without_fonts() -> Sequence[str]:
    """Return the languages in whose script this machine can show no names."""
    return [language for language, name in SCRIPTS.items() if not can_show(name)]


def shown(words: str, instead: str) -> str:
    """Return words with `instead` in the place of what no font can show."""
    return _BEYOND_EUROPE.sub(lambda run: run[0] if can_show(run[0]) else instead, words)


def can_show(words: str) -> bool:
    """Say whether there is a font for each of the letters."""
    import typst  # noqa: PLC0415 -- large, and few processes ever draw a sheet

    try:
        typst.compile(
            _ASKED,
            font_paths=fonts(),
            format="pdf",
            sys_inputs={"words": words},
            pdf_standards="a-2b",
        )
    except RuntimeError:
        return False
    return True


@cache
def fonts() -> "typst.Fonts":
    """Look for the fonts once: it takes longer than to draw a sheet."""
    import typst  # noqa: PLC0415 -- likewise

    return typst.Fonts()
