"""How far an application is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from letters.domain.policy import Terms, is_closed, is_overdue
from letters.domain.status import ApplicationStatus, RequestStatus


@dataclass(frozen=True)
class RequestFacts:
    """What the roll-up knows of one request: nothing about the letter itself.

    `terms` are the request's own, with an extended due date applied. A request that was
    replaced is over: somebody else was named instead.
    """

    id: UUID
    referee_name: str
    status: RequestStatus
    terms: Terms
    named_at: datetime
    noticed_at: datetime | None = None
    welcomed_at: datetime | None = None
    corrected_at: datetime | None = None
    corrections: int = 0
    requested_at: datetime | None = None
    received_at: datetime | None = None
    declined_at: datetime | None = None
    cancelled_at: datetime | None = None
    bounced_at: datetime | None = None
    replaced_at: datetime | None = None
    reminded_at: datetime | None = None
    nudged_at: datetime | None = None
    reminders: int = 0
    most_reminders: int = 0
    takes_reminders: bool = True

    @property
    def cannot_write(self) -> bool:
        """Whether the referee declined and nobody was named instead."""
        return self.status is RequestStatus.DECLINED and self.replaced_at is None


CAN_COUNT = frozenset({RequestStatus.NAMED, RequestStatus.REQUESTED, RequestStatus.RECEIVED})
"""The requests of which a letter is in, or can still come."""


class Standing(StrEnum):
    """Where an application stands, in one word."""

    DRAFT = "draft"
    WAITING = "waiting"
    REQUESTED = "requested"
    PARTLY = "partly"
    COMPLETE = "complete"
    OVERDUE = "overdue"
    INCOMPLETE = "incomplete"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Progress:
    """The roll-up of one application.

    `wanted` is the program's minimum. `short` says that too many referees declined: without
    another referee the minimum cannot be reached.
    """

    standing: Standing
    wanted: int
    received: int
    open: int
    overdue: int
    declined: int
    short: bool


def is_complete(terms: Terms, received: int) -> bool:
    """Say whether enough letters are in."""
    return received >= terms.min_letters


def roll_up(
    terms: Terms,
    status: ApplicationStatus,
    requests: Sequence[RequestFacts],
    now: datetime,
) -> Progress:
    """Sum up the requests of one application at the instant `now`."""
    count = {s: sum(r.status is s for r in requests) for s in RequestStatus}
    received = count[RequestStatus.RECEIVED]
    overdue = sum(is_overdue(r.terms, r.status, now) for r in requests)
    possible = sum(count[s] for s in CAN_COUNT)
    return Progress(
        standing=_standing(terms, status, requests, now),
        wanted=terms.min_letters,
        received=received,
        open=count[RequestStatus.REQUESTED],
        overdue=overdue,
        declined=sum(r.cannot_write for r in requests),
        short=possible < terms.min_letters and status is not ApplicationStatus.DRAFT,
    )


def _standing(
    terms: Terms,
    status: ApplicationStatus,
    requests: Sequence[RequestFacts],
    now: datetime,
) -> Standing:
    if status is ApplicationStatus.WITHDRAWN:
        return Standing.WITHDRAWN
    if status is ApplicationStatus.DRAFT:
        return Standing.DRAFT
    received = sum(r.status is RequestStatus.RECEIVED for r in requests)
    if is_complete(terms, received):
        return Standing.COMPLETE
    if _nothing_can_come(terms, requests, now):
        return Standing.INCOMPLETE
    if all(r.requested_at is None for r in requests):
        return Standing.WAITING
    if any(is_overdue(r.terms, r.status, now) for r in requests):
        return Standing.OVERDUE
    return Standing.PARTLY if received else Standing.REQUESTED


def _nothing_can_come(terms: Terms, requests: Sequence[RequestFacts], now: datetime) -> bool:
    """True once the program and every extended request are closed."""
    waiting = (r for r in requests if r.status is RequestStatus.REQUESTED)
    return is_closed(terms, now) and all(is_closed(r.terms, now) for r in waiting)
