"""The files of bad_files.py that take more than a line to make."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Literal

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from tests.support import pdfs

LETTER = pdfs.letter_pdf()
TREE = [
    "1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n",
    "2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n",
    "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<<>>>>\nendobj\n",
]


def zipped(comment: bytes = b"", before: bytes = b"") -> bytes:
    """Return an archive with one file in it, after what is `before`, and a comment at its end."""
    file = BytesIO(before)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("Main.class", b"harmless")
        archive.comment = comment
    return file.getvalue()


def with_tree(**changed: str) -> bytes:
    """Return a hand-written letter in which objects `o1` to `o3` are changed, others appended."""
    objects = [changed.pop(f"o{i}", text) for i, text in enumerate(TREE, start=1)]
    return pdfs.numbered([*objects, *changed.values()])


def updated(whole: bytes) -> bytes:
    """Return a hand-written letter saved again with a change of its page at the end."""
    body = "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 8 8]/Resources<<>>>>\nendobj\n"
    before = int(whole.split()[-2])
    end = (
        f"xref\n3 1\n{len(whole):010} 00000 n \n"
        f"trailer\n<</Size 4/Root 1 0 R/Prev {before}>>\nstartxref\n{len(whole) + len(body)}\n"
    )
    return whole + f"{body}{end}%%EOF\n".encode()


def saved(pdf: Pdf, **how: object) -> bytes:
    """Return the bytes of a document."""
    file = BytesIO()
    pdf.save(file, **how)  # type: ignore[arg-type]  # the caller knows pikepdf's options
    return file.getvalue()


def changed_page(**entries: object) -> bytes:
    """Return a letter with entries added to its page."""
    with Pdf.open(BytesIO(LETTER)) as pdf:
        for key, value in entries.items():
            pdf.pages[0].obj[f"/{key}"] = value
        return saved(pdf)


def protected(user: str, owner: str, strength: Literal[2, 4, 6]) -> bytes:
    """Return a letter that is protected by encryption of that revision."""
    modern = strength >= 4
    how = pikepdf.Encryption(user=user, owner=owner, R=strength, aes=modern, metadata=modern)
    with Pdf.open(BytesIO(LETTER)) as pdf:
        return saved(pdf, encryption=how)


def of_version(version: str) -> Callable[[], bytes]:
    """Return how to make a letter whose header says that it is of that version of PDF."""
    return lambda: LETTER.replace(b"%PDF-1.3", f"%PDF-{version}".encode())


def outlined() -> bytes:
    """Return a letter with bookmarks."""
    with Pdf.open(BytesIO(pdfs.letter_pdf(pages=3))) as pdf:
        with pdf.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(f"Part {i}", i) for i in range(3))
        return saved(pdf)


def for_reading() -> bytes:
    """Return a letter that is laid out for people who look into it, with comments."""
    with Pdf.open(BytesIO(LETTER)) as pdf:
        return saved(pdf, qdf=True)


def described() -> bytes:
    """Return a letter with metadata, plain to see, that speaks of scripts."""
    with Pdf.open(BytesIO(LETTER)) as pdf:
        with pdf.open_metadata() as metadata:
            metadata["dc:title"] = "On <script> and PK"
        pdf.docinfo["/Title"] = String("Letter")
        return saved(pdf)


def tagged() -> bytes:
    """Return a letter that says how it is to be read aloud."""
    return pdfs.pdf_with_root(
        {
            "/MarkInfo": {"/Marked": True},
            "/Lang": String("en"),
            "/StructTreeRoot": {"/Type": Name.StructTreeRoot, "/K": Array([])},
        }
    )


def signed() -> bytes:
    """Return a letter with a digital signature in a field."""
    signature = {
        "/Type": Name.Sig,
        "/Filter": Name("/Adobe.PPKLite"),
        "/SubFilter": Name("/adbe.pkcs7.detached"),
        "/Contents": String(b"\x30" * 200),
        "/ByteRange": Array([0, 10, 20, 30]),
    }
    return pdfs.pdf_with_annotation(
        {"/Subtype": Name.Widget, "/FT": Name.Sig, "/T": String("s"), "/V": signature}
    )


def chinese() -> bytes:
    """Return a letter in a Chinese font that is not in the file."""
    font = pdfs.dictionary(
        {
            "/Type": Name.Font,
            "/Subtype": Name.Type0,
            "/BaseFont": Name("/STSong-Light"),
            "/Encoding": Name("/UniGB-UCS2-H"),
            "/DescendantFonts": Array(
                [
                    pdfs.dictionary(
                        {
                            "/Type": Name.Font,
                            "/Subtype": Name.CIDFontType0,
                            "/BaseFont": Name("/STSong-Light"),
                            "/CIDSystemInfo": {
                                "/Registry": String("Adobe"),
                                "/Ordering": String("GB1"),
                                "/Supplement": 4,
                            },
                        }
                    )
                ]
            ),
        }
    )
    with Pdf.open(BytesIO(LETTER)) as pdf:
        page = pdf.pages[0].obj
        page["/Resources"] = Dictionary(Font=Dictionary(F1=font))
        page["/Contents"] = pdf.make_stream(b"BT /F1 12 Tf 72 700 Td <63A8835000F3> Tj ET")
        return saved(pdf)


def packed_bomb() -> bytes:
    """Return a PDF whose one object stream unpacks to 150 MB."""
    inside = pdfs.zipped(b"4 0 null" + b" " * 992, 150_000)
    body = b"%PDF-1.7\n"
    places = []
    stream = b"5 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n"
    written = [*(text.encode() for text in TREE)]
    written.append(stream % len(inside) + inside + b"\nendstream\nendobj\n")
    for text in written:
        places.append(len(body))
        body += text
    rows = [(0, 0, 255), *((1, place, 0) for place in places[:3]), (2, 5, 0), (1, places[3], 0)]
    rows.append((1, len(body), 0))
    table = b"".join(bytes([kind, *place.to_bytes(4), last]) for kind, place, last in rows)
    head = b"6 0 obj\n<</Type/XRef/W[1 4 1]/Size 7/Root 1 0 R/Length %d>>\nstream\n" % len(table)
    return body + head + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(body)


def script_and_bomb() -> bytes:
    """Return a letter that runs a script, and whose page unpacks to 60 MB."""
    with Pdf.open(BytesIO(pdfs.pdf_with_stream(b"q ", times=30_000_000))) as pdf:
        script: pdfs.Pairs = {"/S": Name.JavaScript, "/JS": String("app.alert(1)")}
        pdf.Root["/OpenAction"] = pdfs.dictionary(script)
        return saved(pdf, compress_streams=False)
