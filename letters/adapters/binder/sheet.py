"""Draws the cover sheet.

Typst sets it: it shapes every script, and writes from right to left where that is due. What a sheet
says reaches the template as data, so nothing in it is taken for markup. What no font of this
machine can show is not drawn as boxes: words stand in its place, and a note says where to read it.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from letters.adapters.binder.fonts import fonts, shown

_log = logging.getLogger(__name__)


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
    """All words of a cover sheet. `from_page` is what comes before the number of a page.

    `no_font` stands in the place of what cannot be shown, and `no_font_note` says so below.
    """

    language: str
    title: str
    over: str
    facts: Sequence[tuple[str, str]]
    entries: Sequence[Entry]
    from_page: str
    foot: str
    no_font: str
    no_font_note: str


def draw(sheet: Sheet, template: Path, into: Path, made_at: datetime) -> None:
    """Write the sheet as PDF. Raises RuntimeError if it cannot be set."""
    import typst  # noqa: PLC0415 -- large, and few processes ever draw a sheet

    typst.compile(
        template,
        output=into,
        root=template.parent,
        format="pdf",
        font_paths=fonts(),
        sys_inputs={"sheet": json.dumps(_with_fonts(sheet))},
        timestamp=int(made_at.timestamp()),
    )


def _with_fonts(sheet: Sheet) -> dict[str, Any]:
    """Return the words with nothing in them that would be a box, and the note where it is due."""
    words: dict[str, Any] = json.loads(json.dumps(asdict(sheet)))
    can_be_shown: dict[str, Any] = _shown(words, sheet.no_font)
    if can_be_shown == words:
        return words | {"no_font_note": ""}
    _log.warning("a cover sheet has words that no font of this machine can show: `letters check`")
    return can_be_shown


def _shown(words: Any, instead: str) -> Any:  # noqa: ANN401 -- a sheet, or any part of one
    if isinstance(words, str):
        return shown(words, instead)
    if isinstance(words, dict):
        return {name: _shown(part, instead) for name, part in words.items()}
    return [_shown(part, instead) for part in words] if isinstance(words, list) else words
