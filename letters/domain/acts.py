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

MOST_CORRECTIONS = 5
"""So often the address of one referee may be corrected: each time a mail goes to the new one."""


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
    own_terms: Terms,
    application: ApplicationStatus,
    request: RequestStatus,
    *,
    corrected: int,
    now: datetime,
) -> None:
    """Say whether a referee's address may be corrected; `own_terms` are the request's.

    `corrected` says how often it was. Raises Withdrawn, CorrectionNotPossible, ProgramClosed or
    TooManyChanges.
    """
    if application is ApplicationStatus.WITHDRAWN:
        raise Withdrawn
    if request not in REACHABLE:
        raise CorrectionNotPossible
    check_open(own_terms, now)
    check_corrections(own_terms, corrected)


def check_corrections(terms: Terms, corrected: int) -> None:
    """Raises TooManyChanges where the address of a referee was corrected as often as may be."""
    if corrected >= MOST_CORRECTIONS:
        raise TooManyChanges(contact=terms.contact)


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
    check_room(terms, rows)


def check_add(
    terms: Terms,
    application: ApplicationStatus,
    active: int,
    rows: int,
    now: datetime,
    *,
    drafts: bool = False,
) -> None:
    """Say whether one more referee may be named; `active` counts those whose letters can count.

    With `drafts` also for one that was not submitted. Raises Withdrawn, StillADraft,
    ProgramClosed, EnoughReferees or TooManyChanges.
    """
    if application is ApplicationStatus.WITHDRAWN:
        raise Withdrawn
    if application is ApplicationStatus.DRAFT and not drafts:
        raise StillADraft
    check_open(terms, now)
    if active >= terms.max_letters:
        raise EnoughReferees(max_letters=terms.max_letters)
    check_room(terms, rows)


def check_room(terms: Terms, rows: int) -> None:
    """Raises TooManyChanges where no referee more may be named; `rows` counts all there ever were.

    Each may have been written to, and their number is what keeps that within bounds.
    """
    if rows >= ROWS_PER_LETTER * terms.max_letters:
        raise TooManyChanges(contact=terms.contact)
