"""Small PDFs, made on the spot: good letters, and every kind that is refused."""

import zlib
from collections.abc import Iterable
from functools import cache
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

from letters.domain.documents import MEGABYTE

LINES = ("To whom it may concern,", "I recommend Ada Lovelace without reservation.")
LETTER_PAPER = (612, 792)

_BARE = -zlib.MAX_WBITS
"""Without the head and the check sum that zlib puts around."""
_BEST = b"\x78\xda"
"""The head of what is packed as well as zlib can."""

Pairs = dict[str, object]


@cache
def letter_pdf(lines: Iterable[str] = LINES, pages: int = 1) -> bytes:
    """Return a letter that reads `lines` on each of `pages` pages. `lines` must be hashable."""
    with _written(tuple(lines), pages) as pdf:
        return _saved(pdf)


@cache
def linearized_pdf() -> bytes:
    """Return a letter that is arranged for reading while it still loads."""
    with _written() as pdf:
        return _saved(pdf, linearize=True)


@cache
def packed_pdf() -> bytes:
    """Return a letter whose objects lie in compressed streams, as Word and LaTeX write them."""
    with _written() as pdf:
        return _saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)


@cache
def scanned_pdf(width: int = 620) -> bytes:
    """Return a letter that is one picture, as a scanner makes it: 200 kB at the usual width."""
    picture = Image.effect_noise((width, int(width * 1.414)), 30).convert("RGB")
    file = BytesIO()
    picture.save(file, "PDF", resolution=75)
    return file.getvalue()


@cache
def encrypted_pdf(user: str = "secret", owner: str = "owner") -> bytes:
    """Return a letter that is protected; with an empty `user` it opens without a password."""
    with _written() as pdf:
        return _saved(pdf, encryption=pikepdf.Encryption(user=user, owner=owner))


@cache
def truncated_pdf(share: float = 0.6) -> bytes:
    """Return the first `share` of a letter."""
    whole = letter_pdf()
    return whole[: int(len(whole) * share)]


@cache
def pdf_without_pages() -> bytes:
    """Return a file that is sound and has nothing to read."""
    with Pdf.new() as pdf:
        return _saved(pdf)


@cache
def pdf_with_javascript() -> bytes:
    """Return a letter that runs a script when it is opened."""
    script = {"/S": Name.JavaScript, "/JS": String("app.alert('hello')")}
    return pdf_with_root({"/OpenAction": script})


@cache
def pdf_with_attachment() -> bytes:
    """Return a letter that carries another file."""
    with _written() as pdf:
        pdf.attachments["salaries.csv"] = b"name,salary\n"
        return _saved(pdf)


@cache
def pdf_with_form() -> bytes:
    """Return a letter with a plain form to fill in, a link, and a place to jump to."""
    with _written() as pdf:
        page = pdf.pages[0]
        entry = pdf.make_indirect(
            dictionary({"/FT": Name.Tx, "/T": "name", "/Subtype": Name.Widget, "/Rect": _RECT})
        )
        link = dictionary(
            {
                "/Subtype": Name.Link,
                "/Rect": _RECT,
                "/A": {"/S": Name.URI, "/URI": "https://example.org"},
            }
        )
        page.obj["/Annots"] = Array([entry, link])
        pdf.Root["/AcroForm"] = dictionary({"/Fields": Array([entry])})
        pdf.Root["/OpenAction"] = Array([page.obj, Name.Fit])
        return _saved(pdf)


def pdf_with_root(entries: Pairs, *, packed: bool = False) -> bytes:
    """Return a letter with `entries` added to its catalogue; plain dicts become dictionaries.

    Where `packed`, the catalogue lies in a compressed stream.
    """
    with _written() as pdf:
        for key, value in entries.items():
            pdf.Root[key] = _converted(value)
        mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
        return _saved(pdf, object_stream_mode=mode)


def pdf_with_annotation(entries: Pairs) -> bytes:
    """Return a letter with one annotation on its page."""
    with _written() as pdf:
        annotation = pdf.make_indirect(dictionary({"/Rect": _RECT} | entries))
        pdf.pages[0].obj["/Annots"] = Array([annotation])
        if annotation["/Subtype"] == Name.Widget:
            pdf.Root["/AcroForm"] = Dictionary(Fields=Array([annotation]))
        return _saved(pdf)


