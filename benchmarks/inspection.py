"""How long the whole inspection of a letter takes, held against what a referee may have to wait.

Prints one line for each size: the median time, how much of the limit that is, and the time of the
picture. It fails when an inspection takes more than its limit. `make bench` runs it.
"""

import os
import statistics
import sys
import time
import zlib
from collections.abc import Callable
from functools import partial
from io import BytesIO

from pikepdf import Dictionary, Name, Pdf, String

from letters.adapters.inspector import SubprocessInspector

MEGABYTE = 1024 * 1024
SIZES = (1, 5, 10)
LIMIT = 2.0
"""Seconds that a referee waits without wondering; the inspector itself gives up after ten."""
ROUNDS = 5
PAGES = 4
LINES_ON_A_PAGE = 45
LINE = "I have known the applicant for six years, first as a student and later as a colleague."


def letter(size: int) -> bytes:
    """Return a letter of four pages of text, with a picture on each that makes it so large."""
    file = BytesIO()
    with Pdf.new() as pdf:
        font = pdf.make_indirect(
            Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        )
        for _ in range(PAGES):
            page = pdf.add_blank_page(page_size=(612, 792))
            page.obj["/Resources"] = Dictionary(
                Font=Dictionary(F1=font), XObject=Dictionary(P1=_picture(pdf, size // PAGES))
            )
            page.obj["/Contents"] = pdf.make_stream(_drawn())
        pdf.save(file)
    return file.getvalue()


def _picture(pdf: Pdf, size: int) -> object:
    """Return a picture of noise: as with a photograph, compression makes nothing smaller."""
    width = 1000
    height = max(size // (3 * width), 1)
    picture = pdf.make_stream(b"")
    noise = zlib.compress(os.urandom(3 * width * height), 1)
    picture.write(noise, filter=Name.FlateDecode)
    for key, value in {
        "/Type": Name.XObject,
        "/Subtype": Name.Image,
        "/Width": width,
        "/Height": height,
        "/BitsPerComponent": 8,
        "/ColorSpace": Name.DeviceRGB,
    }.items():
        picture[key] = value
    return picture


def _drawn() -> bytes:
    line = String(LINE).unparse() + b" Tj T*"
    text = b"\n".join([b"BT /F1 10 Tf 14 TL 72 740 Td", *[line] * LINES_ON_A_PAGE, b"ET"])
    return text + b"\nq 60 0 0 60 480 20 cm /P1 Do Q"


def median_time(work: Callable[[], object]) -> float:
    """Return the median of a few rounds, in seconds, after one that does not count."""
    work()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> None:
    """Measure, print, and exit with 1 when a limit is exceeded."""
    inspector = SubprocessInspector()
    slow = False
    for size in SIZES:
        content = letter(size * MEGABYTE)
        found = inspector.inspect(content)
        whole = found.checked and found.pages == PAGES and LINE in found.texts[0].text
        inspected = median_time(partial(inspector.inspect, content))
        drawn = median_time(partial(inspector.picture, content))
        sys.stdout.write(
            f"{len(content) / MEGABYTE:5.1f} MB: inspected in {inspected:.2f} s, "
            f"{inspected / LIMIT:.0%} of the {LIMIT:.0f} s allowed; first page drawn in "
            f"{drawn:.2f} s{'' if whole else '; NOT FULLY INSPECTED'}\n"
        )
        slow = slow or inspected > LIMIT or not whole
    sys.exit(1 if slow else 0)


if __name__ == "__main__":
    main()
