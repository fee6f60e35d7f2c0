"""What is in a file: whether it is PDF, whole, protected, and what acts in it."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

from letters.adapters.inspector.active import active_content
from letters.adapters.inspector.foreign import is_foreign
from letters.domain.documents import FileKind, Findings, kind_of

if TYPE_CHECKING:
    from pikepdf import Pdf

HEADER = b"%PDF-"
FARTHEST_HEADER = 1024
"""Readers look for the header among that many first bytes."""

_HARMLESS = (
    "reported number of objects",
    "duplicated key",
    "extraneous whitespace",
    "stray #",
    "/Type key should be",
    "Resources is missing",
    "MediaBox is undefined",
    "a common error handled correctly",
)
"""Warnings about files that were written carelessly but are whole."""

END_MARK = b"%%EOF"
FARTHEST_END_MARK = 1024
"""Readers look for the end mark among that many last bytes; some mailers append a few."""


Tell = Callable[[Findings], None]


def first_sight(content: bytes) -> Findings | None:
    """Return the findings where a look at the beginning is enough, which needs no process."""
    if content.startswith(HEADER):
        return None
    if HEADER in content[:FARTHEST_HEADER]:
        return Findings(foreign=True)
    return Findings(is_pdf=False, is_word=kind_of(content) is FileKind.WORD)


def examine(content: bytes, tell: Tell = lambda _: None) -> Findings:
    """Return what is in a file, all but its text. It has no limits: strangers' files need a child.

    `tell` is called with the findings so far each time that something was found.
    """
    obvious = first_sight(content)
    if obvious is not None:
        return obvious
    if is_foreign(content):
        return Findings(foreign=True)
    return _examined(content, Findings(checked=False, damaged=_is_cut_off(content)), tell)


def _examined(content: bytes, so_far: Findings, tell: Tell) -> Findings:
    import pikepdf  # noqa: PLC0415 -- only the child needs it, and only under its limits

    try:
        with pikepdf.Pdf.open(BytesIO(content), conversion_mode="explicit") as pdf:
            if pdf.is_encrypted:
                return Findings(encrypted=True)
            for active in active_content(pdf):
                so_far = replace(so_far, active=active)
                tell(so_far)
            damaged = so_far.damaged or _is_repaired(pdf)
            return replace(so_far, checked=True, damaged=damaged, pages=len(pdf.pages))
    except pikepdf.PasswordError:
        return Findings(encrypted=True)
    except (pikepdf.PikepdfError, ValueError) as error:
        return Findings(encrypted="encryption" in str(error), damaged=True)


def _is_cut_off(content: bytes) -> bool:
    """Tell whether the end mark is missing, or an update that followed it was broken off."""
    tail = content[-FARTHEST_END_MARK:]
    end = tail.rfind(END_MARK)
    return end < 0 or b" obj" in tail[end:]


def _is_repaired(pdf: "Pdf") -> bool:
    return any(
        not any(harmless in warning for harmless in _HARMLESS) for warning in pdf.check_pdf_syntax()
    )
