"""What a program's logo may be: which pictures are taken, how large, and what is said of others."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from letters.domain.documents import MEGABYTE
from letters.domain.errors import (
    PictureAnimated,
    PictureDamaged,
    PictureNotTaken,
    PictureRefused,
    PictureTooManyDots,
    PictureTooSmall,
)

LARGEST_LOGO = 5 * MEGABYTE
MOST_DOTS = 16_000_000
SMALLEST_SIDE = 16
WIDEST, HIGHEST = 640, 240
"""How large a logo is kept: what is larger is made smaller, with its proportions."""


class PictureFault(StrEnum):
    """Why a file is not taken as a picture."""

    NOT_TAKEN = "not_taken"
    ANIMATED = "animated"
    TOO_MANY_DOTS = "too_many_dots"
    TOO_SMALL = "too_small"
    DAMAGED = "damaged"


def picture_kind(content: bytes) -> str | None:
    """Return PNG, JPEG or WEBP by how the content begins, whatever its name says; else None."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    return None


def check_dots(width: int, height: int) -> PictureFault | None:
    """Return what is wrong with a picture of this many dots, before any of them is drawn."""
    if width * height > MOST_DOTS:
        return PictureFault.TOO_MANY_DOTS
    if min(width, height) < SMALLEST_SIDE:
        return PictureFault.TOO_SMALL
    return None


def picture_refusal(fault: PictureFault) -> PictureRefused:
    """Return the error that says what to do about a fault."""
    return _REFUSALS[fault](
        most=MOST_DOTS // 1_000_000,
        least=SMALLEST_SIDE,
    )


_REFUSALS: Mapping[PictureFault, type[PictureRefused]] = MappingProxyType(
    {
        PictureFault.NOT_TAKEN: PictureNotTaken,
        PictureFault.ANIMATED: PictureAnimated,
        PictureFault.TOO_MANY_DOTS: PictureTooManyDots,
        PictureFault.TOO_SMALL: PictureTooSmall,
        PictureFault.DAMAGED: PictureDamaged,
    }
)
