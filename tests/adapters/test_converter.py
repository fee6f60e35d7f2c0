"""Turning Word files into PDF: by LibreOffice itself, and by stand-ins that misbehave."""

import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from letters.adapters.converter import OfficeConverter
from letters.adapters.inspector import examine, read_texts
from letters.domain.documents import Findings
from letters.ports import DocumentConverter
from tests.support import office, pdfs
from tests.support.need import need
from tests.support.patience import A_BLINK, assert_ends

PARAGRAPHS = ("Dear committee,", "I recommend Ada.")
LETTER = office.docx(*PARAGRAPHS)
OLD = Path(__file__).with_name("old.doc")
"""Written by LibreOffice as Word 97 would, since making one takes as long as reading it."""
HURRIED = 0.7


class TestLibreOffice:
    @pytest.fixture(autouse=True)
    def libreoffice(self) -> None:
        """Only where it is."""
        need("LibreOffice", office.soffice() is not None, office.HOW)

    def test_a_word_file_becomes_a_letter_and_nothing_is_fetched_from_elsewhere(
        self, visited: list[str], server: str
    ) -> None:
        converter: DocumentConverter = OfficeConverter()
        assert converter.available
        converted = converter.to_pdf(office.docx(*PARAGRAPHS, picture=f"{server}/picture.png"))
        assert converted is not None
        assert examine(converted) == Findings(pages=1)
        assert read_texts(converted)[0].text == "\n".join(PARAGRAPHS)
        assert visited == []

    def test_so_does_an_old_one(self) -> None:
        converted = OfficeConverter().to_pdf(OLD.read_bytes())
        assert read_texts(converted or b"")[0].text == "Dear committee,"

    def test_a_broken_one_does_not_become_a_letter(self) -> None:
        assert OfficeConverter().to_pdf(LETTER[: len(LETTER) // 2] + b"word/document") is None

    def test_one_that_unpacks_without_end_is_given_up(self) -> None:
        began = time.monotonic()
        bomb = office.docx("x" * 60_000_000)
        assert OfficeConverter(seconds=2, memory=400 * 1024 * 1024).to_pdf(bomb) is None
        assert time.monotonic() - began < 6


@pytest.fixture
def visited() -> list[str]:
    """The paths that were asked for."""
    return []


@pytest.fixture
def server(visited: list[str]) -> Iterator[str]:
    """A web server on this machine that writes down who comes."""

    class Doorman(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            visited.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), Doorman) as running:
        thread = Thread(target=running.serve_forever, args=[A_BLINK])
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a shell script in the place of LibreOffice, and the temporary folders in one of ours."""

    def replace(script: str) -> None:
        program = tmp_path / "soffice"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o700)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return replace


class TestTheProcess:
    def test_what_it_wrote_is_handed_back(
        self, stand_in: Callable[[str], None], tmp_path: Path
    ) -> None:
        (tmp_path / "result.pdf").write_bytes(pdfs.letter_pdf())
        stand_in(f"cat {tmp_path}/result.pdf > letter.pdf")
        assert OfficeConverter().to_pdf(LETTER) == pdfs.letter_pdf()
        assert list((tmp_path / "temporary").iterdir()) == []

    def test_it_is_asked_for_a_pdf_without_macros_in_a_profile_of_its_own(
        self, stand_in: Callable[[str], None]
    ) -> None:
        stand_in("(echo %PDF-; echo $@; cat profile/user/*.xcu) > letter.pdf")
        said = (OfficeConverter().to_pdf(LETTER) or b"").decode()
        assert "--headless" in said
        assert "--infilter=MS Word 2007 XML --convert-to pdf" in said
        assert "UserInstallation=file:///" in said
        assert 'oor:name="DisableMacrosExecution" oor:op="fuse"><value>true' in said

    @pytest.mark.parametrize(
        "script",
        [
            "exit 0",
            "exit 1",
            "kill -SEGV $$",
            "echo GIF89a > letter.pdf",
            "mkdir letter.pdf",
            "mkfifo letter.pdf",
            "ln -s /etc/passwd letter.pdf",
            "echo %PDF- > other; ln -s other letter.pdf",
            "echo %PDF- > letter.pdf; exit 1",
            "echo %PDF- > letter.pdf; head -c 70000000 /dev/zero >> letter.pdf; exec sleep 60",
        ],
    )
    def test_one_that_makes_no_pdf(
        self,
        stand_in: Callable[[str], None],
        script: str,
        tmp_path: Path,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        stand_in(script)
        with caplog.at_level(logging.WARNING):
            found = OfficeConverter(seconds=HURRIED).to_pdf(LETTER)
        assert found is None
        assert caplog.messages == [f"a Word file of {len(LETTER)} bytes could not be converted"]
        assert list((tmp_path / "temporary").iterdir()) == []

    def test_one_that_hangs_is_ended_with_all_it_started(
        self, stand_in: Callable[[str], None], tmp_path: Path
    ) -> None:
        stand_in(f"sleep 60 & echo $! > {tmp_path}/started; wait")
        began = time.monotonic()
        assert OfficeConverter(seconds=2).to_pdf(LETTER) is None
        assert time.monotonic() - began < 5
        assert_ends(int((tmp_path / "started").read_text()))
        assert list((tmp_path / "temporary").iterdir()) == []

    def test_its_limits(self, stand_in: Callable[[str], None]) -> None:
        stand_in("(echo %PDF-; ulimit -t; ulimit -v; ulimit -n; ulimit -c) > letter.pdf")
        found = OfficeConverter(seconds=7, memory=1024**3).to_pdf(LETTER) or b""
        assert found.split()[1:] == [b"7", b"1048576", b"256", b"0"]

    def test_it_learns_no_secrets(
        self, stand_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LETTERS_SECRET_KEYS", "very secret")
        stand_in("(echo %PDF-; env) > letter.pdf")
        found = OfficeConverter().to_pdf(LETTER) or b""
        assert b"HOME=" in found
        assert b"LETTERS" not in found
        assert b"very secret" not in found

    def test_it_has_no_network_where_that_can_be_taken_away(
        self, stand_in: Callable[[str], None]
    ) -> None:
        forbidden = os.system("unshare --map-root-user --net true 2>/dev/null")  # noqa: S605, S607 -- a fixed command
        need("network namespaces", forbidden == 0, "let users make them")
        stand_in("(echo %PDF-; cat /proc/net/dev) > letter.pdf")
        found = OfficeConverter().to_pdf(LETTER) or b""
        interfaces = [line.split(b":")[0].strip() for line in found.splitlines() if b":" in line]
        assert interfaces == [b"lo"]


class TestWhatIsNotAsked:
    @pytest.mark.parametrize("content", [b"", b"GIF89a", pdfs.letter_pdf(), office.spreadsheet()])
    def test_other_files(self, stand_in: Callable[[str], None], content: bytes) -> None:
        stand_in("echo %PDF- > letter.pdf")
        assert OfficeConverter().to_pdf(content) is None
        assert OfficeConverter().to_pdf(LETTER) == b"%PDF-\n"

    def test_no_program(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        converter = OfficeConverter()
        assert not converter.available
        assert converter.to_pdf(LETTER) is None
