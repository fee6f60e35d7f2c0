"""What is in a file: whether it is PDF, whole, protected, and what acts in it."""

from io import BytesIO
from typing import TYPE_CHECKING

from letters.adapters.inspector.active import active_content
from letters.domain.documents import Findings

if TYPE_CHECKING:
    from pikepdf import Pdf

HEADER = b"%PDF-"
NOT_PDF = Findings(is_pdf=False)

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


def examine(content: bytes) -> Findings:
    """Return what is in a file. It has no limits of its own: strangers' files need a child."""
    if not content.startswith(HEADER):
        return NOT_PDF
    import pikepdf  # noqa: PLC0415 -- only the child needs it, and only under its limits

    try:
        with pikepdf.Pdf.open(BytesIO(content), conversion_mode="explicit") as pdf:
            if pdf.is_encrypted:
                return Findings(encrypted=True)
            return Findings(
                damaged=_is_cut_off(content) or _is_repaired(pdf),
                pages=len(pdf.pages),
                active=active_content(pdf),
            )
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
