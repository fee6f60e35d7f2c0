"""A domain that looks like a known one is told from one that is, and from one that is its own."""

import pytest

from letters.domain.lookalikes import known_like
from letters.domain.slips import FREE_MAIL

KNOWN = FREE_MAIL | {"cornell.edu", "harbour.example.edu", "uni-example.org"}


@pytest.mark.parametrize(
    ("domain", "known"),
    [
        ("comell.edu", "cornell.edu"),
        ("corne11.edu", "cornell.edu"),
        ("corneil.edu", "cornell.edu"),
        ("xn--rnell-iyeu.edu", "cornell.edu"),  # its c and its o are Cyrillic
        ("corenll.edu", "cornell.edu"),
        ("cornell-edu.example.com", "cornell.edu"),
        ("cornell.edu.example.com", "cornell.edu"),
        ("uni-exampel.org", "uni-example.org"),
        ("gmial.com", "gmail.com"),
        ("gmail.com.example.org", "gmail.com"),
    ],
)
def test_a_lookalike_is_told_with_what_it_looks_like(domain: str, known: str) -> None:
    assert known_like(domain, KNOWN) == known


@pytest.mark.parametrize(
    "domain",
    [
        "cornell.edu",
        "cs.cornell.edu",
        "gmail.com",
        "yahoo.com.br",
        "carnegie.example.edu",
        "email.com",
        "xn--not-punycode-at-all-\u00e9",
        "",
    ],
)
def test_what_is_known_or_like_nothing_is_no_lookalike(domain: str) -> None:
    assert known_like(domain, KNOWN) is None


def test_nothing_is_like_a_domain_that_nobody_knows() -> None:
    assert known_like("cornell.edu", ()) is None
