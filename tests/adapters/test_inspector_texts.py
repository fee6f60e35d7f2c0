"""What can be read on the pages of a letter."""

from datetime import date
from io import BytesIO

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Pdf, String

from letters.adapters.inspector import read_texts
from letters.adapters.inspector.text import LONGEST_PAGE, MOST_PAGES
from letters.demo.pdf import letter
from letters.domain.documents import LOOKED_AT, PageText
from tests.support import pdfs

LONG = ("words and words " * 100,) * 26
"""Lines of somewhat more than a page's text may have."""


def test_each_page_is_read() -> None:
    assert read_texts(pdfs.letter_pdf(("Dear all,", "Ada."), pages=2)) == (
        PageText("Dear all,\nAda.", blank=False),
        PageText("Dear all,\nAda.", blank=False),
    )


def test_a_scan_has_no_text_and_is_not_blank() -> None:
    assert read_texts(pdfs.scanned_pdf()) == (PageText("", blank=False),)


@pytest.mark.parametrize("drawn", [b"", b"q Q", b"BT /F1 12 Tf 72 720 Td (  ) Tj ET"])
def test_a_page_on_which_nothing_is_drawn_is_blank(drawn: bytes) -> None:
    (page,) = read_texts(pdfs.pdf_with_stream(drawn))
    assert page.blank
    assert page.text.strip() == ""


@pytest.mark.parametrize("drawn", [b"0 0 9 9 re f", b"72 72 m 90 90 l S"])
def test_a_page_with_a_line_on_it_is_not_blank(drawn: bytes) -> None:
    assert read_texts(pdfs.pdf_with_stream(drawn)) == (PageText("", blank=False),)


def test_the_answers_in_a_form_are_read() -> None:
    helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    file = BytesIO()
    with Pdf.open(BytesIO(pdfs.pdf_with_form())) as pdf:
        form = pdf.Root.AcroForm
        form.DR = Dictionary(Font=Dictionary(Helv=helvetica))
        form.DA = String("/Helv 12 Tf 0 g")
        form.NeedAppearances = True
        form.Fields[0].V = String("Ada Lovelace")
        pdf.save(file)
    (page,) = read_texts(file.getvalue())
    assert page.text.endswith("\nAda Lovelace")


def test_a_page_with_a_link_and_no_form_is_read() -> None:
    link = {"/Subtype": Name.Link, "/A": {"/S": Name.URI, "/URI": String("https://example.org")}}
    (page,) = read_texts(pdfs.pdf_with_annotation(link))
    assert page == PageText("\n".join(pdfs.LINES), blank=False)


def test_other_scripts_are_read() -> None:
    (page,) = read_texts(letter("Dr. Núñez", "Université de Genève", date(2027, 3, 10), []))
    assert "Université de Genève" in page.text


class TestHowMuch:
    def test_only_the_first_pages(self) -> None:
        assert len(read_texts(pdfs.letter_pdf(("x",), pages=MOST_PAGES + 3))) == MOST_PAGES

    def test_only_the_beginning_of_a_page(self) -> None:
        (page,) = read_texts(pdfs.letter_pdf(LONG))
        assert LONGEST_PAGE - 100 < len(page.text) <= LONGEST_PAGE

    def test_only_the_beginning_of_a_document(self) -> None:
        pages = read_texts(pdfs.letter_pdf(LONG, pages=7))
        assert sum(len(page.text) for page in pages) == LOOKED_AT
        assert pages[-1] == PageText("", blank=False)


class TestWhatCannotBeRead:
    @pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"GIF89a", pdfs.encrypted_pdf()])
    def test_a_file(self, content: bytes) -> None:
        assert read_texts(content) == ()

    def test_a_page(self) -> None:
        file = BytesIO()
        with Pdf.open(BytesIO(pdfs.letter_pdf(pages=2))) as pdf:
            pdf.pages[0].obj["/Contents"] = Array([pdf.make_stream(b"q " * 9), 3])
            pdf.pages[0].obj["/MediaBox"] = Array([0, 0])
            pdf.save(file)
        first, second = read_texts(file.getvalue())
        assert first.text == ""
        assert second.text.startswith("To whom")

    @settings(max_examples=100)
    @given(data=st.data())
    def test_no_garbled_letter_upsets_it(self, data: st.DataObject) -> None:
        whole = data.draw(st.sampled_from([pdfs.letter_pdf(), pdfs.pdf_with_form()]))
        place = data.draw(st.integers(5, len(whole) - 1))
        put_in = data.draw(st.binary(max_size=12) | st.sampled_from([b"null", b"<<", b"1 0 R"]))
        texts = read_texts(whole[:place] + put_in + whole[place + 9 :])
        assert all(len(page.text) <= LONGEST_PAGE for page in texts)


def test_pikepdf_and_the_reader_agree_on_the_number_of_pages() -> None:
    content = pdfs.letter_pdf(pages=4)
    with pikepdf.open(BytesIO(content)) as pdf:
        assert len(read_texts(content)) == len(pdf.pages)
