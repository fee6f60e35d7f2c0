"""Files that are PDF and another kind of file at once.

Readers of other kinds look for their marks at fixed places, at the end, or anywhere. So these are
looked for at those places, and otherwise only outside of the PDF's objects: inside of them stand
fonts and pictures, in which any bytes may come up.
"""

import re
import struct
from collections.abc import Iterator

_AT_A_PLACE = ((128, b"DICM"), (257, b"ustar"), (32769, b"CD001"), (34817, b"CD001"))
"""Medical pictures, tape archives and disk images leave their beginning to others."""

_ANYWHERE = re.compile(
    rb"<(?:!doctype|html|head|body|script|iframe|svg|img|meta|\?php|\?xml)\b|#!\s*/|%!PS"
    rb"|PK\x03\x04|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x1f\x8b\x08[\0-\x1f]|MSCF\0|\x7fELF"
    rb"|This program cannot be run|This program must be run"
    rb"|\x89PNG\r\n|GIF8[79]a|\xff\xd8\xff[\xdb\xe0-\xef]|\{\\rtf"
    rb"|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\xca\xfe\xba\xbe|\0asm\x01",
    re.IGNORECASE,
)

_OBJECT, _END_OF_OBJECT = b" obj", b"endobj"

_ARCHIVE_END = b"PK\x05\x06"
_ARCHIVE_LIST = b"PK\x01\x02"
_LARGE_ARCHIVE = b"PK\x06\x07"
_LARGE_ARCHIVE_SIZE = 20
_FARTHEST_ARCHIVE_END = 65_557
"""A comment of 65,535 bytes may follow the 22 that end an archive."""


def is_foreign(content: bytes) -> bool:
    """Tell whether a file that begins like a PDF is another kind of file as well."""
    return (
        any(content.startswith(mark, place) for place, mark in _AT_A_PLACE)
        or any(_ANYWHERE.search(part) for part in _outside_of_objects(content))
        or _ends_an_archive(content)
    )


def _outside_of_objects(content: bytes) -> Iterator[bytes]:
    here = 0
    while True:
        begin = content.find(_OBJECT, here)
        end = content.find(_END_OF_OBJECT, begin) if begin >= 0 else -1
        if end < 0:
            yield content[here:]
            return
        yield content[here:begin]
        here = end + len(_END_OF_OBJECT)


def _ends_an_archive(content: bytes) -> bool:
    """Tell whether a ZIP reader would find its list of files by looking from the end."""
    tail = content[-_FARTHEST_ARCHIVE_END:]
    here = tail.find(_ARCHIVE_END)
    while here >= 0:
        if _lists_files(content, len(content) - len(tail) + here):
            return True
        here = tail.find(_ARCHIVE_END, here + 1)
    return False


def _lists_files(content: bytes, end: int) -> bool:
    """Tell a real end of an archive at `end` from four bytes that happen to look like one."""
    if content.startswith(_LARGE_ARCHIVE, max(end - _LARGE_ARCHIVE_SIZE, 0)):
        return True
    size = content[end + 12 : end + 16]
    if len(size) < struct.calcsize("<I"):
        return False
    begin = end - struct.unpack("<I", size)[0]
    return 0 <= begin < end and content.startswith(_ARCHIVE_LIST, begin)
