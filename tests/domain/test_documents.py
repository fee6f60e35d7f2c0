"""What a letter's file may be, and how its name is shown."""

import unicodedata
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.documents import (
    DEFAULT_LIMIT,
    UNCHECKED,
    FileKind,
    Findings,
    display_name,
    kind_of,
    refusal,
)
from letters.domain.errors import (
    ActiveContent,
    DamagedPdf,
    EncryptedPdf,
    ForeignFile,
    LetterRefused,
    NotPdf,
    WordFile,
)

GOOD = Findings(pages=2)


def refused(findings: Findings) -> type[LetterRefused] | None:
    """Return the kind of refusal, None if the file is accepted."""
    found = refusal(findings)
    return None if found is None else type(found)


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        (GOOD, None),
        (Findings(pages=1), None),
        (Findings(pages=5000), None),
        (Findings(pages=2, is_pdf=False), NotPdf),
        (Findings(pages=2, encrypted=True), EncryptedPdf),
        (Findings(pages=2, damaged=True), DamagedPdf),
        (Findings(pages=None), DamagedPdf),
        (Findings(pages=0), DamagedPdf),
        (Findings(pages=2, active=("scripts",)), ActiveContent),
        (Findings(is_pdf=False, is_word=True), WordFile),
        (Findings(pages=2, foreign=True), ForeignFile),
        (UNCHECKED, None),
    ],
)
def test_each_finding_has_its_refusal(
    findings: Findings, expected: type[LetterRefused] | None
) -> None:
    assert refused(findings) is expected


@pytest.mark.parametrize(
    ("is_pdf", "encrypted", "damaged", "foreign", "pages", "active"),
    list(product(*[[True, False]] * 4, [None, 0, 2], [(), ("scripts",)])),
)
def test_of_several_findings_the_one_to_mend_first_is_named(
    is_pdf: bool,
    encrypted: bool,
    damaged: bool,
    foreign: bool,
    pages: int | None,
    active: tuple[str, ...],
) -> None:
    reasons = [
        (not is_pdf, NotPdf),
        (foreign, ForeignFile),
        (encrypted, EncryptedPdf),
        (damaged or pages in {None, 0}, DamagedPdf),
        (active != (), ActiveContent),
    ]
    first = [reason for holds, reason in reasons if holds][:1]
    findings = Findings(True, is_pdf, encrypted, damaged, pages, active, foreign)
    found = refused(findings)
    assert ([] if found is None else [found]) == first


@pytest.mark.parametrize("pages", [None, 0, 2])
def test_a_file_in_which_nothing_was_found_before_a_limit_was_hit_is_accepted(
    pages: int | None,
) -> None:
    assert refused(Findings(checked=False, pages=pages)) is None


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        (Findings(checked=False, active=("scripts",)), ActiveContent),
        (Findings(checked=False, foreign=True), ForeignFile),
        (Findings(checked=False, damaged=True), DamagedPdf),
    ],
)
def test_what_was_found_before_a_limit_was_hit_counts(
    findings: Findings, expected: type[LetterRefused]
) -> None:
    assert refused(findings) is expected


def test_all_active_content_is_named() -> None:
    found = refusal(Findings(pages=2, active=("scripts", "attached files")))
    assert str(found) == (
        "The PDF holds active content (scripts, attached files), which we do not accept. "
        "Print it to a new PDF, then send that."
    )


def test_a_file_may_have_ten_megabytes_unless_the_program_says_otherwise() -> None:
    assert DEFAULT_LIMIT == 10 * 1024 * 1024


# --- kinds of files ---------------------------------------------------------------------------

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", FileKind.PDF),
        (b"\n%PDF-1.7\n", FileKind.OTHER),
        (b"PK\x03\x04 [Content_Types].xml word/document.xml", FileKind.WORD),
        (b"PK\x03\x04 [Content_Types].xml word/document2.xml", FileKind.WORD),
        (b"PK\x03\x04 [Content_Types].xml xl/workbook.xml", FileKind.OTHER),
        (b"PK\x03\x04 word/document.xml", FileKind.OTHER),
        (b"[Content_Types].xml word/document.xml", FileKind.OTHER),
        (OLE + "WordDocument".encode("utf-16-le"), FileKind.WORD),
        (OLE + "Workbook".encode("utf-16-le"), FileKind.OTHER),
        (OLE, FileKind.OTHER),
        (b"{\\rtf1 WordDocument}", FileKind.OTHER),
        (b"", FileKind.OTHER),
    ],
)
def test_the_kind_of_a_file(content: bytes, kind: FileKind) -> None:
    assert kind_of(content) is kind


# --- the name that is shown -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Letter for M. Okafor.pdf", "Letter for M. Okafor.pdf"),
        ("Empfehlung für Müller.pdf", "Empfehlung für Müller.pdf"),
        ("C:\\Users\\Ines\\letter.pdf", "letter.pdf"),
        ("/home/ines/letter.pdf", "letter.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\/..\\letter.pdf", "letter.pdf"),
        ('le"tter".pdf', "letter.pdf"),
        ("letter\r\nX-Evil: 1.pdf", "letterX-Evil: 1.pdf"),
        ("letter\u202efdp.exe", "letterfdp.exe"),
        ("let\u200bter\x00.pdf", "letter.pdf"),
        ("one\u2028two.pdf", "one two.pdf"),
        ("  a   letter .pdf  ", "a letter .pdf"),
        (".pdf", ".pdf"),
        ("letter", "letter"),
    ],
)
def test_a_file_name_is_shown_without_its_folder_and_without_tricks(raw: str, shown: str) -> None:
    assert display_name(raw) == shown


@pytest.mark.parametrize(
    "raw", [None, "", " ", ".", "..", ". .", "folder/", "\x00", '"', "\u200b", "../..", "." * 200]
)
def test_a_file_without_a_name_gets_one(raw: str | None) -> None:
    assert display_name(raw) == "letter.pdf"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("x" * 116 + ".pdf", "x" * 116 + ".pdf"),
        ("x" * 117 + ".pdf", "x" * 116 + ".pdf"),
        ("x" * 500 + ".pdf", "x" * 116 + ".pdf"),
        ("x" * 500, "x" * 120),
        ("x" * 500 + "." + "y" * 10, "x" * 109 + "." + "y" * 10),
        ("x" * 500 + "." + "y" * 11, "x" * 120),
        ("x." + "y" * 500, "x." + "y" * 118),
        ("x" * 500 + ".", "x" * 119 + "."),
        ("." * 500 + "x" * 11, "letter.pdf"),
    ],
)
def test_a_long_file_name_is_cut_before_its_ending(raw: str, shown: str) -> None:
    assert display_name(raw) == shown


RAW_NAMES = (
    st.none()
    | st.text(st.characters(), max_size=300)
    | st.text(st.sampled_from('/\\"\r\n\x00\u202e\u2028\u200d\ud800 .ab'), max_size=300)
)


@given(RAW_NAMES)
def test_whatever_was_sent_the_name_that_is_shown_is_harmless(raw: str | None) -> None:
    shown = display_name(raw)
    assert 1 <= len(shown) <= 120
    assert [c for c in shown if unicodedata.category(c)[0] == "C"] == []
    assert [c for c in shown if c in '/\\"\u2028\u2029'] == []
    assert shown.strip(" .") != ""
