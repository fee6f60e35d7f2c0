"""Draws a picture anew: its dots, and nothing else that was in the file."""

import warnings
from io import BytesIO
from typing import TYPE_CHECKING

from letters.domain.pictures import HIGHEST, WIDEST, PictureFault, check_dots, picture_kind

if TYPE_CHECKING:
    from PIL.Image import Image

PNG = b"\x89PNG\r\n\x1a\n"
LARGEST_PICTURE = 4 * WIDEST * HIGHEST + 64 * 1024
"""Four bytes for each dot: what a PNG needs at worst, and what stands around it."""


def redrawn(content: bytes) -> bytes | PictureFault:
    """Return a picture as PNG that fits, without anything but its dots; or what is wrong with it.

    It has no limits: strangers' files need a child.
    """
    from PIL import Image  # noqa: PLC0415 -- only the child needs it, and only under its limits

    kind = picture_kind(content)
    if kind is None:
        return PictureFault.NOT_TAKEN
    warnings.simplefilter("ignore")
    try:
        with Image.open(BytesIO(content), formats=[kind]) as picture:
            fault = check_dots(*picture.size)
            if fault is None and getattr(picture, "is_animated", False):
                fault = PictureFault.ANIMATED
            return fault or _drawn(picture)
    except Image.DecompressionBombError:
        return PictureFault.TOO_MANY_DOTS
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, MemoryError):
        # What Pillow raises for files that are not what their beginning says.
        return PictureFault.DAMAGED


def _drawn(picture: "Image") -> bytes:
    from PIL import Image, ImageOps  # noqa: PLC0415 -- as above

    picture.load()
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    upright.thumbnail((WIDEST, HIGHEST))
    dots = Image.frombytes("RGBA", upright.size, upright.tobytes())
    file = BytesIO()
    dots.save(file, "PNG", optimize=True)
    return file.getvalue()
