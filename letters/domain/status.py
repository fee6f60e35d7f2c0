"""Statuses, the events that move them, and the one table of moves."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from letters.domain.errors import MoveNotAllowed


class ApplicationStatus(StrEnum):
    """Where an application stands. `selected` exists only under the request policy `selected`."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SELECTED = "selected"
    WITHDRAWN = "withdrawn"


class RequestStatus(StrEnum):
    """Where one letter request stands. Overdue and closed are read off the clock, never stored."""

    NAMED = "named"
    REQUESTED = "requested"
    RECEIVED = "received"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What can happen to an application or to a letter request.

    Who declined when asked takes that back; who declined when only alerted reconsiders. A cancelled
    request is resumed where the letter had been asked for, and else reinstated as only named. A
    letter that was returned is kept after all.
    """

    SUBMIT = "submit"
    SELECT = "select"
    WITHDRAW = "withdraw"
    REQUEST = "request"
    RECEIVE = "receive"
    REPLACE = "replace"
    RETURN = "return"
    KEEP = "keep"
    DECLINE = "decline"
    TAKE_BACK = "take_back"
    RECONSIDER = "reconsider"
    CANCEL = "cancel"
    RESUME = "resume"
    REINSTATE = "reinstate"


Status = ApplicationStatus | RequestStatus
S = TypeVar("S", ApplicationStatus, RequestStatus)

MOVES: Mapping[tuple[Status, Event], Status] = MappingProxyType(
    {
        (ApplicationStatus.DRAFT, Event.SUBMIT): ApplicationStatus.SUBMITTED,
        (ApplicationStatus.SUBMITTED, Event.SELECT): ApplicationStatus.SELECTED,
        (ApplicationStatus.DRAFT, Event.WITHDRAW): ApplicationStatus.WITHDRAWN,
        (ApplicationStatus.SUBMITTED, Event.WITHDRAW): ApplicationStatus.WITHDRAWN,
        (ApplicationStatus.SELECTED, Event.WITHDRAW): ApplicationStatus.WITHDRAWN,
        (RequestStatus.NAMED, Event.REQUEST): RequestStatus.REQUESTED,
        (RequestStatus.NAMED, Event.DECLINE): RequestStatus.DECLINED,
        (RequestStatus.NAMED, Event.CANCEL): RequestStatus.CANCELLED,
        (RequestStatus.REQUESTED, Event.RECEIVE): RequestStatus.RECEIVED,
        (RequestStatus.REQUESTED, Event.DECLINE): RequestStatus.DECLINED,
        (RequestStatus.REQUESTED, Event.CANCEL): RequestStatus.CANCELLED,
        (RequestStatus.REQUESTED, Event.KEEP): RequestStatus.RECEIVED,
        (RequestStatus.RECEIVED, Event.REPLACE): RequestStatus.RECEIVED,
        (RequestStatus.RECEIVED, Event.RETURN): RequestStatus.REQUESTED,
        (RequestStatus.DECLINED, Event.REQUEST): RequestStatus.REQUESTED,
        (RequestStatus.DECLINED, Event.TAKE_BACK): RequestStatus.REQUESTED,
        (RequestStatus.DECLINED, Event.RECONSIDER): RequestStatus.NAMED,
        (RequestStatus.CANCELLED, Event.RESUME): RequestStatus.REQUESTED,
        (RequestStatus.CANCELLED, Event.REINSTATE): RequestStatus.NAMED,
    }
)


def advance(status: S, event: Event) -> S:
    """Say which status follows `status` when `event` happens.

    Raises MoveNotAllowed when the table has no such move.
    """
    after = MOVES.get((status, event))
    if after is None:
        raise MoveNotAllowed(event=event.value, status=status.value)
    return type(status)(after)


def can(status: Status, event: Event) -> bool:
    """Say whether `event` is possible in `status`."""
    return (status, event) in MOVES
