"""Drawing a stranger's picture anew: its dots stay, and nothing else; what is none is said so."""

from io import BytesIO
from unittest.mock import patch

import pytest
from PIL import Image

from letters.adapters.pictures import SubprocessRedrawer
from letters.adapters.pictures.redrawing import redrawn
from letters.domain.documents import MEGABYTE
from letters.domain.pictures import HIGHEST, WIDEST, PictureFault, check_dots, picture_refusal
from tests.support.pdfs import letter_pdf
from tests.support.pictures import animated, bomb, picture, with_place

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
SECRET = b"SECRETPLACE"


def opened(content: bytes | PictureFault) -> Image.Image:
    assert isinstance(content, bytes)
    return Image.open(BytesIO(content), formats=["PNG"])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_becomes_a_small_png(kind: str) -> None:
    shown = opened(redrawn(picture(kind, (2000, 1000))))
    assert (shown.mode, shown.size) == ("RGBA", (480, HIGHEST))
    red, green, blue, alpha = shown.getpixel((5, 5))  # type: ignore[misc]  # of a mode that has four
    assert (abs(red - 11) < 9, abs(green - 107) < 9, abs(blue - 58) < 9, alpha) == (1, 1, 1, 255)
    assert opened(redrawn(picture(kind, (16, 16)))).size == (16, 16)
    assert opened(redrawn(picture(kind, (9000, 16)))).size == (WIDEST, 1)


def test_what_stands_beside_the_dots_is_dropped_and_the_picture_upright() -> None:
    sent = with_place() + SECRET + b"<script>"
    assert sent.count(SECRET) == 3
    content = redrawn(sent)
    assert isinstance(content, bytes)
    assert SECRET not in content
    assert b"script" not in content
    shown = opened(content)
    assert (shown.size, shown.info) == ((80, HIGHEST), {})


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", PictureFault.NOT_TAKEN),
        (SVG, PictureFault.NOT_TAKEN),
        (letter_pdf(("A letter.",)), PictureFault.NOT_TAKEN),
        (animated("GIF"), PictureFault.NOT_TAKEN),
        (picture("BMP"), PictureFault.NOT_TAKEN),
        (animated("PNG"), PictureFault.ANIMATED),
        (animated("WEBP"), PictureFault.ANIMATED),
        (bomb(), PictureFault.TOO_MANY_DOTS),
        (bomb(5000, 4000), PictureFault.TOO_MANY_DOTS),
        (picture("PNG", (15, 300)), PictureFault.TOO_SMALL),
        (picture("PNG")[:60], PictureFault.DAMAGED),
        (picture("JPEG")[:300], PictureFault.DAMAGED),
        (picture("WEBP")[:40], PictureFault.DAMAGED),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), PictureFault.DAMAGED),
        (b"\xff\xd8\xff" + SVG, PictureFault.DAMAGED),
        (b"RIFF\x00\x00\x00\x00WEBP" + SVG, PictureFault.DAMAGED),
        (bomb(3000, 3000), PictureFault.DAMAGED),
    ],
)
def test_what_is_not_taken(content: bytes, fault: PictureFault) -> None:
    assert redrawn(content) is fault


def test_every_fault_says_what_to_do() -> None:
    said = {str(picture_refusal(fault)) for fault in PictureFault}
    assert len(said) == len(PictureFault)
    assert not [sentence for sentence in said if "%" in sentence]
    assert check_dots(4000, 4000) is None
    assert check_dots(4001, 4000) is PictureFault.TOO_MANY_DOTS


# --- the process around it --------------------------------------------------------------------


def test_a_child_draws_the_largest_picture_within_its_limits() -> None:
    redrawer = SubprocessRedrawer()
    assert opened(redrawer.redraw(picture("PNG", (4000, 4000)))).size == (HIGHEST, HIGHEST)
    assert redrawer.redraw(animated("WEBP")) is PictureFault.ANIMATED
    assert redrawer.redraw(bomb()) is PictureFault.TOO_MANY_DOTS


def test_limits_that_are_hit_and_a_child_that_cannot_start_are_a_damaged_picture() -> None:
    small = SubprocessRedrawer(memory=48 * MEGABYTE)
    assert small.redraw(picture("PNG", (3000, 3000))) is PictureFault.DAMAGED
    with patch("letters.adapters.pictures.parent.running", side_effect=OSError):
        assert SubprocessRedrawer().redraw(picture("PNG")) is PictureFault.DAMAGED
    assert SubprocessRedrawer().redraw(SVG) is PictureFault.NOT_TAKEN
