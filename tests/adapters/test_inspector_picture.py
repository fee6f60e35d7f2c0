"""The picture of a letter's first page."""

import sys
import time
from io import BytesIO
from pathlib import Path

import pytest
from pikepdf import Array, Pdf
from PIL import Image, ImageChops

from letters.adapters.inspector import SubprocessInspector, draw_picture
from letters.adapters.inspector.picture import LARGEST_PICTURE, is_picture
from tests.support import pdfs

HURRIED = 0.5


def sized(width: float, height: float, rotated: int = 0) -> bytes:
    """Return a letter on paper of that size."""
    file = BytesIO()
    with Pdf.open(BytesIO(pdfs.letter_pdf())) as pdf:
        pdf.pages[0].obj["/MediaBox"] = Array([0, 0, width, height])
        pdf.pages[0].rotate(rotated, relative=False)
        pdf.save(file)
    return file.getvalue()


def seen(picture: bytes | None) -> Image.Image:
    """Return what the bytes show."""
    assert picture is not None
    assert is_picture(picture)
    return Image.open(BytesIO(picture))


def has_ink(image: Image.Image) -> bool:
    """Tell whether anything stands on the white."""
    white = Image.new("RGB", image.size, "white")
    return ImageChops.difference(image, white).getbbox() is not None


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (pdfs.letter_pdf(), (800, 1035)),
        (sized(612, 792, rotated=90), (800, 618)),
        (sized(2384, 3370), (800, 1130)),
        (sized(14_400, 14_400), (800, 800)),
        (sized(100, 792), (151, 1200)),
    ],
    ids=["letter", "rotated", "A0", "the largest there is", "a strip"],
)
def test_it_fits_whatever_the_paper(content: bytes, size: tuple[int, int]) -> None:
    image = seen(draw_picture(content))
    assert abs(image.width - size[0]) <= 1
    assert abs(image.height - size[1]) <= 1


def test_the_process_draws_the_same() -> None:
    drawn = SubprocessInspector().picture(pdfs.letter_pdf())
    assert drawn == draw_picture(pdfs.letter_pdf())
    assert has_ink(seen(drawn))


def test_a_picture_that_cannot_be_compressed_is_within_its_limit() -> None:
    noise = BytesIO()
    Image.merge("RGB", [Image.effect_noise((800, 1200), 200) for _ in range(3)]).save(
        noise, "PDF", resolution=100
    )
    drawn = draw_picture(noise.getvalue())
    assert has_ink(seen(drawn))
    assert len(drawn or b"") <= LARGEST_PICTURE


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", pdfs.encrypted_pdf(), pdfs.pdf_without_pages(), sized(14_400, 1)],
    ids=["empty", "not PDF", "encrypted", "no pages", "thinner than a dot"],
)
def test_what_cannot_be_drawn(content: bytes) -> None:
    assert draw_picture(content) is None


def test_none_in_too_little_time_or_memory() -> None:
    began = time.monotonic()
    endless = pdfs.pdf_with_stream(b"0 0 m 600 700 l 9 9 l 500 3 l f ", times=4_000_000)
    assert SubprocessInspector(seconds=HURRIED).picture(endless) is None
    assert time.monotonic() - began < 20
    assert SubprocessInspector(memory=30_000_000).picture(pdfs.letter_pdf()) is None


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x99\x99\0\0\0\x01",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01" + bytes(LARGEST_PICTURE),
    ],
)
def test_an_answer_of_another_form_is_none(
    answer: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "answer").write_bytes(answer)
    child = tmp_path / "child"
    child.write_text(f"#!/bin/sh\ncat >/dev/null; exec cat {tmp_path}/answer\n")
    child.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(child))
    assert SubprocessInspector().picture(pdfs.letter_pdf()) is None
