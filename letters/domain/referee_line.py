"""What an applicant may see of one referee, and what they can do about them now.

Coordinators see the same timeline, beside all that only they may know.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from uuid import UUID

from letters.domain.acts import Act, check_correct, check_replace, is_allowed
from letters.domain.policy import Terms, is_closed, is_overdue, requested_on_submission
from letters.domain.progress import RequestFacts
from letters.domain.schedule import Reminded, next_nudge
from letters.domain.slots import Slot, slot
from letters.domain.status import ApplicationStatus, RequestStatus


class Next(StrEnum):
    """What happens next with one referee."""

    ALERT_FIRST = "alert_first"
    REQUEST_MAY_FOLLOW = "request_may_follow"
    REQUEST_FOLLOWS = "request_follows"
    LETTER_EXPECTED = "letter_expected"
    LETTER_LATE = "letter_late"
    NOTHING_MORE = "nothing_more"
    DECLINED = "declined"
    TOO_LATE = "too_late"
    NO_LONGER_NEEDED = "no_longer_needed"


class MomentKind(StrEnum):
    """What happened with one referee, in the order in which it can happen."""

    NAMED = "named"
    ALERTED = "alerted"
    WELCOMED = "welcomed"
    CORRECTED = "corrected"
    REQUESTED = "requested"
    BOUNCED = "bounced"
    REMINDED = "reminded"
    REMINDER_TO_COME = "reminder_to_come"
    RECEIVED = "received"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


class Trouble(StrEnum):
    """Why a referee may need something of the applicant, the worst first."""

    DECLINED = "declined"
    BOUNCED = "bounced"
    LATE = "late"


class NoticeState(StrEnum):
    """What became of an advance notice, as far as anybody can know. Opening it is not known."""

    SENT = "sent"
    CAN_WRITE = "can_write"
    CANNOT = "cannot"
    BOUNCED = "bounced"


@dataclass(frozen=True)
class Moment:
    """One step of a referee's timeline; `at` is an aware instant."""

    kind: MomentKind
    at: datetime


@dataclass(frozen=True)
class RefereeLine:
    """What the applicant sees of one referee, and what they can do now.

    `next_nudge` is when a reminder is possible: past where it is now, None where it never is.
    `notice` is None once the letter itself was asked for, and where nobody was alerted.
    """

    id: UUID
    name: str
    status: RequestStatus
    moments: tuple[Moment, ...]
    next: Next
    requested_at: datetime | None
    due_at: datetime
    closes_at: datetime
    replaced: bool
    reminders: int
    next_nudge: datetime | None
    notice: NoticeState | None
    trouble: Trouble | None
    acts: tuple[Act, ...]


@dataclass(frozen=True)
class Case:
    """What all referees of one application have in common; `rows` counts all ever named."""

    terms: Terms
    status: ApplicationStatus
    rows: int
    in_form: bool
    now: datetime


def referee_line(case: Case, request: RequestFacts) -> RefereeLine:
    """Return what the applicant may see of one referee."""
    next_step = _next(case.terms, case.status, request, case.now)
    nudge_at = next_nudge(reminded(case.status, request, case.now))
    return RefereeLine(
        id=request.id,
        name=request.referee_name,
        status=request.status,
        moments=tuple(timeline(request, case.now)),
        next=next_step,
        requested_at=request.requested_at,
        due_at=request.terms.due_at,
        closes_at=request.terms.closes_at,
        replaced=request.replaced_at is not None,
        reminders=request.reminders,
        next_nudge=nudge_at,
        notice=_notice(request),
        trouble=_trouble(next_step, request),
        acts=_acts(case, request, nudge_at),
    )


def reminded(status: ApplicationStatus, request: RequestFacts, now: datetime) -> Reminded:
    """Return what decides whether a referee may be reminded by a person."""
    at = slot(request.terms, status, request.status, now)
    reached = request.bounced_at is None and request.takes_reminders
    return Reminded(
        awaited=at is Slot.OPEN and reached,
        requested_at=request.requested_at,
        reminded_at=request.reminded_at,
        reminders=request.reminders,
        most_reminders=request.most_reminders,
        closes_at=request.terms.closes_at,
    )


