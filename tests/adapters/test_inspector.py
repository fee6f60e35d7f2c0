"""Looking into strangers' files: what is let in, what is found, and that nothing gets out of hand.

What is found is mostly tested without the process around it; the process has tests of its own.
"""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Name, String

from letters.adapters.inspector import KINDS, SubprocessInspector, examine
from letters.domain.documents import UNCHECKED, Findings, refusal
from letters.ports import DocumentInspector
from tests.support import browser, pdfs
from tests.support.need import need

SOUND = Findings(pages=1)
HURRIED = 0.5

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
            b"\n%PDF-1.7",
            b"\xef\xbb\xbf%PDF-1.7",
            b"%pdf-1.7",
        ],
    )
    def test_other_files(self, content: bytes) -> None:
        assert examine(content) == Findings(is_pdf=False)

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
    @settings(deadline=None, max_examples=300)
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

    @settings(deadline=None)
    @given(rest=st.binary(max_size=300))
    def test_no_bytes_at_all_upset_it(self, rest: bytes) -> None:
        assert examine(b"%PDF-1.7\n" + rest).checked


class TestTheProcess:
    @pytest.mark.parametrize(
        ("content", "found"),
        [
            (pdfs.letter_pdf(pages=2), Findings(pages=2)),
            (pdfs.encrypted_pdf(), Findings(encrypted=True)),
            (pdfs.truncated_pdf(), Findings(damaged=True, pages=1)),
            (pdfs.pdf_with_javascript(), Findings(pages=1, active=("scripts",))),
            (b"GIF89a", Findings(is_pdf=False)),
        ],
        ids=["sound", "encrypted", "damaged", "active", "not PDF"],
    )
    def test_it_hands_back_what_was_found(self, content: bytes, found: Findings) -> None:
        any_inspector: DocumentInspector = SubprocessInspector()
        assert any_inspector.inspect(content) == found

    def test_it_works_from_any_folder_with_any_environment(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "json.py").write_text("raise RuntimeError")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.setenv("PYTHONSTARTUP", "/nowhere")
        assert SubprocessInspector().inspect(pdfs.letter_pdf()) == SOUND

    def test_a_file_that_is_no_pdf_needs_no_process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "executable", "/nowhere")
        assert SubprocessInspector().inspect(b"GIF89a") == Findings(is_pdf=False)

    def test_a_large_file_gets_through(self) -> None:
        large = pdfs.pdf_with_stream(os.urandom(8_000_000).hex().encode(), 0)
        assert SubprocessInspector().inspect(large).checked


class TestLimits:
    @pytest.mark.parametrize("filters", [1, 2, 3])
    def test_a_file_that_unpacks_without_end_runs_out_of_time(self, filters: int) -> None:
        bomb = pdfs.pdf_with_stream(b"q " * 30_000_000, filters)
        began = time.monotonic()
        assert SubprocessInspector(seconds=HURRIED).inspect(bomb) == UNCHECKED
        assert time.monotonic() - began < HURRIED + 2
        _assert_no_child_is_left()

    def test_a_file_that_needs_too_much_memory_is_not_accepted_unseen(self) -> None:
        bomb = pdfs.pdf_with_stream(b"\0" * 300_000_000, 2)
        found = SubprocessInspector(memory=200 * 1024 * 1024).inspect(bomb)
        assert found == UNCHECKED or found.damaged

    def test_too_little_memory_to_begin_with(self) -> None:
        assert SubprocessInspector(memory=30_000_000).inspect(pdfs.letter_pdf()) == UNCHECKED

    @pytest.mark.parametrize("depth", [100, 5000, 100_000])
    def test_a_page_tree_of_any_depth_comes_to_an_end(self, depth: int) -> None:
        found = SubprocessInspector().inspect(pdfs.pdf_with_deep_pages(depth))
        assert found == (SOUND if depth == 100 else Findings(damaged=True))

    def test_arrays_of_any_depth_come_to_an_end(self) -> None:
        deep = [*_CARELESS, f"4 0 obj\n{'[' * 200_000}{']' * 200_000}\nendobj\n"]
        assert refusal(SubprocessInspector().inspect(pdfs.numbered(deep))) is not None

    def test_the_child_limits_itself_before_it_reads(self) -> None:
        shown = subprocess.run(  # noqa: S603 -- our own interpreter and our own module
            [sys.executable, "-c", _SHOW_LIMITS], check=True, capture_output=True, text=True
        )
        assert shown.stdout.split() == ["200000000", "3", "0", "0", "0", "32"]

    def test_what_was_not_checked_is_logged_without_content(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING):
            SubprocessInspector(memory=30_000_000).inspect(pdfs.letter_pdf())
        assert caplog.messages == [
            f"an uploaded file of {len(pdfs.letter_pdf())} bytes could not be inspected"
        ]


