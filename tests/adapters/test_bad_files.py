"""Every bad or odd file gets what docs/security.md says."""

from collections.abc import Mapping
from io import BytesIO

import pytest

from letters.adapters.inspector import SubprocessInspector
from letters.domain.errors import ActiveContent, DamagedPdf, LetterRefused
from letters.ports import DocumentInspector
from letters.services.inspecting import Examiners, look_at
from tests.adapters.bad_files import FILES, LARGEST, PAGE
from tests.adapters.sent_file import File, with_table
from tests.support.houses import InProcessInspector
from tests.support.wanted import any_letter

SECONDS: Mapping[type[LetterRefused] | None, float] = {None: 0.5, ActiveContent: 1, DamagedPdf: 2}
"""For a hostile file: enough to find what it is refused for, and else soon over."""
MEMORY = 256 * 1024 * 1024


def test_every_file_gets_what_was_said(subtests: pytest.Subtests) -> None:
    for file in (file for file in FILES if not file.hostile):
        with subtests.test(file.name):
            assert got(file) == file.verdict


def test_so_does_every_file_that_wants_to_use_up_the_machine(subtests: pytest.Subtests) -> None:
    for file in (file for file in FILES if file.hostile):
        with subtests.test(file.name):
            assert got(file) == file.verdict


def test_the_documentation_says_the_same() -> None:
    page = PAGE.read_text("utf-8")
    assert page == with_table(page, FILES), "run python -m tests.adapters.bad_files"


def test_no_file_is_listed_twice() -> None:
    assert len({file.name for file in FILES}) == len(FILES) >= 60


def got(file: File) -> str:
    """Return what comes of sending the file, in the words of the table."""
    inspector: DocumentInspector = InProcessInspector()
    if file.hostile:
        inspector = SubprocessInspector(seconds=SECONDS[file.refused], memory=MEMORY)
    try:
        upload = look_at(
            BytesIO(file.make()), "letter.pdf", any_letter(LARGEST), Examiners(inspector)
        )
    except LetterRefused as refused:
        kinds = str(refused.values["what"]) if isinstance(refused, ActiveContent) else ""
        return File(file.name, file.make, type(refused), kinds).verdict
    return File(file.name, file.make, None, hostile=not upload.findings.checked).verdict
