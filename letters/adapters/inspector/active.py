"""Active content: whatever in a PDF acts by itself, sends something, or carries another file.

Ordinary links and plain fillable forms are not active content.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from letters.adapters.inspector.kinds import (
    DYNAMIC,
    EMBEDDED,
    KINDS,
    LAUNCH,
    MULTIMEDIA,
    SCRIPTS,
    SUBMITTING,
)

if TYPE_CHECKING:
    from pikepdf import Dictionary, Object, Pdf

_ACTIONS: Mapping[bytes, str] = MappingProxyType(
    {
        b"/JavaScript": SCRIPTS,
        b"/Launch": LAUNCH,
        b"/SubmitForm": SUBMITTING,
        b"/ImportData": SUBMITTING,
        b"/Rendition": MULTIMEDIA,
        b"/Movie": MULTIMEDIA,
        b"/Sound": MULTIMEDIA,
        b"/RichMediaExecute": MULTIMEDIA,
        b"/GoTo3DView": MULTIMEDIA,
    }
)
_ANNOTATIONS: Mapping[bytes, str] = MappingProxyType(
    {
        b"/FileAttachment": EMBEDDED,
        b"/Movie": MULTIMEDIA,
        b"/Sound": MULTIMEDIA,
        b"/RichMedia": MULTIMEDIA,
        b"/3D": MULTIMEDIA,
    }
)


def active_content(pdf: "Pdf") -> Iterator[tuple[str, ...]]:
    """Yield the kinds found so far, in the order of KINDS, each time that there is one more."""
    found: set[str] = set()
    for entries in _dictionaries(pdf):
        more = set(_kinds(entries)) - found
        if more:
            found |= more
            yield tuple(kind for kind in KINDS if kind in found)


def _dictionaries(pdf: "Pdf") -> Iterator["Dictionary"]:
    """Yield every dictionary in the file once: what a reader comes upon first, then the rest."""
    from pikepdf import Dictionary, Object, Stream  # noqa: PLC0415 -- only for the child

    seen: set[tuple[int, int]] = set()
    for beginnings in (_first_read, _all):
        pending = deque(x for x in beginnings(pdf) if isinstance(x, Object))
        while pending:
            here = pending.popleft()
            if here.is_indirect:
                if here.objgen in seen:
                    continue
                seen.add(here.objgen)
            if isinstance(here, Stream):
                here = here.stream_dict
            if isinstance(here, Dictionary):
                yield here
            pending.extend(_inside(here))


def _first_read(pdf: "Pdf") -> Iterable[object]:
    return [pdf.trailer]


def _all(pdf: "Pdf") -> Iterable[object]:
    return pdf.objects


def _inside(here: "Object") -> Iterator["Object"]:
    from pikepdf import Array, Dictionary, Object  # noqa: PLC0415 -- only for the child

    if not isinstance(here, Dictionary | Array):
        return
    inside: Iterable[object] = here.values() if isinstance(here, Dictionary) else here
    yield from (x for x in inside if isinstance(x, Object))


def _kinds(entries: "Dictionary") -> Iterator[str]:
    """Yield the kinds of active content that one dictionary amounts to."""
    from pikepdf import Dictionary, Stream, String  # noqa: PLC0415 -- only the child needs it, under its limits

    yield from _named(entries, "/S", _ACTIONS)
    yield from _named(entries, "/Subtype", _ANNOTATIONS)
    if isinstance(entries.get("/JS"), String | Stream):
        yield SCRIPTS
    if _holds_actions(entries.get("/AA")):
        yield SCRIPTS
    if isinstance(entries.get("/EF"), Dictionary):
        yield EMBEDDED
    if "/XFA" in entries:
        yield DYNAMIC


def _named(entries: "Dictionary", key: str, kinds: Mapping[bytes, str]) -> Iterator[str]:
    from pikepdf import Name  # noqa: PLC0415 -- only the child needs it, under its limits

    value = entries.get(key)
    # Not str(), which fails for names that are not UTF-8; `#` escapes are resolved by now.
    if isinstance(value, Name) and value.unparse() in kinds:
        yield kinds[value.unparse()]


def _holds_actions(additional: object) -> bool:
    """Tell an additional-actions dictionary from, say, a font that was named `AA`."""
    from pikepdf import Dictionary  # noqa: PLC0415 -- only the child needs it, under its limits

    return isinstance(additional, Dictionary) and any(
        isinstance(action, Dictionary) and "/S" in action for action in additional.values()
    )
