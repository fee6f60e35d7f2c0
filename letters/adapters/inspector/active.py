"""Active content: whatever in a PDF acts by itself, sends something, or carries another file.

Ordinary links and plain fillable forms are not active content.
"""

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
    from pikepdf import Dictionary, Pdf

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


def active_content(pdf: "Pdf") -> tuple[str, ...]:
    """Return the kinds of active content in the document, each once, in the order of KINDS."""
    found = {kind for entries in _dictionaries(pdf) for kind in _kinds(entries)}
    return tuple(kind for kind in KINDS if kind in found)


def _dictionaries(pdf: "Pdf") -> Iterator["Dictionary"]:
    """Yield every dictionary in the file once, those inside other objects too."""
    from pikepdf import Array, Dictionary, Object, Stream  # noqa: PLC0415 -- only the child needs it, under its limits

    pending: list[object] = [pdf.trailer, *pdf.objects]
    while pending:
        here = pending.pop()
        if isinstance(here, Stream):
            here = here.stream_dict
        if isinstance(here, Dictionary):
            yield here
        if isinstance(here, Dictionary | Array):
            inside: Iterable[object] = here.values() if isinstance(here, Dictionary) else here
            pending.extend(x for x in inside if isinstance(x, Object) and not x.is_indirect)


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
