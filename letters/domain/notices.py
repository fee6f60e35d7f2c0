"""What is possible for one referee behind the link of an advance notice, and when.

`now` and all other instants are aware datetimes in UTC.
"""

from datetime import datetime
from enum import StrEnum

from letters.domain.errors import RequestCancelled, RequestedSince, UploadClosed
from letters.domain.policy import Terms, is_closed
from letters.domain.status import ApplicationStatus, RequestStatus


class Notice(StrEnum):
    """What a referee can do behind the link of an advance notice."""

    OPEN = "open"
    WELCOMED = "welcomed"
    DECLINED = "declined"
    REQUESTED = "requested"
    CANCELLED = "cancelled"
    CLOSED = "closed"


ANSWERABLE = frozenset({Notice.OPEN, Notice.WELCOMED, Notice.DECLINED})


def notice(
    terms: Terms,
    application: ApplicationStatus,
    request: RequestStatus,
    *,
    requested_at: datetime | None,
    welcomed_at: datetime | None,
    now: datetime,
) -> Notice:
    """Say what is possible for one referee who was alerted; `terms` are the request's own."""
    if request is RequestStatus.CANCELLED or application is ApplicationStatus.WITHDRAWN:
        return Notice.CANCELLED
    if requested_at is not None:
        return Notice.REQUESTED
    if is_closed(terms, now):
        return Notice.CLOSED
    if request is RequestStatus.DECLINED:
        return Notice.DECLINED
    return Notice.OPEN if welcomed_at is None else Notice.WELCOMED


def check_answer(at: Notice, terms: Terms) -> None:
    """Say whether the referee may answer the notice now, or change their answer.

    Raises RequestedSince, RequestCancelled or UploadClosed.
    """
    if at in ANSWERABLE:
        return
    if at is Notice.REQUESTED:
        raise RequestedSince
    if at is Notice.CANCELLED:
        raise RequestCancelled
    raise UploadClosed(contact=terms.contact)


def notice_still_helps(at: Notice) -> bool:
    """An advance notice is dropped once it is declined, or there is a request or never will be."""
    return at in {Notice.OPEN, Notice.WELCOMED}
