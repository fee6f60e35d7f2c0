"""What can be read on the pages of a PDF that was found to be sound."""

from typing import TYPE_CHECKING

from letters.domain.documents import LOOKED_AT, PageText

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

MOST_PAGES = 200
LONGEST_PAGE = 40_000


def read_texts(content: bytes) -> tuple[PageText, ...]:
    """Return the text of the first 200 pages, as far as it is looked at; empty if there is none.

    It has no limits: strangers' files need a child. A page that cannot be read is one without text.
    """
    import pypdfium2  # noqa: PLC0415 -- only the child needs it, and only under its limits

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        return ()
    with document:
        document.init_forms()
        texts: list[PageText] = []
        left = LOOKED_AT
        for number in range(min(len(document), MOST_PAGES)):
            texts.append(_page_text(document, number, left))
            left -= len(texts[-1].text)
        return tuple(texts)


def _page_text(document: "PdfDocument", number: int, left: int) -> PageText:
    import pypdfium2  # noqa: PLC0415 -- as in read_texts

    try:
        page = _with_its_fields(document, number)
        reader = page.get_textpage()
        length = min(reader.count_chars(), LONGEST_PAGE, left)
        text = reader.get_text_range(0, length, errors="replace") if length > 0 else ""
        text = text.replace("\r\n", "\n")
        shows_nothing = reader.count_chars() == 0 or (length > 0 and not text.strip())
        return PageText(text[:left], blank=shows_nothing and _holds_only_text(page))
    except pypdfium2.PdfiumError:
        return PageText("", blank=False)


def _with_its_fields(document: "PdfDocument", number: int) -> "PdfPage":
    """Return a page onto which the answers in its form were drawn, since they are not text yet."""
    from pypdfium2 import raw  # noqa: PLC0415 -- as in read_texts

    page = document[number]
    if raw.FPDFPage_GetAnnotCount(page) > 0:
        raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
        return document[number]
    return page


def _holds_only_text(page: "PdfPage") -> bool:
    """Tell a page with no lines, no pictures and no shadings; spaces may stand on it."""
    from pypdfium2 import raw  # noqa: PLC0415 -- as in read_texts

    return all(
        raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, index)) == raw.FPDF_PAGEOBJ_TEXT
        for index in range(raw.FPDFPage_CountObjects(page))
    )
