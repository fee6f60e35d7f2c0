"""What a letter's file may be."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from letters.domain.errors import (
    ActiveContent,
    DamagedPdf,
    EncryptedPdf,
    ForeignFile,
    LetterRefused,
    NotPdf,
    WordFile,
)

MEGABYTE = 1024 * 1024
DEFAULT_LIMIT = 10 * MEGABYTE
LONGEST_FILE_NAME = 120
FALLBACK_FILE_NAME = "letter.pdf"
LOOKED_AT = 200_000
"""So many characters of a document are read; the rest says hardly anything new."""


@dataclass(frozen=True)
class PageText:
    """What was extracted of one page; `blank` says that nothing at all is drawn on it."""

    text: str
    blank: bool


@dataclass(frozen=True)
class Findings:
    """What an inspector found in a file.

    `checked` is false when the inspector ran into its limits: what it found before that is true
    all the same, what it did not find says nothing. `active` names the kinds of active content, in
    plain words; `foreign` says that the file is another kind of file, too. `texts` is what can be
    read on its first pages, and empty where that is not known. `is_word` says what a file is that
    is not PDF.
    """

    checked: bool = True
    is_pdf: bool = True
    encrypted: bool = False
    damaged: bool = False
    pages: int | None = None
    active: tuple[str, ...] = ()
    foreign: bool = False
    texts: tuple[PageText, ...] = ()
    is_word: bool = False


class FileKind(StrEnum):
    """What kind of file some content is, by its first bytes and the names inside."""

    PDF = "pdf"
    WORD = "word"
    OTHER = "other"


_PDF = b"%PDF-"
_ZIP = b"PK\x03\x04"
_ZIP_NAMES = (b"[Content_Types].xml", b"word/document")
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_WORD_NAME = "WordDocument".encode("utf-16-le")


def kind_of(content: bytes) -> FileKind:
    """Tell PDF, Word (.docx by the names in its archive, .doc likewise) and the rest apart.

    Nothing is unpacked, so this is a guess to go on from and not a check.
    """
    if content.startswith(_PDF):
        return FileKind.PDF
    if content.startswith(_ZIP) and all(name in content for name in _ZIP_NAMES):
        return FileKind.WORD
    if content.startswith(OLD_WORD) and _OLD_WORD_NAME in content:
        return FileKind.WORD
    return FileKind.OTHER


UNCHECKED = Findings(checked=False)


class Verdict(StrEnum):
    """What a virus scanner says of a file; UNREACHABLE when it was not scanned, for any reason."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNREACHABLE = "unreachable"


def refusal(findings: Findings) -> LetterRefused | None:
    """Say why a file with these findings is not accepted; None if it is.

    A file that could not be checked is accepted unless something was found before the inspector
    gave up: a due date is never lost to a checker.
    """
    if not findings.is_pdf:
        return WordFile() if findings.is_word else NotPdf()
    if findings.foreign:
        return ForeignFile()
    if findings.encrypted:
        return EncryptedPdf()
    if findings.damaged or (findings.checked and not findings.pages):
        return DamagedPdf()
    if findings.active:
        return ActiveContent(what=", ".join(findings.active))
    return None


def display_name(raw: str | None) -> str:
    """Return the sender's file name in a form that is safe to show and to put into a header.

    Only the last part of a path, without control or formatting characters, at most 120
    characters. The name is never used to store anything.
    """
    last_part = (raw or "").replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    visible = "".join(c for c in last_part if not unicodedata.category(c).startswith("C"))
    name = _cut(" ".join(visible.replace('"', "").split()))
    return name if name.strip(". ") else FALLBACK_FILE_NAME


def _cut(name: str) -> str:
    """Shorten a name that is too long, before its ending if it has one."""
    if len(name) <= LONGEST_FILE_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:  # noqa: PLR2004 -- longer than any real file ending
        return name[:LONGEST_FILE_NAME]
    return stem[: LONGEST_FILE_NAME - len(ending) - 1] + "." + ending
