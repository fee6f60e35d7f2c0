"""Pictures of every kind, made with Pillow, and files that only look like one."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image


def picture(kind: str, size: tuple[int, int] = (300, 100), **more: Any) -> bytes:  # noqa: ANN401 -- Pillow's own options
    """Return a picture, half of it see-through where its kind can have that."""
    image = Image.new("RGB" if kind == "JPEG" else "RGBA", size, (11, 107, 58))
    file = BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def animated(kind: str) -> bytes:
    """Return two frames that follow each other."""
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    file = BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=100)
    return file.getvalue()


def with_place() -> bytes:
    """Return a JPEG that says where it was taken, by whom, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x010E] = "SECRETPLACE"
    exif[0x0112] = 6
    return picture("JPEG", exif=exif, comment=b"SECRETPLACE")


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """Return a PNG of a few kilobytes whose dots would take gigabytes."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000))
    chunks = [_chunk(b"IHDR", head), _chunk(b"IDAT", body), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check
