"""What a coordinator may do about one referee, and when.

`now` and all other instants are aware datetimes in UTC; `own_terms` are the request's own.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from letters.domain.errors import (
    NobodyToAsk,
    NoLetterToReturn,
    NothingToCancel,
    NothingToKeep,
    NothingToRestore,
    ReminderNotPossible,
    RemindersUsedUp,
    ReminderTooSoon,
    Withdrawn,
)
from letters.domain.policy import Terms, check_open, check_requested
from letters.domain.schedule import Reminded, next_nudge
from letters.domain.status import ApplicationStatus, Event, RequestStatus, can


class RequestAct(StrEnum):
    """What a coordinator can do about one referee by one button."""

    REQUEST = "request"
    REMIND = "remind"
    RESEND = "resend"
    CANCEL = "cancel"
    RETURN = "return"
    KEEP = "keep"
    RESTORE = "restore"


class ApplicationAct(StrEnum):
    """What a coordinator can do to a whole application by one button."""

    RELEASE = "release"
    WITHDRAW = "withdraw"


NEEDS_A_REASON = frozenset({RequestAct.CANCEL, RequestAct.RETURN, ApplicationAct.WITHDRAW})
"""What ends something for somebody, or is said to them: the reason is not left open."""


def check_request(
    own_terms: Terms,
    application: ApplicationStatus,
    request: RequestStatus,
    *,
    replaced: bool,
    now: datetime,
) -> None:
    """Say whether one referee may be asked by hand: who declined, or was named and not asked.

    Raises Withdrawn, NotSubmitted, LettersNotRequested, NobodyToAsk or ProgramClosed.
    """
    check_requested(own_terms, application)
    if replaced or not can(request, Event.REQUEST):
        raise NobodyToAsk
    check_open(own_terms, now)


def check_keep(application: ApplicationStatus, request: RequestStatus, *, returned: bool) -> None:
    """Say whether a return may be taken back: until the referee has sent another letter.

    Raises Withdrawn or NothingToKeep.
    """
    if application is ApplicationStatus.WITHDRAWN:
        raise Withdrawn
    if not returned or not can(request, Event.KEEP):
        raise NothingToKeep


def check_remind(reminded: Reminded, now: datetime) -> None:
    """Say whether a referee may be reminded now; see Reminded.

    Raises ReminderNotPossible, RemindersUsedUp or ReminderTooSoon.
    """
    if not reminded.awaited:
        raise ReminderNotPossible
    if reminded.reminders >= reminded.most_reminders:
        raise RemindersUsedUp
    at = next_nudge(reminded)
    if at is None or now < at:
        raise ReminderTooSoon


def check_cancel(request: RequestStatus) -> None:
    """Raises NothingToCancel unless something is asked of the referee, or may be."""
    if not can(request, Event.CANCEL):
        raise NothingToCancel


def check_return(
    own_terms: Terms,
    application: ApplicationStatus,
    request: RequestStatus,
    now: datetime,
    *,
    entered: bool = False,
) -> None:
    """Say whether a letter may be returned: while the referee can still send another.

    One that a coordinator entered can be entered again afterwards, so it is returned at any time.
    Raises NoLetterToReturn or ProgramClosed.
    """
    if application is ApplicationStatus.WITHDRAWN or not can(request, Event.RETURN):
        raise NoLetterToReturn
    if not entered:
        check_open(own_terms, now)


EVENT_BACK: Mapping[bool, Event] = MappingProxyType({True: Event.RESUME, False: Event.REINSTATE})
"""How a cancelled request goes on, by whether the letter had been asked for."""


def check_restore(
    own_terms: Terms,
    application: ApplicationStatus,
    request: RequestStatus,
    *,
    replaced: bool,
    now: datetime,
) -> None:
    """Say whether the end of a request may be taken back.

    Raises Withdrawn, NothingToRestore or ProgramClosed.
    """
    if application is ApplicationStatus.WITHDRAWN:
        raise Withdrawn
    if replaced or request is not RequestStatus.CANCELLED:
        raise NothingToRestore
    check_open(own_terms, now)
