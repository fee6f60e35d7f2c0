"""Files that are PDF and something else at once, and ordinary ones that are not."""

import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.adapters.inspector import examine
from letters.adapters.inspector.foreign import is_foreign
from letters.domain.documents import Findings
from tests.support import pdfs
from tests.support.thorough import often

LETTER = pdfs.letter_pdf()
FILLER = b"% nothing\n" * 20_000


def archive(comment: bytes = b"") -> bytes:
    """Return a ZIP with one file in it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("Main.class", b"\xca\xfe\xba\xbe")
        zipped.comment = comment
    return file.getvalue()


def archived(comment: bytes = b"") -> bytes:
    """Return a ZIP that has a letter before it and a comment after its end, with right offsets."""
    file = io.BytesIO(LETTER)
    with zipfile.ZipFile(file, "a") as zipped:
        zipped.writestr("Main.class", b"harmless")
        zipped.comment = comment
    return file.getvalue()


class TestWhatIsFound:
    @pytest.mark.parametrize(
        "appended",
        [
            archive(),
            b"<html><script>alert(1)</script>",
            b"<!DOCTYPE html>",
            b"<?php system('ls'); ?>",
            b"\n#!/bin/sh\n",
            b"\x7fELF\x02",
            b"MZ\x90\0 This program cannot be run in DOS mode",
            b"Rar!\x1a\x07\0",
            b"7z\xbc\xaf\x27\x1c",
            b"\x1f\x8b\x08\0",
            b"\x89PNG\r\n\x1a\n",
            b"GIF89a",
            b"\xff\xd8\xff\xe0",
            b"{\\rtf1}",
            b"%!PS-Adobe-3.0",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        ],
    )
    @pytest.mark.parametrize("between", [b"", b"\n" * 2000])
    def test_after_the_end_mark(self, appended: bytes, between: bytes) -> None:
        assert examine(LETTER + between + appended + b"\n%%EOF\n") == Findings(foreign=True)

    def test_between_the_header_and_the_first_object(self) -> None:
        mixed = LETTER.replace(b"\n1 0 obj", b"\n%<script>alert(1)</script>\n1 0 obj", 1)
        assert examine(mixed) == Findings(foreign=True)

    def test_between_two_objects(self) -> None:
        mixed = LETTER.replace(b"\n3 0 obj", b"\n%<iframe src=x>\n3 0 obj", 1)
        assert examine(mixed) == Findings(foreign=True)

    @pytest.mark.parametrize("comment", [b"", b"%%EOF", LETTER, b"x" * 65_535])
    def test_an_archive_that_zip_readers_find(self, comment: bytes) -> None:
        mixed = archived(comment)
        assert zipfile.is_zipfile(io.BytesIO(mixed))
        assert examine(mixed) == Findings(foreign=True)

    @pytest.mark.parametrize("comment", [b"", b"endstream endobj\n%%EOF\n"])
    def test_an_archive_that_pretends_to_be_an_object(self, comment: bytes) -> None:
        mixed = (
            LETTER + b"9 0 obj <<>> stream\n" + archive(comment) + b"\nendstream endobj\n%%EOF\n"
        )
        assert zipfile.is_zipfile(io.BytesIO(mixed))
        assert is_foreign(mixed)

    @pytest.mark.parametrize(
        ("place", "mark"), [(257, b"ustar"), (32_769, b"CD001"), (128, b"DICM")]
    )
    def test_marks_at_their_places(self, place: int, mark: bytes) -> None:
        header = b"%PDF-1.7\n%"
        mixed = header + b" " * (place - len(header)) + mark + b"\n" + LETTER[9:]
        assert examine(mixed) == Findings(foreign=True)


class TestWhatIsNot:
    @pytest.mark.parametrize(
        "make",
        [
            pdfs.letter_pdf,
            pdfs.linearized_pdf,
            pdfs.packed_pdf,
            pdfs.scanned_pdf,
            pdfs.pdf_with_form,
        ],
    )
    @pytest.mark.parametrize(
        "tail", [b"", b"\r\n", b"\0" * 500, b"\n<!-- scanned by a mailer -->\n"]
    )
    def test_letters(self, make: Callable[[], bytes], tail: bytes) -> None:
        assert not is_foreign(make() + tail)

    def test_marks_inside_of_a_picture(self) -> None:
        inside = b"PK\x05\x06 PK\x03\x04 <script> GIF89a \xff\xd8\xff\xe0 %!PS MSCF\0"
        assert not is_foreign(pdfs.pdf_with_stream(inside, 0))

    @often
    @given(st.binary(max_size=400))
    def test_the_end_of_an_archive_by_chance(self, around: bytes) -> None:
        assert not is_foreign(pdfs.pdf_with_stream(b"PK\x05\x06" + around, 0))

    def test_comments_between_objects(self) -> None:
        assert not is_foreign(
            LETTER.replace(b"\n3 0 obj", b"\n%% Original object ID: 3 0\n3 0 obj")
        )


def test_a_large_file_is_looked_through_in_little_time() -> None:
    crowded = b"%PDF-1.7\n" + b"1 0 obj\nendobj\n" * 100_000
    assert not is_foreign(crowded)
    assert is_foreign(crowded + b"PK\x05\x06" * 16_000 + b"<html>")
