"""Bad and odd files, made on the spot, and what a referee gets who sends one as letter.pdf.

The table in docs/security.md is this list: `python -m tests.adapters.bad_files` writes it there.
"""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from pikepdf import Array, Name, String

from letters.domain.errors import (
    ActiveContent,
    DamagedPdf,
    EmptyFile,
    EncryptedPdf,
    ForeignFile,
    LetterRefused,
    NotPdf,
    TooLarge,
    WordFile,
)
from tests.adapters import made_files as made
from tests.adapters.made_files import LETTER, TREE
from tests.adapters.sent_file import File, Named, with_table
from tests.support import office, pdfs

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
LARGEST = 3 * 1024 * 1024
"""The size that the letters of these tests may have."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS: dict[type[LetterRefused], Named] = {
    EmptyFile: {"nothing at all": lambda: b""},
    TooLarge: {"a letter over the size limit": lambda: LETTER + bytes(LARGEST)},
    WordFile: {
        "a Word file": lambda: office.docx("Dear committee"),
        "an old Word file": lambda: _OLE + "WordDocument".encode("utf-16-le"),
    },
    NotPdf: {
        "plain text": lambda: b"Dear committee, I recommend Ada.",
        "a web page": lambda: b"<!DOCTYPE html><title>Letter</title>",
        "an SVG picture": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "a PNG picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(50),
        "a JPEG picture": lambda: b"\xff\xd8\xff\xe0" + bytes(50),
        "a GIF picture": lambda: b"GIF89a" + bytes(50),
        "a ZIP archive": made.zipped,
        "an Excel file": office.spreadsheet,
        "an old Excel file": lambda: _OLE + "Workbook".encode("utf-16-le"),
        "an OpenDocument text": lambda: (
            b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.text"
        ),
        "an RTF text": lambda: b"{\\rtf1 Dear committee}",
        "PostScript": lambda: b"%!PS-Adobe-3.0\nshowpage",
        "form data without its form (FDF)": lambda: b"%FDF-1.2\n",
        "a Windows program": lambda: b"MZ\x90\0" + bytes(100),
        "a shell script": lambda: b"#!/bin/sh\necho hello\n",
        "an e-mail": lambda: b"From: Jonas <jonas@example.org>\r\n\r\nDear committee",
        "a header in small letters": lambda: LETTER.replace(b"%PDF", b"%pdf", 1),
        "four bytes of a header": lambda: b"%PDF",
        "a header after 2,000 bytes of something else": lambda: bytes(2000) + LETTER,
    },
    EncryptedPdf: {
        "a password to open it": lambda: made.protected("secret", "owner", 6),
        "restrictions, no password to open it": lambda: made.protected("", "owner", 6),
        "a password, by the AES of 2006": lambda: made.protected("secret", "owner", 4),
        "restrictions, by the cipher of 1994": lambda: made.protected("", "owner", 2),
        "protection of an unknown kind": lambda: pdfs.encrypted_pdf().replace(
            b"/Filter /Standard", b"/Filter /Whatever"
        ),
    },
}

_MIXED: Named = {
    "an empty line before the header": lambda: b"\n" + LETTER,
    "a byte order mark before the header": lambda: b"\xef\xbb\xbf" + LETTER,
    "a GIF before the header": lambda: b"GIF89a" + bytes(20) + LETTER,
    "a JPEG before the header": lambda: b"\xff\xd8\xff\xe0" + bytes(20) + LETTER,
    "a shell script before the header": lambda: b"#!/bin/sh\nexit\n" + LETTER,
    "a web page before the header": lambda: b"<html><script>go()</script>" + LETTER,
    "a program before the header": lambda: b"MZ" + bytes(100) + LETTER,
    "a ZIP archive appended": lambda: LETTER + made.zipped(),
    "a ZIP archive that counts from the beginning": lambda: made.zipped(before=LETTER),
    "a ZIP archive with an end mark in its comment": lambda: made.zipped(b"%%EOF", LETTER),
    "a ZIP archive dressed as an object": lambda: (
        LETTER + b"9 0 obj<<>>stream\n" + made.zipped() + b"\nendstream endobj\n%%EOF\n"
    ),
    "a RAR archive appended": lambda: LETTER + b"Rar!\x1a\x07\0" + bytes(50),
    "a 7z archive appended": lambda: LETTER + b"7z\xbc\xaf\x27\x1c" + bytes(50),
    "a gzip archive appended": lambda: LETTER + b"\x1f\x8b\x08\0" + bytes(50),
    "a web page appended": lambda: LETTER + b"<html><script>go()</script>",
    "a PHP page appended": lambda: LETTER + b"<?php system('ls');",
    "a shell script appended": lambda: LETTER + b"\n#!/bin/sh\n",
    "a Linux program appended": lambda: LETTER + b"\x7fELF\x02" + bytes(50),
    "a Windows program appended": lambda: LETTER + b"MZ This program cannot be run in DOS mode",
    "a PNG picture appended": lambda: LETTER + b"\x89PNG\r\n\x1a\n",
    "an RTF text appended": lambda: LETTER + b"{\\rtf1}",
    "PostScript appended": lambda: LETTER + b"%!PS-Adobe-3.0",
    "a web page in a comment after the header": lambda: LETTER.replace(
        b"\n1 0 obj", b"\n%<script>go()</script>\n1 0 obj", 1
    ),
    "a web page in a comment between objects": lambda: LETTER.replace(
        b"\n3 0 obj", b"\n%<iframe src=x>\n3 0 obj", 1
    ),
    "a tape archive": lambda: b"%PDF-1.7\n%" + bytes(247) + b"ustar\n" + LETTER[9:],
    "a disk image": lambda: b"%PDF-1.7\n%" + bytes(32_759) + b"CD001\n" + LETTER[9:],
}

_DAMAGED: Named = {
    "a header only": lambda: b"%PDF-1.7\n",
    "a header and an end mark": lambda: b"%PDF-1.7\n%%EOF\n",
    "cut off after a tenth": lambda: pdfs.truncated_pdf(0.1),
    "cut off in the middle": lambda: pdfs.truncated_pdf(0.5),
    "cut off after nine tenths": lambda: pdfs.truncated_pdf(0.9),
    "cut off one byte before the end": lambda: LETTER.rstrip()[:-1],
    "a packed file cut off in the middle": lambda: pdfs.packed_pdf()[:400],
    "a linearized file cut off in the middle": lambda: pdfs.linearized_pdf()[:700],
    "an update cut off": lambda: made.updated(pdfs.numbered(TREE))[:-30],
    "no end mark": lambda: LETTER.replace(b"%%EOF", b""),
    "5,000 bytes after the end mark": lambda: LETTER + bytes(5000),
    "no table of objects": lambda: LETTER.replace(b"xref\n", b"", 1),
    "no place of the table": lambda: LETTER.replace(b"startxref", b"start"),
    "a wrong place of the table": lambda: LETTER.replace(b"startxref\n", b"startxref\n9"),
    "places of objects that are wrong": lambda: LETTER.replace(b"00000001", b"00000002"),
    "a table that leads back to itself": lambda: LETTER.replace(
        b"/Size", b"/Prev %d /Size" % int(LETTER.split()[-2])
    ),
    "a broken stream": lambda: LETTER.replace(b"stream\n", b"stream\nXXXX", 1),
    "a stream of the wrong length": lambda: LETTER.replace(b"/Length 1", b"/Length 9", 1),
    "broken packed objects": lambda: pdfs.packed_pdf().replace(b"stream\nx", b"stream\ny"),
    "no pages": pdfs.pdf_without_pages,
    "no list of pages": lambda: made.with_tree(o1="1 0 obj\n<</Type/Catalog>>\nendobj\n"),
    "no catalogue": lambda: LETTER.replace(b"/Root 1 0 R", b""),
    "pages that contain each other": lambda: made.with_tree(
        o3="3 0 obj\n<</Type/Pages/Count 1/Kids[2 0 R]>>\nendobj\n"
    ),
    "a page that is a number": lambda: made.with_tree(o3="3 0 obj\n42\nendobj\n"),
    "pages 5,000 levels deep": lambda: pdfs.pdf_with_deep_pages(5000),
    "arrays 200,000 levels deep": lambda: made.with_tree(
        o4=f"4 0 obj\n{'[' * 200_000}{']' * 200_000}\nendobj\n"
    ),
    "3,000 pages that are one and the same": lambda: made.with_tree(
        o2=f"2 0 obj\n<</Type/Pages/Count 3000/Kids[{'3 0 R ' * 3000}]>>\nendobj\n"
    ),
    "two letters one after the other": lambda: LETTER + pdfs.letter_pdf(pages=2),
}

_JAVASCRIPT: pdfs.Pairs = {"/S": Name.JavaScript, "/JS": String("app.alert(1)")}
_LAUNCH: pdfs.Pairs = {"/S": Name.Launch, "/F": String("calc.exe")}
_SUBMIT: pdfs.Pairs = {"/S": Name.SubmitForm, "/F": String("https://example.org")}
_ROOT, _NOTE = pdfs.pdf_with_root, pdfs.pdf_with_annotation


def _named_script() -> pdfs.Pairs:
    return {"/Names": {"/JavaScript": {"/Names": Array([String("x"), _plain(_JAVASCRIPT)])}}}


_plain = pdfs.dictionary
_ACTIVE: dict[str, Named] = {
    "scripts": {
        "a script when it is opened": lambda: _ROOT({"/OpenAction": _JAVASCRIPT}),
        "a script when it is printed": lambda: _ROOT({"/AA": {"/WP": _JAVASCRIPT}}),
        "a script when a page is opened": lambda: made.changed_page(AA=_plain({"/O": _JAVASCRIPT})),
        "a script by name": lambda: _ROOT(_named_script()),
        "a script on a link": lambda: _NOTE({"/Subtype": Name.Link, "/A": _JAVASCRIPT}),
        "a script at each key in a field": lambda: _NOTE(
            {"/Subtype": Name.Widget, "/AA": {"/K": _JAVASCRIPT}}
        ),
        "a script after another action": lambda: _ROOT(
            {"/OpenAction": {"/S": Name.GoTo, "/Next": Array([_plain(_JAVASCRIPT)])}}
        ),
        "a script in a bookmark": lambda: _ROOT({"/Outlines": {"/First": {"/A": _JAVASCRIPT}}}),
        "a script in an action of another kind": lambda: _ROOT(
            {"/OpenAction": {"/S": Name.SetOCGState, "/JS": String("x")}}
        ),
        "a script spelled with escapes": lambda: made.with_tree(
            o4="4 0 obj\n<</S/J#61va#53cript/X 1>>\nendobj\n"
        ),
        "a script in packed objects": lambda: _ROOT({"/OpenAction": _JAVASCRIPT}, packed=True),
        "a script that nothing refers to": lambda: made.with_tree(
            o4="4 0 obj\n<</S/JavaScript/JS(x)>>\nendobj\n"
        ),
        "a script in arrays of arrays": lambda: _ROOT(
            {"/X": Array([Array([Array([_plain(_JAVASCRIPT)])])])}
        ),
    },
    "launch actions": {
        "a program started when it is opened": lambda: _ROOT({"/OpenAction": _LAUNCH}),
        "a program started by a link": lambda: _NOTE({"/Subtype": Name.Link, "/A": _LAUNCH}),
    },
    "embedded files": {
        "an attached file": pdfs.pdf_with_attachment,
        "a file pinned to a page": lambda: _NOTE({"/Subtype": Name.FileAttachment}),
        "an associated file": lambda: _ROOT(
            {"/AF": Array([_plain({"/Type": Name.Filespec, "/EF": {}})])}
        ),
    },
    "forms that submit": {
        "a form that submits": lambda: _NOTE({"/Subtype": Name.Widget, "/A": _SUBMIT}),
        "a form that submits when it is opened": lambda: _ROOT({"/OpenAction": _SUBMIT}),
        "a form that imports": lambda: _ROOT({"/OpenAction": {"/S": Name.ImportData}}),
    },
    "multimedia": {
        "rich media": lambda: _NOTE({"/Subtype": Name.RichMedia}),
        "a film": lambda: _NOTE({"/Subtype": Name.Movie}),
        "a sound": lambda: _NOTE({"/Subtype": Name.Sound}),
        "a body in three dimensions": lambda: _NOTE({"/Subtype": Name("/3D")}),
        "a rendition": lambda: _ROOT({"/OpenAction": {"/S": Name.Rendition}}),
    },
    "dynamic forms": {
        "a dynamic form (XFA)": lambda: _ROOT({"/AcroForm": {"/XFA": String("<xdp/>")}}),
    },
}

_HOSTILE: Named = {
    "content that unpacks to 60 MB": lambda: pdfs.pdf_with_stream(b"q ", times=30_000_000),
    "the same, packed twice": lambda: pdfs.pdf_with_stream(b"q ", 2, 30_000_000),
}

_VERSIONS = ("1.0", "1.1", "1.2", "1.4", "1.5", "1.6", "1.7", "2.0")
_TAKEN: Named = {
    "a letter": lambda: LETTER,
    **{
        f"a letter that says it is PDF {version}": made.of_version(version) for version in _VERSIONS
    },
    "linearized": pdfs.linearized_pdf,
    "with packed objects": pdfs.packed_pdf,
    "saved again with an update": lambda: made.updated(pdfs.numbered(TREE)),
    "saved again twice": lambda: made.updated(made.updated(pdfs.numbered(TREE))),
    "written for reading, with comments (QDF)": made.for_reading,
    "no line end after the end mark": LETTER.rstrip,
    "an empty line after the end mark": lambda: LETTER + b"\r\n",
    "500 zeros after the end mark": lambda: LETTER + bytes(500),
    "a mailer's comment after the end mark": lambda: LETTER + b"\n<!-- by a mailer -->\n",
    "tagged for reading aloud": made.tagged,
    "with metadata": made.described,
    "with bookmarks": made.outlined,
    "with links, a form to fill in and a place to begin": pdfs.pdf_with_form,
    "signed digitally": made.signed,
    "with layers": lambda: _ROOT({"/OCProperties": {"/OCGs": Array([]), "/D": {}}}),
    "a font called AA": lambda: _ROOT({"/X": {"/Font": {"/AA": {"/Type": Name.Font}}}}),
    "a scan without text": pdfs.scanned_pdf,
    "an empty page": lambda: pdfs.numbered(TREE),
    "on paper of size A0": lambda: made.changed_page(MediaBox=Array([0, 0, 2384, 3370])),
    "on the largest paper there is": lambda: made.changed_page(
        MediaBox=Array([0, 0, 14_400, 14_400])
    ),
    "on paper of a million square kilometres": lambda: made.changed_page(
        MediaBox=Array([0, 0, 10**9, 10**9])
    ),
    "turned by 90 degrees": lambda: made.changed_page(Rotate=90),
    "200 pages": lambda: pdfs.letter_pdf(pages=200),
    "one page that says it is a million": lambda: made.with_tree(
        o2="2 0 obj\n<</Type/Pages/Count 1000000/Kids[3 0 R]>>\nendobj\n"
    ),
    "in a Chinese font that is not in the file": made.chinese,
    "pages 100 levels deep": lambda: pdfs.pdf_with_deep_pages(100),
    "a key given twice": lambda: made.with_tree(
        o1="1 0 obj\n<</Type/Catalog/Pages 2 0 R/Odd 1/Odd 2>>\nendobj\n"
    ),
    "marks of archives and web pages inside of a stream": lambda: pdfs.pdf_with_stream(
        b"% PK\x05\x06 <script> GIF89a\n", 0
    ),
}


def _files() -> Iterator[File]:
    refused: Iterator[tuple[type[LetterRefused], Named]] = chain(
        _OTHERS.items(), [(ForeignFile, _MIXED), (DamagedPdf, _DAMAGED)]
    )
    for reason, named in refused:
        yield from (File(name, make, reason) for name, make in named.items())
    yield File("packed objects that unpack to 150 MB", made.packed_bomb, DamagedPdf, hostile=True)
    for kinds, named in _ACTIVE.items():
        yield from (File(name, make, ActiveContent, kinds) for name, make in named.items())
    both = "a script, and content that unpacks to 60 MB"
    yield File(both, made.script_and_bomb, ActiveContent, "scripts", hostile=True)
    yield from (File(name, make, None, hostile=True) for name, make in _HOSTILE.items())
    yield from (File(name, make, None) for name, make in _TAKEN.items())


FILES = tuple(_files())

if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text("utf-8"), FILES), "utf-8")
