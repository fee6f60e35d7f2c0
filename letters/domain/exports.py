"""What leaves for folders and spreadsheets: names without paths, cells without formulas."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence

LONGEST_PART = 80
MOST_BYTES = 200
"""File systems count bytes, 255 as a rule; what is added to a part must fit in too."""

MANIFEST = "manifest.csv"

# What Windows, macOS or an archive takes for a path, a drive, a pattern or a stream.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u2028\u2029]+')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_BEGINS_A_FORMULA = re.compile(r"(^|[;\t]) *(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])")


def safe_part(words: str) -> str:
    """Return `words` as one name in a path that every system can unpack; never empty.

    No separators, no name that Windows keeps for itself, no dots or spaces at the ends.
    """
    composed = unicodedata.normalize("NFC", words)
    visible = "".join(c for c in composed if not unicodedata.category(c).startswith("C"))
    part = _cut(_UNSAFE.sub("_", visible).strip(". ")).strip(". ")
    if not part or part == "~":
        return "_"
    return f"_{part}" if _RESERVED.fullmatch(part) or part.startswith("-") else part


def _cut(part: str) -> str:
    """Cut at a character, so that neither length is passed."""
    return part[:LONGEST_PART].encode("utf-8")[:MOST_BYTES].decode("utf-8", "ignore")


def harmless(cell: str) -> str:
    """Return the text of a cell so that no spreadsheet takes it for a formula.

    What begins like one gets an apostrophe before it (OWASP, “CSV Injection”); spaces before
    the sign do not hide it. So does what follows a semicolon or a tab, at which many spreadsheets
    divide a line. Numbers and instants are not text and do not come through here.
    """
    return _BEGINS_A_FORMULA.sub(_apart, cell)


def _apart(begins: re.Match[str]) -> str:
    separator = begins[1]
    return f"{separator}'{begins[0].removeprefix(separator)}"


def lines(rows: Iterable[Sequence[str | int | None]]) -> str:
    """Return rows as lines of CSV (RFC 4180).

    All words are quoted: a semicolon or a tab in them divides no cell, wherever a reader's
    spreadsheet takes those for separators too.
    """
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_NONNUMERIC).writerows(rows)
    return written.getvalue()
