"""What is possible for one letter request behind its upload link, and when.

`terms` are the request's own (Terms.for_request), `now` an aware datetime in UTC.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from letters.domain.errors import (
    AnswerTooLate,
    DeclineNotPossible,
    ExtensionNotPossible,
    MoreTimeNotPossible,
    NotRequestedYet,
    ProgramClosed,
    RequestCancelled,
    RequestDeclined,
    UploadClosed,
)
from letters.domain.policy import Terms, is_closed
from letters.domain.status import ApplicationStatus, RequestStatus

LONGEST_EXTENSION = timedelta(days=366)


class Slot(StrEnum):
    """What a referee can do behind the upload link."""

    NOT_REQUESTED = "not_requested"
    OPEN = "open"
    RECEIVED = "received"
    RECEIVED_FINAL = "received_final"
    DECLINED = "declined"
    DECLINED_FINAL = "declined_final"
    CANCELLED = "cancelled"
    CLOSED = "closed"


def slot(
    terms: Terms, application: ApplicationStatus, request: RequestStatus, now: datetime
) -> Slot:
    """Say what is possible for one request; `terms` are the request's own (see for_request)."""
    closed = is_closed(terms, now)
    if request is RequestStatus.RECEIVED:
        final = closed or application is ApplicationStatus.WITHDRAWN
        return Slot.RECEIVED_FINAL if final else Slot.RECEIVED
    if request is RequestStatus.CANCELLED or application is ApplicationStatus.WITHDRAWN:
        return Slot.CANCELLED
    if request is RequestStatus.NAMED:
        return Slot.NOT_REQUESTED
    if request is RequestStatus.DECLINED:
        return Slot.DECLINED_FINAL if closed else Slot.DECLINED
    return Slot.CLOSED if closed else Slot.OPEN


TAKES_A_LETTER = frozenset({Slot.OPEN, Slot.RECEIVED})


def check_upload(at: Slot, terms: Terms) -> None:
    """Say whether a letter is taken now.

    Raises NotRequestedYet, RequestDeclined, RequestCancelled or UploadClosed.
    """
    if at in TAKES_A_LETTER:
        return
    if at is Slot.NOT_REQUESTED:
        raise NotRequestedYet
    if at is Slot.CANCELLED:
        raise RequestCancelled
    if at is Slot.DECLINED:
        raise RequestDeclined
    raise UploadClosed(contact=terms.contact)


def check_decline(at: Slot, terms: Terms) -> None:
    """Say whether the referee may decline now.

    Raises NotRequestedYet, RequestCancelled, AnswerTooLate or DeclineNotPossible.
    """
    if at is Slot.OPEN:
        return
    if at is Slot.NOT_REQUESTED:
        raise NotRequestedYet
    if at is Slot.CANCELLED:
        raise RequestCancelled
    if at is Slot.CLOSED:
        raise AnswerTooLate(contact=terms.contact)
    raise DeclineNotPossible


def check_awaited(at: Slot) -> None:
    """Say whether more time can be spoken of: while the letter is awaited, and when it is late.

    Raises NotRequestedYet, RequestCancelled or MoreTimeNotPossible.
    """
    if more_time_still_matters(at):
        return
    if at is Slot.NOT_REQUESTED:
        raise NotRequestedYet
    if at is Slot.CANCELLED:
        raise RequestCancelled
    raise MoreTimeNotPossible


def check_more_time(at: Slot, terms: Terms) -> None:
    """Say whether the referee may ask for more time.

    Raises what check_awaited raises, or ProgramClosed where no date would let a letter in.
    """
    check_awaited(at)
    if terms.closed_by_hand:
        raise ProgramClosed(contact=terms.contact)


def check_extension(at: Slot, terms: Terms, until: datetime, now: datetime) -> None:
    """Say whether one request's due date may be moved to `until`.

    Raises what check_more_time raises, or ExtensionNotPossible when `until` is not later than the
    present due date and than `now`, or more than a year away.
    """
    check_more_time(at, terms)
    if not max(terms.due_at, now) < until <= now + LONGEST_EXTENSION:
        raise ExtensionNotPossible


def later_due(due_at: datetime, now: datetime, days: int, zone: str) -> datetime:
    """Return the same hour of `zone` so many days after the due date, or after today if it is past.

    The result is an aware instant; days are those of the zone's calendar, whatever its clocks do.
    """
    local = due_at.astimezone(ZoneInfo(zone))
    today = now.astimezone(ZoneInfo(zone)).date()
    day = max(local.date(), today) + timedelta(days=days)
    return datetime.combine(day, local.time(), ZoneInfo(zone)).astimezone(due_at.tzinfo)


def check_take_back(at: Slot, terms: Terms) -> None:
    """Say whether the referee may take a decline back now.

    Raises NotRequestedYet, RequestCancelled, AnswerTooLate or DeclineNotPossible.
    """
    if at is Slot.DECLINED:
        return
    if at is Slot.DECLINED_FINAL:
        raise AnswerTooLate(contact=terms.contact)
    check_decline(at, terms)
    raise DeclineNotPossible


# --- a mail that was promised and not sent yet ------------------------------------------------


def request_mail_still_helps(at: Slot, *, asked_for_link: bool) -> bool:
    """A letter request is dropped once it has been answered or is over.

    A referee who asked for the link again also gets it when a letter is in, to replace it.
    """
    return at is Slot.OPEN or (asked_for_link and at is Slot.RECEIVED)


def more_time_still_matters(at: Slot) -> bool:
    """A question for more time, and its answer, are dropped once the letter is not awaited."""
    return at in {Slot.OPEN, Slot.CLOSED}


def confirmation_still_helps(at: Slot, *, current: bool, confirmed: bool) -> bool:
    """A question about a letter is dropped once it is answered, replaced, or can change nothing."""
    return at is Slot.RECEIVED and current and not confirmed
