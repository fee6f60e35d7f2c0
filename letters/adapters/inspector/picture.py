"""A picture of the first page, for the referee to see which letter was sent."""

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

WIDEST, HIGHEST = 800, 1200
LARGEST_PICTURE = 3 * WIDEST * HIGHEST + 64 * 1024
"""Three bytes for each dot: what a PNG needs at worst, and what stands around it."""

_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


def draw_picture(content: bytes) -> bytes | None:
    """Return the first page as PNG, about 800 dots wide; None if it cannot be drawn.

    It has no limits: strangers' files need a child.
    """
    import pypdfium2  # noqa: PLC0415 -- only the child needs it, and only under its limits

    try:
        with pypdfium2.PdfDocument(content) as document:
            return _drawn(document)
    except pypdfium2.PdfiumError:
        return None


def _drawn(document: "PdfDocument") -> bytes | None:
    document.init_forms()
    if len(document) == 0:
        return None
    page = document[0]
    scale = _scale(page)
    if scale is None:
        return None
    file = BytesIO()
    page.render(scale=scale).to_pil().convert("RGB").save(file, "PNG")
    return file.getvalue()


def _scale(page: "PdfPage") -> float | None:
    """Return by how much a page must be enlarged to fit; None if no picture would be left."""
    width, height = page.get_size()
    if width <= 0 or height <= 0:
        return None
    scale = min(WIDEST / width, HIGHEST / height)
    return scale if min(width, height) * scale >= 1 else None


def is_picture(answer: bytes) -> bool:
    """Tell whether a child's answer has the form of a picture that it may give."""
    place = len(_PNG)
    if len(answer) > LARGEST_PICTURE or not answer.startswith(_PNG) or len(answer) < place + 8:
        return False
    width = int.from_bytes(answer[place : place + 4])
    height = int.from_bytes(answer[place + 4 : place + 8])
    # What is drawn is rounded up to whole dots.
    return 0 < width <= WIDEST + 1 and 0 < height <= HIGHEST + 1
