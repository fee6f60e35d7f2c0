"""The letters of the demo are real PDFs."""

from datetime import date
from io import BytesIO

import pikepdf
import pytest

from letters.adapters.inspector import examine
from letters.demo.pdf import letter
from letters.domain.documents import Findings

DAY = date(2027, 3, 10)


def test_the_inspector_finds_nothing_wrong_with_it() -> None:
    content = letter("Dr. Jonas Weiß", "Institut für Gletscherkunde", DAY, ["Kind words. " * 40])

    assert examine(content) == Findings(pages=1)
    assert len(content) < 10_000


def test_what_it_says_is_in_it() -> None:
    content = letter("Dr. Núñez", "Here", DAY, [r"A (rather) odd \ sentence."])

    with pikepdf.Pdf.open(BytesIO(content)) as pdf:
        drawn = pdf.pages[0].Contents.read_bytes().decode("cp1252")
    assert r"(A \(rather\) odd \\ sentence.) Tj" in drawn
    assert "(Dr. Núñez) Tj" in drawn
    assert "(10 March 2027) Tj" in drawn


def test_what_the_fonts_do_not_have_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        letter("Zofia Wiśniewska", "Here", DAY, [])
