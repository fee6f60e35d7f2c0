"""The body of a mail (RFC 2045, RFC 2046): text and HTML as alternatives, and files beside them.

All of it is 7-bit in short lines. It is written here because the standard library spends more time
on that than on all the rest of a mail together.
"""

import hashlib
import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Sequence

from letters.ports import Attachment, Message

SHORT_LINE = 78  # RFC 5322, section 2.1.1: what a line should not exceed
GROWTH_IN_BASE64 = 78 / 57
"""A line of base64 has 76 characters and its end for 57 bytes (RFC 2045, section 6.8)."""
BOUNDARY_DIGITS = 32

_TEXT_TYPE = re.compile(r"text/[a-z]+")
_FILE_NAME = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_PARAMETER = re.compile(r"[A-Za-z0-9-]+")


def body(message: Message) -> bytes:
    """Return the headers that say what the body is, an empty line, and the body.

    Raises ValueError for an attachment that is no text. The caller has looked for controls.
    """
    words = _multipart("alternative", [_text("text/plain", message.text), _html(message.html)])
    if message.attachments:
        words = _multipart("mixed", [words, *map(_file, message.attachments)])
    return b"MIME-Version: 1.0\r\n" + words


def text_of(attachment: Attachment) -> str:
    """Return the text in a file. Raises ValueError if it cannot be attached."""
    words = (*attachment.parameters.keys(), *attachment.parameters.values())
    if (
        not _TEXT_TYPE.fullmatch(attachment.media_type)
        or not _FILE_NAME.fullmatch(attachment.file_name)
        or not all(map(_PARAMETER.fullmatch, words))
    ):
        error = f"{attachment.file_name!r} cannot be attached as {attachment.media_type!r}"
        raise ValueError(error)
    return attachment.content.decode("utf-8")


def _html(html: str) -> bytes:
    return _text("text/html", html)


def _file(attachment: Attachment) -> bytes:
    parameters = "".join(f'; {name}="{value}"' for name, value in attachment.parameters.items())
    return _text(
        attachment.media_type,
        text_of(attachment),
        parameters,
        f'Content-Disposition: attachment; filename="{attachment.file_name}"\r\n',
    )


def _text(media_type: str, text: str, parameters: str = "", more: str = "") -> bytes:
    encoding, content = _encoded(text)
    head = (
        f'Content-Type: {media_type}; charset="utf-8"{parameters}\r\n'
        f"Content-Transfer-Encoding: {encoding}\r\n{more}\r\n"
    )
    return head.encode("ascii") + content


def _encoded(text: str) -> tuple[str, bytes]:
    """Return the shortest encoding that needs no long line and no 8-bit character, and the text."""
    lines = text.encode("utf-8").splitlines()
    plain = b"\r\n".join(lines) + b"\r\n"
    if plain.isascii() and max(map(len, lines), default=0) <= SHORT_LINE:
        return "7bit", plain
    quoted = b2a_qp(plain, istext=True)
    if len(quoted) < len(plain) * GROWTH_IN_BASE64:
        return "quoted-printable", quoted
    return "base64", encodebytes(plain).replace(b"\n", b"\r\n")


def _multipart(subtype: str, parts: Sequence[bytes]) -> bytes:
    """Return the parts as one. What tells them apart cannot be foreseen by who wrote into them."""
    boundary = f"=_{hashlib.sha256(b''.join(parts)).hexdigest()[:BOUNDARY_DIGITS]}"
    line = f"--{boundary}".encode("ascii")
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode("ascii")
    return b"".join([head, *(line + b"\r\n" + part + b"\r\n" for part in parts), line, b"--\r\n"])
