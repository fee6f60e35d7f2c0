"""What an applicant may do about a referee, and when.

`now` and all other instants are aware datetimes in UTC.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from letters.domain.errors import (
    CorrectionNotPossible,
    EnoughReferees,
    NotAllowed,
    ReplacementNotPossible,
    StillADraft,
    TooManyChanges,
    Withdrawn,
)
from letters.domain.policy import Terms, check_open
from letters.domain.status import ApplicationStatus, RequestStatus

ROWS_PER_LETTER = 3
"""Over its life an application names so many referees at most for each letter it may have."""


class Act(StrEnum):
    """What an applicant can do about one referee."""

    NUDGE = "nudge"
    CORRECT = "correct"
    REPLACE = "replace"


REACHABLE = frozenset({RequestStatus.NAMED, RequestStatus.REQUESTED})
REPLACEABLE = frozenset({*REACHABLE, RequestStatus.DECLINED})


def is_allowed(check: Callable[[], None]) -> bool:
    """Say whether a check of this module lets through."""
    try:
        check()
    except NotAllowed:
        return False
    return True


def check_correct(
    own_terms: Terms, application: ApplicationStatus, request: RequestStatus, now: datetime
) -> None:
    """Say whether a referee's address may be corrected; `own_terms` are the request's.

    Raises Withdrawn, CorrectionNotPossible or ProgramClosed.
    """
    if application is ApplicationStatus.WITHDRAWN:
        raise Withdrawn
    if request not in REACHABLE:
        raise CorrectionNotPossible
    check_open(own_terms, now)


def check_replace(
    terms: Terms,
    application: ApplicationStatus,
    request: RequestStatus,
    *,
    replaced: bool,
    rows: int,
    now: datetime,
) -> None:
    """Say whether somebody else may be named in place of a referee; `terms` are the program's.

    `rows` counts all referees who were ever named. Raises Withdrawn, ReplacementNotPossible,
    ProgramClosed or TooManyChanges.
    """
    if application is ApplicationStatus.WITHDRAWN:
        raise Withdrawn
    if replaced or request not in REPLACEABLE:
        raise ReplacementNotPossible
    check_open(terms, now)
    _check_room(terms, rows)


def check_add(
    terms: Terms, application: ApplicationStatus, active: int, rows: int, now: datetime
) -> None:
    """Say whether one more referee may be named; `active` counts those whose letters can count.

    Raises Withdrawn, StillADraft, ProgramClosed, EnoughReferees or TooManyChanges.
    """
    if application is ApplicationStatus.WITHDRAWN:
        raise Withdrawn
    if application is ApplicationStatus.DRAFT:
        raise StillADraft
    check_open(terms, now)
    if active >= terms.max_letters:
        raise EnoughReferees(max_letters=terms.max_letters)
    _check_room(terms, rows)


def _check_room(terms: Terms, rows: int) -> None:
    if rows >= ROWS_PER_LETTER * terms.max_letters:
        raise TooManyChanges(contact=terms.contact)
