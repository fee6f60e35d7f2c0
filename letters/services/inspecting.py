"""Looking at a file before it is taken. No database is involved, and nothing is stored yet."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from letters.domain.documents import (
    MEGABYTE,
    FileKind,
    Findings,
    Verdict,
    display_name,
    kind_of,
    refusal,
)
from letters.domain.errors import EmptyFile, InfectedFile, TooLarge, WordFile
from letters.domain.keeping import Quarantine
from letters.domain.wrong_letter import Expected, Mark, marks
from letters.ports import DocumentConverter, DocumentInspector, VirusScanner


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


@dataclass(frozen=True)
class Examiners:
    """Who looks into a file: none scans for viruses where no scanner is set."""

    inspector: DocumentInspector
    scanner: VirusScanner | None = None
    converter: DocumentConverter | None = None

    def take_word(self, program_does: bool) -> bool:
        """Say whether Word files can be taken here for a program that takes them."""
        return program_does and self.converter is not None and self.converter.available


def look_at(
    stream: BinaryIO, file_name: str | None, wanted: Wanted, examiners: Examiners
) -> Upload:
    """Read `stream` up to the limit, hash, check, and compare it with what was asked for.

    A Word file becomes a PDF where the program takes it. Raises EmptyFile, TooLarge, or another
    LetterRefused.
    """
    content = _read(stream, wanted.largest)
    scanned = _is_scanned(content, examiners.scanner)
    name = display_name(file_name)
    pdf = _converted(content, wanted, examiners.converter)
    findings = examiners.inspector.inspect(content if pdf is None else pdf)
    refused = refusal(findings)
    if refused is not None:
        raise refused
    letter = content if pdf is None else pdf
    return Upload(
        content=letter,
        file_name=name if pdf is None else f"{PurePosixPath(name).stem}.pdf",
        sha256=hashlib.sha256(letter).hexdigest(),
        findings=findings,
        marks=_marks(findings, wanted.expected),
        quarantine=_quarantine(findings, scanned=scanned),
        converted_from=None if pdf is None else name,
    )


def _read(stream: BinaryIO, largest: int) -> bytes:
    content = stream.read(largest + 1)
    if not content:
        raise EmptyFile
    if len(content) > largest:
        raise TooLarge(limit=largest // MEGABYTE)
    return content


def _is_scanned(content: bytes, scanner: VirusScanner | None) -> bool:
    """Say whether there is nothing left to scan for. Raises InfectedFile."""
    if scanner is None:
        return True
    verdict = scanner.scan(content)
    if verdict is Verdict.INFECTED:
        raise InfectedFile
    return verdict is Verdict.CLEAN


def _converted(content: bytes, wanted: Wanted, converter: DocumentConverter | None) -> bytes | None:
    """Return a Word file as PDF where it is taken; None for all else. Raises WordFile."""
    if kind_of(content) is not FileKind.WORD or not wanted.takes_word:
        return None
    pdf = converter.to_pdf(content) if converter and converter.available else None
    if pdf is None:
        raise WordFile
    return pdf


def _marks(findings: Findings, expected: Expected) -> tuple[Mark, ...]:
    """Compare the text, as far as it could be read; pages are counted in any case."""
    if not findings.checked:
        return ()
    found = set(marks(findings.texts, expected))
    if (findings.pages or 0) > expected.wished_pages > 0:
        found.add(Mark.TOO_MANY_PAGES)
    return tuple(mark for mark in Mark if mark in found)


def _quarantine(findings: Findings, *, scanned: bool) -> Quarantine | None:
    if not findings.checked:
        return Quarantine.UNCHECKED
    return None if scanned else Quarantine.NOT_SCANNED
