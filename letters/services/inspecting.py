"""Looking at a file before it is taken. No database is involved, and nothing is stored yet."""

import hashlib
from dataclasses import dataclass
from typing import BinaryIO

from letters.domain.documents import MEGABYTE, Findings, display_name, refusal
from letters.domain.errors import EmptyFile, TooLarge
from letters.domain.keeping import Quarantine
from letters.domain.wrong_letter import Expected, Mark, marks
from letters.ports import DocumentInspector


@dataclass(frozen=True)
class Wanted:
    """What would be taken: how many bytes, whether Word files too, and what it is compared to."""

    largest: int
    takes_word: bool
    expected: Expected


@dataclass(frozen=True)
class Upload:
    """A file that was looked at and may be taken.

    `converted_from` is the name of the file it was made from, if it did not come as a PDF.
    """

    content: bytes
    file_name: str
    sha256: str
    findings: Findings
    marks: tuple[Mark, ...] = ()
    quarantine: Quarantine | None = None
    converted_from: str | None = None


def look_at(
    stream: BinaryIO, file_name: str | None, wanted: Wanted, inspector: DocumentInspector
) -> Upload:
    """Read `stream` up to the limit, hash, check, and compare it with what was asked for.

    Raises EmptyFile, TooLarge, or another LetterRefused.
    """
    content = stream.read(wanted.largest + 1)
    if not content:
        raise EmptyFile
    if len(content) > wanted.largest:
        raise TooLarge(limit=wanted.largest // MEGABYTE)
    findings = inspector.inspect(content)
    refused = refusal(findings)
    if refused is not None:
        raise refused
    return Upload(
        content=content,
        file_name=display_name(file_name),
        sha256=hashlib.sha256(content).hexdigest(),
        findings=findings,
        marks=marks(findings.texts, wanted.expected) if findings.checked else (),
        quarantine=None if findings.checked else Quarantine.UNCHECKED,
    )
