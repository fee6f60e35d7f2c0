"""Small real PDFs, made on the spot: letters of one page with a letterhead."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name

A4 = (595, 842)
LEFT, TOP = 72, 770
LEADING = 16
CHARACTERS = 82
ENCODING = "cp1252"
"""What PDF's WinAnsiEncoding is called in Python: western European letters."""


def letter(sender: str, place: str, written: date, paragraphs: Sequence[str]) -> bytes:
    """Return a letter signed by `sender`.

    Raises UnicodeEncodeError for a character that the fonts built into PDF do not have.
    """
    pdf = pikepdf.Pdf.new()
    fonts = Dictionary(Plain=_font("Times-Roman"), Bold=_font("Times-Bold"))
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, *A4]),
        Resources=Dictionary(Font=fonts),
        Contents=pdf.make_stream(b"\n".join(_content(sender, place, written, paragraphs))),
    )
    pdf.pages.append(pikepdf.Page(page))
    pdf.docinfo[Name.Title] = "Letter of reference"
    pdf.docinfo[Name.Author] = sender
    finished = BytesIO()
    pdf.save(finished)
    return finished.getvalue()


def _font(name: str) -> Dictionary:
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type1,
        BaseFont=Name(f"/{name}"),
        Encoding=Name.WinAnsiEncoding,
    )


def _content(sender: str, place: str, written: date, paragraphs: Sequence[str]) -> Iterator[bytes]:
    yield f"BT {LEADING} TL {LEFT} {TOP} Td".encode("ascii")
    yield b"/Bold 15 Tf"
    yield _line(place)
    yield b"/Plain 11 Tf T*"
    yield _line(f"{written:%d %B %Y}")
    for paragraph in paragraphs:
        yield b"T*"
        yield from (_line(line) for line in textwrap.wrap(paragraph, CHARACTERS))
    yield b"T* T*"
    yield _line(sender)
    yield b"ET"


def _line(text: str) -> bytes:
    """Show one line and go to the next."""
    shown = text.encode(ENCODING)
    for special in (b"\\", b"(", b")"):
        shown = shown.replace(special, b"\\" + special)
    return b"(" + shown + b") Tj T*"