def _acts(case: Case, request: RequestFacts, nudge_at: datetime | None) -> tuple[Act, ...]:
    if case.in_form:
        return ()
    correct = partial(
        check_correct,
        request.terms,
        case.status,
        request.status,
        corrected=request.corrections,
        now=case.now,
    )
    replace = partial(
        check_replace,
        case.terms,
        case.status,
        request.status,
        replaced=request.replaced_at is not None,
        rows=case.rows,
        now=case.now,
    )
    possible = {
        Act.NUDGE: nudge_at is not None and nudge_at <= case.now,
        Act.CORRECT: is_allowed(correct),
        Act.REPLACE: is_allowed(replace),
    }
    return tuple(act for act in Act if possible[act])


def _notice(request: RequestFacts) -> NoticeState | None:
    if request.noticed_at is None or request.requested_at is not None:
        return None
    if request.status is RequestStatus.DECLINED:
        return NoticeState.CANNOT
    if request.bounced_at is not None:
        return NoticeState.BOUNCED
    return NoticeState.SENT if request.welcomed_at is None else NoticeState.CAN_WRITE


NEEDS_AN_ADDRESS = frozenset(
    {
        Next.ALERT_FIRST,
        Next.REQUEST_MAY_FOLLOW,
        Next.REQUEST_FOLLOWS,
        Next.LETTER_EXPECTED,
        Next.LETTER_LATE,
    }
)


def _trouble(next_step: Next, request: RequestFacts) -> Trouble | None:
    if next_step is Next.DECLINED:
        return Trouble.DECLINED
    if request.bounced_at is not None and next_step in NEEDS_AN_ADDRESS:
        return Trouble.BOUNCED
    return Trouble.LATE if next_step is Next.LETTER_LATE else None


def timeline(request: RequestFacts, now: datetime) -> list[Moment]:
    """Return what happened with one referee until `now`, oldest first.

    Steps at the same instant keep the order they can happen in. A reminder that waits for the
    morning comes last, as long as the letter is awaited.
    """
    dated = (
        (MomentKind.NAMED, request.named_at),
        (MomentKind.ALERTED, request.noticed_at),
        (MomentKind.WELCOMED, request.welcomed_at),
        (MomentKind.CORRECTED, request.corrected_at),
        (MomentKind.REQUESTED, request.requested_at),
        (MomentKind.BOUNCED, request.bounced_at),
        _last_reminder(request, now),
        (MomentKind.RECEIVED, request.received_at),
        (MomentKind.DECLINED, request.declined_at),
        (MomentKind.CANCELLED, None if request.replaced_at else request.cancelled_at),
        (MomentKind.REPLACED, request.replaced_at),
    )
    moments = [Moment(kind, at) for kind, at in dated if at is not None]
    return sorted(moments, key=lambda moment: moment.at)


def _last_reminder(request: RequestFacts, now: datetime) -> tuple[MomentKind, datetime | None]:
    at = request.reminded_at
    if at is None or at <= now:
        return MomentKind.REMINDED, at
    is_awaited = request.status is RequestStatus.REQUESTED
    return MomentKind.REMINDER_TO_COME, at if is_awaited else None


def _next(terms: Terms, status: ApplicationStatus, request: RequestFacts, now: datetime) -> Next:
    if request.status is RequestStatus.RECEIVED:
        return Next.NOTHING_MORE
    over = request.status is RequestStatus.CANCELLED or request.replaced_at is not None
    if over or status is ApplicationStatus.WITHDRAWN:
        return Next.NO_LONGER_NEEDED
    if request.status is RequestStatus.DECLINED:
        return Next.DECLINED
    if is_closed(request.terms, now):
        return Next.TOO_LATE
    if request.status is RequestStatus.REQUESTED:
        late = is_overdue(request.terms, request.status, now)
        return Next.LETTER_LATE if late else Next.LETTER_EXPECTED
    if requested_on_submission(terms):
        return Next.REQUEST_FOLLOWS
    return Next.ALERT_FIRST if request.noticed_at is None else Next.REQUEST_MAY_FOLLOW
