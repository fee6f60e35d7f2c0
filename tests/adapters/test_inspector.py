"""Looking into strangers' files: what is let in, and what is found.

This is tested without the process around it, which has tests of its own.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Name, String

from letters.adapters.inspector import KINDS, examine
from letters.domain.documents import Findings, refusal
from tests.support import browser, pdfs
from tests.support.need import need
from tests.support.thorough import often, rounds

SOUND = Findings(pages=1)

Pairs = dict[str, object]


class TestWhatIsAccepted:
    @pytest.mark.parametrize(
        "make", [pdfs.letter_pdf, pdfs.linearized_pdf, pdfs.packed_pdf, pdfs.scanned_pdf]
    )
    def test_letters_however_they_were_made(self, make: Callable[[], bytes]) -> None:
        assert examine(make()) == SOUND

    def test_pages_are_counted(self) -> None:
        assert examine(pdfs.letter_pdf(pages=3)) == Findings(pages=3)

    def test_links_plain_forms_and_jumps_are_not_active(self) -> None:
        assert examine(pdfs.pdf_with_form()) == SOUND

    @pytest.mark.browser
    def test_a_page_printed_by_a_browser(self, tmp_path: Path) -> None:
        program = browser.chromium()
        need("Chromium", program is not None, browser.HOW)
        page, printed = tmp_path / "letter.html", tmp_path / "letter.pdf"
        page.write_text("<h1>Dear committee</h1><p>See <a href='https://example.org'>this</a>.")
        subprocess.run(  # noqa: S603 -- the browser of this machine, on a page of our own
            [str(program), "--headless", "--no-sandbox", f"--print-to-pdf={printed}", str(page)],
            check=True,
            capture_output=True,
        )
        assert examine(printed.read_bytes()) == SOUND

    @pytest.mark.parametrize("tail", [b"\r\n", b"\0" * 500, b"\n<!-- sent by a web mailer -->\n"])
    def test_a_few_bytes_appended_in_transit(self, tail: bytes) -> None:
        assert examine(pdfs.letter_pdf() + tail) == SOUND

    def test_a_file_that_was_saved_again_with_an_update(self) -> None:
        assert examine(_updated(pdfs.numbered(_CARELESS))) == SOUND

    def test_a_file_written_carelessly(self) -> None:
        assert examine(pdfs.numbered(_CARELESS)) == SOUND

    def test_names_that_are_not_utf_8(self) -> None:
        latin_1 = pdfs.numbered(_CARELESS).replace(b"/Odd", b"/Od\xe9")
        assert examine(latin_1) == SOUND

    def test_a_font_that_happens_to_be_called_aa(self) -> None:
        font = {"/Type": Name.Font, "/Subtype": Name.Type1, "/BaseFont": Name.Courier}
        assert examine(pdfs.pdf_with_root({"/Odd": {"/Font": {"/AA": font, "/JS": font}}})) == SOUND


_CARELESS = [
    "1 0 obj\n<</Type/Catalog/Pages 2 0 R/Odd/Odd/Odd/Odd/Subtype/Odd>>\nendobj\n",
    "2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n",
    "3 0 obj\n<</Type/Page/Parent 2 0 R>>\nendobj\n",
]
"""A page without a size and without resources, and a key given twice."""


def _updated(whole: bytes) -> bytes:
    changed = "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<<>>>>\nendobj\n"
    before = int(whole.split()[-2])
    xref = len(whole) + len(changed)
    end = (
        f"xref\n3 1\n{len(whole):010} 00000 n \n"
        f"trailer\n<</Size 4/Root 1 0 R/Prev {before}>>\nstartxref\n{xref}\n%%EOF\n"
    )
    return whole + changed.encode() + end.encode()


class TestWhatIsNot:
    @pytest.mark.parametrize(
        "content",
        [
            b"GIF89a",
            b"PK\x03\x04 a word processor's file",
            b"%PDF",
            b"%pdf-1.7",
        ],
    )
    def test_other_files(self, content: bytes) -> None:
        assert examine(content) == Findings(is_pdf=False)

    @pytest.mark.parametrize(
        "before", [b"\n", b"\xef\xbb\xbf", b"GIF89a", b"#!/bin/sh\n", b" " * 999]
    )
    def test_something_before_the_header(self, before: bytes) -> None:
        assert examine(before + pdfs.letter_pdf()) == Findings(foreign=True)

    def test_a_password(self) -> None:
        assert examine(pdfs.encrypted_pdf()).encrypted

    def test_restrictions_without_a_password(self) -> None:
        assert examine(pdfs.encrypted_pdf(user="")).encrypted

    def test_protection_of_an_unknown_kind(self) -> None:
        other = pdfs.encrypted_pdf().replace(b"/Filter /Standard", b"/Filter /Whatever")
        assert examine(other).encrypted

    def test_nothing_to_read(self) -> None:
        assert refusal(examine(pdfs.pdf_without_pages())) is not None

    @pytest.mark.parametrize("make", [pdfs.letter_pdf, pdfs.linearized_pdf, pdfs.packed_pdf])
    def test_a_file_cut_off_anywhere(self, make: Callable[[], bytes]) -> None:
        whole = make().rstrip()
        for length in range(1, len(whole)):
            found = examine(whole[:length])
            assert found.damaged or not found.is_pdf, f"{length} of {len(whole)} bytes"

    def test_a_missing_end_mark(self) -> None:
        assert examine(pdfs.letter_pdf().replace(b"%%EOF", b"")).damaged

    def test_an_update_cut_off_anywhere(self) -> None:
        before = pdfs.numbered(_CARELESS)
        whole = _updated(before).rstrip()
        first_sign = len(before) + len("3 0 obj")
        assert all(examine(whole[:length]).damaged for length in range(first_sign, len(whole)))

    def test_a_broken_stream(self) -> None:
        assert examine(pdfs.letter_pdf().replace(b"stream\n", b"stream\nXXXX", 1)).damaged

    @pytest.mark.parametrize("rest", [b"1.7", b"1.7\n%%EOF", b"1.7\n" + b"\0" * 5000 + b"%%EOF"])
    def test_a_header_and_little_else(self, rest: bytes) -> None:
        assert examine(b"%PDF-" + rest).damaged


_JAVASCRIPT: Pairs = {"/S": Name.JavaScript, "/JS": String("app.alert(1)")}
_SUBMIT: Pairs = {"/S": Name.SubmitForm, "/F": String("https://example.org")}
_LAUNCH: Pairs = {"/S": Name.Launch, "/F": String("calc.exe")}


class TestActiveContent:
    @pytest.mark.parametrize(
        ("entries", "kind"),
        [
            ({"/OpenAction": _JAVASCRIPT}, "scripts"),
            (
                {"/Names": {"/JavaScript": {"/Names": Array([String("x")])}}, "/X": _JAVASCRIPT},
                "scripts",
            ),
            ({"/AA": {"/WC": {"/S": Name.Named, "/N": Name.Print}}}, "scripts"),
            ({"/X": {"/JS": String("app.alert(1)")}}, "scripts"),
            ({"/OpenAction": {"/S": Name.URI, "/Next": _JAVASCRIPT}}, "scripts"),
            ({"/OpenAction": _LAUNCH}, "launch actions"),
            ({"/OpenAction": _SUBMIT}, "forms that submit"),
            ({"/OpenAction": {"/S": Name.ImportData}}, "forms that submit"),
            ({"/AF": Array([])}, None),
            ({"/X": {"/Type": Name.Filespec, "/EF": {}}}, "embedded files"),
            ({"/AcroForm": {"/XFA": String("<xdp/>")}}, "dynamic forms"),
            ({"/OpenAction": {"/S": Name.Rendition}}, "multimedia"),
            ({"/OpenAction": {"/S": Name.GoTo}}, None),
        ],
    )
    def test_in_the_catalogue(self, entries: Pairs, kind: str | None) -> None:
        assert examine(pdfs.pdf_with_root(entries)).active == ((kind,) if kind else ())

    @pytest.mark.parametrize(
        ("entries", "kind"),
        [
            ({"/Subtype": Name.Widget, "/A": _JAVASCRIPT}, "scripts"),
            ({"/Subtype": Name.Widget, "/AA": {"/K": _JAVASCRIPT}}, "scripts"),
            ({"/Subtype": Name.Widget, "/A": _SUBMIT}, "forms that submit"),
            ({"/Subtype": Name.Link, "/A": _LAUNCH}, "launch actions"),
            ({"/Subtype": Name.FileAttachment}, "embedded files"),
            ({"/Subtype": Name.Movie}, "multimedia"),
            ({"/Subtype": Name.Sound}, "multimedia"),
            ({"/Subtype": Name.RichMedia}, "multimedia"),
            ({"/Subtype": Name("/3D")}, "multimedia"),
            ({"/Subtype": Name.Link, "/A": {"/S": Name.URI, "/URI": String("x")}}, None),
            ({"/Subtype": Name.Highlight}, None),
        ],
    )
    def test_on_a_page(self, entries: Pairs, kind: str | None) -> None:
        assert examine(pdfs.pdf_with_annotation(entries)).active == ((kind,) if kind else ())

    def test_an_attached_file(self) -> None:
        assert examine(pdfs.pdf_with_attachment()).active == ("embedded files",)

    def test_in_a_compressed_object(self) -> None:
        content = pdfs.pdf_with_root({"/OpenAction": _JAVASCRIPT}, packed=True)
        assert b"JavaScript" not in content
        assert examine(content).active == ("scripts",)

    def test_a_name_written_with_escapes(self) -> None:
        hidden = pdfs.pdf_with_javascript().replace(b"/JavaScript", b"/J#61vaScript")
        assert examine(hidden).active == ("scripts",)

    def test_inside_arrays_of_arrays(self) -> None:
        nested = Array([Array([Array([pdfs.dictionary(_LAUNCH)])])])
        assert examine(pdfs.pdf_with_root({"/X": nested})).active == ("launch actions",)

    def test_several_kinds_are_named_once_each_in_a_fixed_order(self) -> None:
        entries: Pairs = {
            "/A": _LAUNCH,
            "/B": _JAVASCRIPT,
            "/C": _LAUNCH,
            "/OpenAction": _JAVASCRIPT,
        }
        assert examine(pdfs.pdf_with_root(entries)).active == ("scripts", "launch actions")

    def test_the_refusal_names_them(self) -> None:
        refused = refusal(examine(pdfs.pdf_with_javascript()))
        assert "active content (scripts)" in str(refused)


class TestGarbage:
    @settings(max_examples=rounds(short=100, long=2000))
    @given(data=st.data())
    def test_no_garbled_letter_upsets_the_examination(self, data: st.DataObject) -> None:
        whole = data.draw(
            st.sampled_from(
                [pdfs.letter_pdf(), pdfs.packed_pdf(), pdfs.pdf_with_form(), pdfs.encrypted_pdf()]
            )
        )
        place = data.draw(st.integers(5, len(whole) - 1))
        length = data.draw(st.integers(0, 40))
        put_in = data.draw(
            st.binary(max_size=12)
            | st.sampled_from([b"null", b"<<", b"[", b"/Kids", b"1 0 R", b"9" * 30, b"/\xe9"])
        )
        found = examine(whole[:place] + put_in + whole[place + length :])
        assert found.checked
        assert set(found.active) <= set(KINDS)

    @often
    @given(rest=st.binary(max_size=300))
    def test_no_bytes_at_all_upset_it(self, rest: bytes) -> None:
        assert examine(b"%PDF-1.7\n" + rest).checked
