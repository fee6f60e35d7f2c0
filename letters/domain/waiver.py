"""The waiver of the right to view letters: its words, who signs it, and until when it changes."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from letters.domain.errors import Problem, WaiverSettled
from letters.domain.folding import fold
from letters.domain.text import required_line
from letters.domain.words import N_

WAIVER = N_(
    "I waive the right to view the letters of reference that are written for this application. "
    "The letters are confidential: the program reads them, and I do not ask to see them, now or "
    "later."
)
"""What is signed. Who keeps the right signs nothing."""


def fingerprint(words: str) -> str:
    """Return what tells these words of a waiver from any others: 64 hex digits."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def check_words(field: str, words: str, shown: str, problems: list[Problem]) -> None:
    """Append a problem where other words stand now than those of which `shown` is the fingerprint.

    Nobody signs what they were not shown.
    """
    if fingerprint(words) != shown:
        problems.append(
            Problem(
                field,
                N_(
                    "The words of the waiver have changed since you opened this page. "
                    "Read them once more; to agree, send this again."
                ),
            )
        )


def is_same_name(typed: str, name: str) -> bool:
    """Say whether a typed name is `name`, whatever its case, accents, hyphens and spaces."""
    folded = _folded(typed)
    return folded == _folded(name) if folded else bool(typed) and typed == name


def _folded(name: str) -> str:
    return fold(name).replace(" ", "")


def clean_signature(field: str, typed: str, name: str, problems: list[Problem]) -> str:
    """Return the signature as one tidy line, or append to `problems` what is wrong with it."""
    before = len(problems)
    signature = required_line(field, typed, problems)
    if len(problems) == before and not is_same_name(signature, name):
        problems.append(
            Problem(
                field,
                N_("Sign with your own name as it stands in the application: %(name)s."),
                {"name": name},
            )
        )
    return signature if len(problems) == before else ""


def may_change(requested_at: Iterable[datetime | None]) -> bool:
    """Say whether the waiver can still be changed; `requested_at` is that of every referee."""
    return all(at is None for at in requested_at)


def check_change(requested_at: Iterable[datetime | None]) -> None:
    """Raises WaiverSettled once the first request has gone out."""
    if not may_change(requested_at):
        raise WaiverSettled
