"""When what is kept about a person may be erased on request, and what stands in its place.

`now` and all other instants are aware datetimes in UTC.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from letters.domain.policy import Terms, is_closed
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.domain.titles import HONORIFICS, PARTICLES, SUFFIXES
from letters.domain.words import N_

ERASED = N_("erased")
"""Stands where a name was; an address is empty then. Pages and mails say it in their language."""

_SAYS_NOTHING = HONORIFICS | PARTICLES | SUFFIXES | {ERASED}


class Remains(StrEnum):
    """Why something about a person is not erased yet."""

    HELD = "held"
    """A legal hold stands on it."""
    RUNNING = "running"
    """The application goes on, and others rely on what is kept."""
    LETTER_COUNTS = "letter_counts"
    """The letter counts in an application that goes on."""
    MAIL_UNDER_WAY = "mail_under_way"
    """A mail that names the person has been promised and has not left yet."""
    WORKS_HERE = "works_here"
    """A coordinator who works on a program, or an administrator."""


def erased_key(row_id: UUID) -> str:
    """Return what stands in the place of a mailbox's key; it matches no mailbox, nor any other."""
    return f"{ERASED}:{row_id}"


def application_goes_on(
    terms: Terms, status: ApplicationStatus, now: datetime, *, heard_of: bool
) -> bool:
    """Say whether others still rely on an application.

    `terms` are those of the request that closes last. A draft that no referee has `heard_of`
    concerns nobody but the applicant.
    """
    if status is ApplicationStatus.WITHDRAWN or is_closed(terms, now):
        return False
    return status is not ApplicationStatus.DRAFT or heard_of


def request_remains(
    own_terms: Terms,
    application: ApplicationStatus,
    request: RequestStatus,
    now: datetime,
    *,
    replaced: bool,
) -> Remains | None:
    """Say why a referee cannot be erased from a request yet; None if nothing speaks against it.

    A letter that is in counts until the request closes. Who only was asked can decline.
    """
    if application is ApplicationStatus.WITHDRAWN or replaced or is_closed(own_terms, now):
        return None
    if request is RequestStatus.RECEIVED:
        return Remains.LETTER_COUNTS
    waits = request in {RequestStatus.NAMED, RequestStatus.REQUESTED}
    return Remains.RUNNING if waits else None


def names(text: str, *known: str) -> bool:
    """Say whether a text has a person's address in it, or a part of their name as a word.

    `known` are names and addresses. Upper and lower case, titles and initials do not matter.
    """
    folded = text.casefold()
    return any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", folded) for one in _telling(known))


def _telling(known: Iterable[str]) -> set[str]:
    """Return the parts of names that tell who is meant, and addresses as a whole."""
    found: set[str] = set()
    for one in known:
        parts = [one] if "@" in one else re.findall(r"\w+", one)
        found |= {part.casefold() for part in parts}
    return {part for part in found - _SAYS_NOTHING if len(part) > 1}
