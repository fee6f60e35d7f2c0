"""Domains that look like a known one and are another: by a slip of the pen, or to deceive."""

import re
import unicodedata
from collections.abc import Collection

from letters.domain.slips import FREE_MAIL, meant

_FOREIGN = (
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0455\u0501\u04bb"
    "\u03b1\u03bf\u03c1\u03c5\u0131"
)
_LETTERS = str.maketrans(
    {
        **dict(zip(_FOREIGN, "aeopcxylsdhaopul", strict=True)),
        "0": "o",
        "1": "l",
        "5": "s",
        "i": "l",
    }
)
"""Cyrillic and Greek letters, an i without its dot, and figures, as the letter they look like."""

_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_PUNYCODE = "xn--"
_IN_A_COUNTRY = re.compile(r"\.[a-z]{2}")
"""The large providers have domains such as yahoo.com.br, which are their own."""


def known_like(domain: str, known: Collection[str]) -> str | None:
    """Return the domain of `known` that `domain` looks like; None where it is one, or like none.

    Domains are in small letters, international ones in ASCII. One is like another when a slip
    leads from one to the other (see slips.py), when its letters look the same, or when it holds the
    other before an ending of its own. What lies within a known domain is that domain.
    """
    if any(domain == one or domain.endswith(f".{one}") for one in known):
        return None
    shape = _shape(domain)
    for one in sorted(known):
        if shape == _shape(one) or _holds(domain, one):
            return one
    better = meant(f"name@{domain}", known)
    return better.rpartition("@")[2] if better else None


def _holds(domain: str, known: str) -> bool:
    """Say whether one stands in the other, as in `known.edu.example` or `known-edu.example`."""
    if known in FREE_MAIL and _IN_A_COUNTRY.fullmatch(domain.removeprefix(known)):
        return False
    joined = known.replace(".", "-")
    return domain.startswith((f"{known}.", f"{known}-", f"{joined}.", f"{joined}-"))


def _shape(domain: str) -> str:
    """Return what is seen of a domain at a glance."""
    text = unicodedata.normalize("NFKD", _as_read(domain))
    plain = "".join(letter for letter in text if not unicodedata.combining(letter))
    for pair, letter in _PAIRS:
        plain = plain.replace(pair, letter)
    return plain.translate(_LETTERS)


def _as_read(domain: str) -> str:
    if _PUNYCODE not in domain:
        return domain
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain
