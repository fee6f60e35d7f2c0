"""Draws the cover sheet.

Typst sets it: it shapes every script, writes from right to left where that is due, and has fonts of
its own for the scripts of Europe and for Hebrew; others come from the system's fonts. What a sheet
says reaches the template as data, so nothing in it is taken for markup.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst


@dataclass(frozen=True)
class Entry:
    """One referee on the sheet.

    `pages` is how many pages of the packet their letter takes; `notes` stand out.
    """

    name: str
    about: str
    state: str
    facts: Sequence[str]
    notes: Sequence[str]
    pages: int | None


@dataclass(frozen=True)
class Sheet:
    """All words of a cover sheet. `from_page` is what comes before the number of a page."""

    language: str
    title: str
    over: str
    facts: Sequence[tuple[str, str]]
    entries: Sequence[Entry]
    from_page: str
    foot: str


def draw(sheet: Sheet, template: Path, into: Path, made_at: datetime) -> None:
    """Write the sheet as PDF. Raises RuntimeError if it cannot be set."""
    import typst  # noqa: PLC0415 -- large, and few processes ever draw a sheet

    typst.compile(
        template,
        output=into,
        root=template.parent,
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"sheet": json.dumps(asdict(sheet))},
        timestamp=int(made_at.timestamp()),
    )


@cache
def _fonts() -> "typst.Fonts":
    """Look for the fonts once: it takes longer than to draw a sheet."""
    import typst  # noqa: PLC0415 -- likewise

    return typst.Fonts()