_SHOW_LIMITS = """
import resource as r
from letters.children import limit_this_process
limit_this_process(2.5, 200_000_000)
for kind in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_CORE, r.RLIMIT_NPROC,
             r.RLIMIT_NOFILE):
    soft, hard = r.getrlimit(kind)
    assert soft == hard
    print(soft)
"""


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a shell script in the place of the interpreter."""

    def replace(script: str) -> None:
        program = tmp_path / "child"
        program.write_text(f"#!/bin/sh\ncd {tmp_path}\n{script}\n")
        program.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(program))

    return replace


class TestAChildThatMisbehaves:
    @pytest.mark.parametrize("script", ["exit 0", "exit 1", "kill -SEGV $$"])
    def test_one_that_says_nothing(self, child: Callable[[str], None], script: str) -> None:
        child(script)
        assert SubprocessInspector().inspect(pdfs.letter_pdf()) == UNCHECKED

    @pytest.mark.parametrize(
        "said",
        [
            "nonsense",
            "{}",
            "[]",
            "[" * 4000,
            '{"encrypted": 0, "damaged": false, "pages": 1, "active": []}',
            '{"encrypted": false, "damaged": false, "pages": "1", "active": []}',
            '{"encrypted": false, "damaged": false, "pages": 1, "active": "scripts"}',
            '{"encrypted": false, "damaged": false, "pages": 1, "active": ["<b>"]}',
            '{"encrypted": false, "damaged": false, "pages": 1, "active": [{}]}',
            '{"encrypted": false, "damaged": false, "pages": 1, "acti',
        ],
    )
    def test_one_that_says_something_unexpected(
        self, child: Callable[[str], None], said: str
    ) -> None:
        child(f"cat > /dev/null; echo '{said}'")
        assert SubprocessInspector().inspect(pdfs.letter_pdf()) == UNCHECKED

    def test_what_it_says_in_the_expected_form(self, child: Callable[[str], None]) -> None:
        said = '{"encrypted": false, "damaged": true, "pages": 7, "active": ["scripts"]}'
        child(f"cat > /dev/null; echo '{said}'")
        found = SubprocessInspector().inspect(pdfs.letter_pdf())
        assert found == Findings(damaged=True, pages=7, active=("scripts",))

    def test_it_may_die_before_it_has_read_a_large_file(self, child: Callable[[str], None]) -> None:
        child("exit 1")
        assert SubprocessInspector().inspect(b"%PDF-" + b"x" * 5_000_000) == UNCHECKED

    def test_one_that_hangs_is_ended_with_all_it_started(
        self, child: Callable[[str], None], tmp_path: Path
    ) -> None:
        child("sleep 60 & echo $! > started; wait")
        began = time.monotonic()
        assert SubprocessInspector(seconds=HURRIED).inspect(b"%PDF-" + b"x" * 200_000) == UNCHECKED
        assert time.monotonic() - began < HURRIED + 2
        _assert_no_child_is_left()
        _assert_ends(int((tmp_path / "started").read_text()))

    def test_one_that_never_stops_talking(self, child: Callable[[str], None]) -> None:
        child("exec yes")
        began = time.monotonic()
        assert SubprocessInspector().inspect(pdfs.letter_pdf()) == UNCHECKED
        assert time.monotonic() - began < 5

    def test_one_that_cannot_be_started(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
        assert SubprocessInspector().inspect(pdfs.letter_pdf()) == UNCHECKED

    def test_it_learns_no_secrets(
        self, child: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LETTERS_SECRET_KEYS", "very secret")
        child("env > environment; echo $@ > arguments")
        SubprocessInspector().inspect(pdfs.letter_pdf())
        assert "LETTERS" not in (tmp_path / "environment").read_text()
        assert "secret" not in (tmp_path / "arguments").read_text()

    def test_no_more_run_at_once_than_allowed(
        self, child: Callable[[str], None], tmp_path: Path
    ) -> None:
        child("mkdir busy || echo overlap > overlapped; sleep 0.1; rmdir busy")
        one_at_a_time = SubprocessInspector(at_once=1)
        uploads = [
            Thread(target=one_at_a_time.inspect, args=(pdfs.letter_pdf(),)) for _ in range(4)
        ]
        for upload in uploads:
            upload.start()
        for upload in uploads:
            upload.join()
        assert not (tmp_path / "overlapped").exists()
        assert not (tmp_path / "busy").exists()


def _assert_no_child_is_left() -> None:
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def _assert_ends(process: int) -> None:
    deadline = time.monotonic() + 5
    while Path(f"/proc/{process}").exists():
        if "Z" in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]:
            return
        assert time.monotonic() < deadline, f"process {process} goes on"
        time.sleep(0.02)
