"""What an applicant may see of their application: the status view, in words for each referee."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from letters.domain.policy import Terms, is_closed, is_overdue, may_request, requested_on_submission
from letters.domain.progress import CAN_COUNT, Progress, RequestFacts, Standing, roll_up
from letters.domain.status import ApplicationStatus, RequestStatus


class Outlook(StrEnum):
    """The applicant is always told, in words, whether letters are asked for."""

    WILL_ON_SUBMISSION = "will_on_submission"
    MAY_IF_SELECTED = "may_if_selected"
    NOBODY_TO_ASK = "nobody_to_ask"
    WERE_REQUESTED = "were_requested"
    NOT_REQUESTED = "not_requested"


SETTLED = frozenset({Standing.COMPLETE, Standing.INCOMPLETE, Standing.WITHDRAWN})
"""Where nothing that a referee did or left undone is to be acted on any more."""


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


AWAITED = frozenset({Next.LETTER_EXPECTED, Next.LETTER_LATE})


class MomentKind(StrEnum):
    """What happened with one referee, in the order in which it can happen."""

    NAMED = "named"
    ALERTED = "alerted"
    WELCOMED = "welcomed"
    CORRECTED = "corrected"
    REQUESTED = "requested"
    RECEIVED = "received"
    DECLINED = "declined"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Moment:
    """One step of a referee's timeline; `at` is an aware instant."""

    kind: MomentKind
    at: datetime


@dataclass(frozen=True)
class RefereeLine:
    """What the applicant sees of one referee."""

    name: str
    status: RequestStatus
    moments: tuple[Moment, ...]
    next: Next
    requested_at: datetime | None
    due_at: datetime
    closes_at: datetime


@dataclass(frozen=True)
class ApplicantView:
    """All that the status view shows. There is no room in it for anything about a letter.

    `alerted` counts the referees who got the advance notice. `problems` are the referees because
    of whom something may have to be done: who declined, then who is late.
    """

    progress: Progress
    outlook: Outlook
    requested_at: datetime | None
    alerted: int
    referees: tuple[RefereeLine, ...]
    problems: tuple[RefereeLine, ...]

    @property
    def awaited(self) -> tuple[RefereeLine, ...]:
        """The referees whose letters can still come."""
        return tuple(line for line in self.referees if line.next in AWAITED)

    @property
    def another_needed(self) -> bool:
        """Whether too few referees are left to reach the minimum; true of drafts as well."""
        left = sum(line.status in CAN_COUNT for line in self.referees)
        return left < self.progress.wanted


def applicant_view(
    terms: Terms,
    status: ApplicationStatus,
    requests: Sequence[RequestFacts],
    now: datetime,
) -> ApplicantView:
    """Return what the applicant may see at the instant `now`, referees in the given order."""
    asked = [r.requested_at for r in requests if r.requested_at is not None]
    progress = roll_up(terms, status, requests, now)
    outlook = _outlook(terms, status, bool(asked), now)
    lines = tuple(_line(terms, status, r, now) for r in requests)
    settled = progress.standing in SETTLED or outlook is Outlook.NOT_REQUESTED
    return ApplicantView(
        progress=progress,
        outlook=outlook,
        requested_at=min(asked, default=None),
        alerted=sum(r.noticed_at is not None for r in requests),
        referees=lines,
        problems=() if settled else _problems(lines),
    )


def _problems(lines: Sequence[RefereeLine]) -> tuple[RefereeLine, ...]:
    troubles = (Next.DECLINED, Next.LETTER_LATE)
    return tuple(line for trouble in troubles for line in lines if line.next is trouble)


def _outlook(terms: Terms, status: ApplicationStatus, asked: bool, now: datetime) -> Outlook:
    if asked:
        return Outlook.WERE_REQUESTED
    if status is ApplicationStatus.WITHDRAWN or is_closed(terms, now):
        return Outlook.NOT_REQUESTED
    if may_request(terms, status):
        return Outlook.NOBODY_TO_ASK
    if requested_on_submission(terms):
        return Outlook.WILL_ON_SUBMISSION
    return Outlook.MAY_IF_SELECTED


def _line(
    terms: Terms, status: ApplicationStatus, request: RequestFacts, now: datetime
) -> RefereeLine:
    return RefereeLine(
        name=request.referee_name,
        status=request.status,
        moments=tuple(_moments(request)),
        next=_next(terms, status, request, now),
        requested_at=request.requested_at,
        due_at=request.terms.due_at,
        closes_at=request.terms.closes_at,
    )


def _moments(request: RequestFacts) -> list[Moment]:
    """The timeline, oldest first; steps at the same instant keep the order they can happen in."""
    dated = (
        (MomentKind.NAMED, request.named_at),
        (MomentKind.ALERTED, request.noticed_at),
        (MomentKind.WELCOMED, request.welcomed_at),
        (MomentKind.CORRECTED, request.corrected_at),
        (MomentKind.REQUESTED, request.requested_at),
        (MomentKind.RECEIVED, request.received_at),
        (MomentKind.DECLINED, request.declined_at),
        (MomentKind.CANCELLED, request.cancelled_at),
    )
    moments = [Moment(kind, at) for kind, at in dated if at is not None]
    return sorted(moments, key=lambda moment: moment.at)


def _next(terms: Terms, status: ApplicationStatus, request: RequestFacts, now: datetime) -> Next:
    if request.status is RequestStatus.RECEIVED:
        return Next.NOTHING_MORE
    if request.status is RequestStatus.CANCELLED or status is ApplicationStatus.WITHDRAWN:
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
