"""The process that looks into strangers' files: nothing gets out of hand, whatever it is given."""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from threading import Thread

import pytest

from letters.adapters.inspector import SubprocessInspector
from letters.domain.documents import UNCHECKED, Findings, PageText, refusal
from letters.ports import DocumentInspector
from tests.support import pdfs
from tests.support.patience import assert_ends

SOUND = Findings(pages=1)
PAGE = PageText("\n".join(pdfs.LINES), blank=False)
READ = replace(SOUND, texts=(PAGE,))
HURRIED = 0.5
SHORT = 0.3
"""For what burns all the time that it gets."""


@pytest.fixture(autouse=True)
def no_child_is_left() -> Iterator[None]:
    """Whatever happens, no inspection outlives its answer; what ran before may go on."""
    before = _children()
    yield
    assert _children() - before == set()


def _children() -> set[str]:
    """Return the processes that any thread of this one has started, ended ones included."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {child for task in tasks for child in task.read_text(encoding="ascii").split()}


class TestTheProcess:
    @pytest.mark.parametrize(
        ("content", "found"),
        [
            (pdfs.letter_pdf(pages=2), Findings(pages=2, texts=(PAGE, PAGE))),
            (pdfs.encrypted_pdf(), Findings(encrypted=True)),
            (pdfs.truncated_pdf(), Findings(damaged=True, pages=1)),
            (pdfs.letter_pdf() + b"<html>", Findings(foreign=True)),
            (pdfs.pdf_with_javascript(), Findings(pages=1, active=("scripts",))),
            (b"GIF89a", Findings(is_pdf=False)),
            (b"GIF89a" + pdfs.letter_pdf(), Findings(foreign=True)),
        ],
        ids=["sound", "encrypted", "damaged", "foreign", "active", "not PDF", "foreign before"],
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
        assert SubprocessInspector().inspect(pdfs.letter_pdf()) == READ

    def test_a_file_that_is_no_pdf_needs_no_process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "executable", "/nowhere")
        assert SubprocessInspector().inspect(b"GIF89a") == Findings(is_pdf=False)

    def test_a_large_file_gets_through(self) -> None:
        large = pdfs.pdf_with_stream(os.urandom(8_000_000).hex().encode(), 0)
        assert SubprocessInspector().inspect(large).checked


_OBJECTS = [
    "1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n",
    "2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n",
    "3 0 obj\n<</Type/Page/Parent 2 0 R>>\nendobj\n",
]


class TestLimits:
    @pytest.mark.parametrize("filters", [1, 2, 3])
    def test_a_file_that_unpacks_without_end_runs_out_of_time(self, filters: int) -> None:
        bomb = pdfs.pdf_with_stream(b"q ", filters, 30_000_000)
        began = time.monotonic()
        assert SubprocessInspector(seconds=SHORT).inspect(bomb) == UNCHECKED
        assert time.monotonic() - began < SHORT + 2

    def test_a_file_that_needs_too_much_memory_is_not_accepted_unseen(self) -> None:
        bomb = pdfs.pdf_with_stream(b"\0", 2, 300_000_000)
        found = SubprocessInspector(memory=200 * 1024 * 1024).inspect(bomb)
        assert found == UNCHECKED or found.damaged

    def test_a_file_whose_text_is_never_read_to_the_end_is_checked_all_the_same(self) -> None:
        began = time.monotonic()
        endless = pdfs.pdf_that_draws_without_end()
        inspector = SubprocessInspector(seconds=0.7)
        assert inspector.inspect(endless) == SOUND
        assert inspector.picture(endless) is None
        assert time.monotonic() - began < 5

    def test_too_little_memory_to_begin_with(self) -> None:
        assert SubprocessInspector(memory=30_000_000).inspect(pdfs.letter_pdf()) == UNCHECKED

    @pytest.mark.parametrize("depth", [100, 5000, 100_000])
    def test_a_page_tree_of_any_depth_comes_to_an_end(self, depth: int) -> None:
        found = SubprocessInspector().inspect(pdfs.pdf_with_deep_pages(depth))
        assert replace(found, texts=()) == (SOUND if depth == 100 else Findings(damaged=True))

    def test_arrays_of_any_depth_come_to_an_end(self) -> None:
        deep = [*_OBJECTS, f"4 0 obj\n{'[' * 200_000}{']' * 200_000}\nendobj\n"]
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


def _said(**differently: object) -> str:
    """Return a line of findings as the child says them."""
    usual = asdict(SOUND) | {"texts": None} | differently
    return json.dumps({key: value for key, value in usual.items() if key != "texts"})


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
            _said(encrypted=0),
            _said(pages="1"),
            _said(active="scripts"),
            _said(active=["<b>"]),
            _said(active=[{}]),
            _said(foreign=None),
            _said()[:-8],
        ],
    )
    def test_one_that_says_something_unexpected(
        self, child: Callable[[str], None], said: str
    ) -> None:
        child(f"cat > /dev/null; echo '{said}'")
        assert SubprocessInspector().inspect(pdfs.letter_pdf()) == UNCHECKED

    def test_what_it_says_in_the_expected_form(self, child: Callable[[str], None]) -> None:
        said = _said(damaged=True, pages=7, active=["scripts"])
        child(f"cat > /dev/null; echo '{said}'")
        found = SubprocessInspector().inspect(pdfs.letter_pdf())
        assert found == Findings(damaged=True, pages=7, active=("scripts",))

    @pytest.mark.parametrize(
        "then", ["exit 1", "kill -SEGV $$", "echo nonsense", "sleep 60", "exec yes"]
    )
    def test_what_it_found_before_it_failed_counts(
        self, child: Callable[[str], None], then: str
    ) -> None:
        child(f"cat > /dev/null; echo '{_said(checked=False, active=['scripts'])}'; {then}")
        found = SubprocessInspector(seconds=HURRIED).inspect(pdfs.letter_pdf())
        assert found == Findings(checked=False, pages=1, active=("scripts",))
        assert refusal(found) is not None

    @pytest.mark.parametrize(
        "then",
        [
            "exit 1",
            "kill -SEGV $$",
            "sleep 60",
            "exec yes",
            """echo '{"texts": "Dear"}'""",
            """echo '{"texts": ["Dear"]}'""",
            """echo '{"texts": [["Dear", 0]]}'""",
            """echo '{"texts": [["Dear", false]'""",
        ],
    )
    def test_a_text_that_cannot_be_had_changes_no_verdict_and_is_logged(
        self, child: Callable[[str], None], then: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        child(f"cat > /dev/null; echo '{_said()}'; {then}")
        with caplog.at_level(logging.WARNING):
            found = SubprocessInspector(seconds=HURRIED).inspect(pdfs.letter_pdf())
        assert found == SOUND
        assert caplog.messages == [
            f"the text of an uploaded file of {len(pdfs.letter_pdf())} bytes was not read"
        ]

    def test_a_text_in_the_expected_form(self, child: Callable[[str], None]) -> None:
        texts = """{"texts": [["Dear", false], ["", true]]}"""
        child(f"cat > /dev/null; echo '{_said()}'; echo '{texts}'")
        found = SubprocessInspector().inspect(pdfs.letter_pdf())
        assert found.texts == (PageText("Dear", blank=False), PageText("", blank=True))

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
        assert_ends(int((tmp_path / "started").read_text()))

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