def pdf_with_stream(data: bytes, filters: int = 1, times: int = 1) -> bytes:
    """Return a letter with `data` as page content.

    It is there so many `times` over, and compressed by so many `filters`.
    """
    data = zipped(data, times) if filters else data * times
    for _ in range(filters - 1):
        data = zlib.compress(data, 9)
    with _written() as pdf:
        content = pdf.make_stream(b"")
        content.write(data, filter=Array([Name.FlateDecode] * filters))
        pdf.pages[0].obj["/Contents"] = content
        return _saved(pdf, compress_streams=False)


def pdf_with_deep_pages(depth: int) -> bytes:
    """Return a PDF whose page tree is `depth` levels of a single child each."""
    nodes = [
        f"{number} 0 obj\n<</Type/Pages/Count 1/Kids[{number + 1} 0 R]>>\nendobj\n"
        for number in range(2, depth + 2)
    ]
    leaf = f"{depth + 2} 0 obj\n<</Type/Page/MediaBox[0 0 9 9]/Resources<<>>>>\nendobj\n"
    return numbered(["1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n", *nodes, leaf])


def pdf_that_draws_without_end(levels: int = 12) -> bytes:
    """Return a small PDF whose page draws a form ten times, which draws another ten times, …"""
    page = "/Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R"
    objects = [
        "1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n",
        "2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n",
        f"3 0 obj\n<<{page}/Resources<</XObject<</X 5 0 R>>>>>>\nendobj\n",
        "4 0 obj\n<</Length 5>>\nstream\n/X Do\nendstream\nendobj\n",
    ]
    for number in range(5, 5 + levels):
        resources = f"<</XObject<</X {number + 1} 0 R>>>>"
        form = f"/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources{resources}/Length 60"
        drawn = "/X Do " * 10
        objects.append(f"{number} 0 obj\n<<{form}>>\nstream\n{drawn}\nendstream\nendobj\n")
    dot = "/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<<>>/Length 12"
    last = f"{5 + levels} 0 obj\n<<{dot}>>\nstream\n0 0 9 9 re f\nendstream\nendobj\n"
    return numbered([*objects, last])


def numbered(objects: list[str]) -> bytes:
    """Return a PDF of hand-written `objects`, which are numbered from 1, the catalogue first."""
    body, offsets = "%PDF-1.7\n", []
    for text in objects:
        offsets.append(len(body))
        body += text
    entries = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    return (
        f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{entries}"
        f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF\n"
    ).encode("ascii")


def dictionary(pairs: Pairs) -> Dictionary:
    """Return a PDF dictionary of `pairs`, whose plain dicts become dictionaries too."""
    return Dictionary({key: _converted(value) for key, value in pairs.items()})


def zipped(data: bytes, times: int = 1) -> bytes:
    """Return what unpacks to `data` so many times over, of which only one part is ever packed."""
    packer = zlib.compressobj(9, wbits=_BARE)
    at_once = max(1, MEGABYTE // max(1, len(data)))
    parts, left = divmod(times, at_once)
    part, rest = data * at_once, data * left
    packed = packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.compress(rest) + packer.flush()
    check = zlib.adler32(b"")
    for _ in range(parts):
        check = zlib.adler32(part, check)
    return _BEST + packed * parts + end + zlib.adler32(rest, check).to_bytes(4)


_RECT = Array([72, 72, 200, 90])


def _written(lines: tuple[str, ...] = LINES, pages: int = 1) -> Pdf:
    pdf = Pdf.new()
    font = pdf.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    )
    for _ in range(pages):
        page = pdf.add_blank_page(page_size=LETTER_PAPER)
        page.obj["/Resources"] = Dictionary(Font=Dictionary(F1=font))
        page.obj["/Contents"] = pdf.make_stream(_text(lines))
    return pdf


def _text(lines: tuple[str, ...]) -> bytes:
    shown = (String(line).unparse().decode("latin-1") + " Tj T*" for line in lines)
    return "\n".join(["BT /F1 12 Tf 16 TL 72 720 Td", *shown, "ET"]).encode("latin-1")


def _converted(value: object) -> object:
    return dictionary(value) if isinstance(value, dict) else value


def _saved(
    pdf: Pdf,
    *,
    linearize: bool = False,
    compress_streams: bool = True,
    object_stream_mode: pikepdf.ObjectStreamMode = pikepdf.ObjectStreamMode.disable,
    encryption: pikepdf.Encryption | bool = False,
) -> bytes:
    file = BytesIO()
    pdf.save(
        file,
        linearize=linearize,
        compress_streams=compress_streams,
        object_stream_mode=object_stream_mode,
        encryption=encryption,
        deterministic_id=not encryption,
    )
    return file.getvalue()
