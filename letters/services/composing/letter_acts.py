"""The mails to referees after an act of a coordinator about their letter."""

from uuid import UUID

from sqlalchemy import select

from letters.domain.journal import Fact, MessageKind
from letters.domain.slots import Slot
from letters.domain.status import RequestStatus
from letters.records import JournalEntry, LetterRequest, OutboxMessage, Remark
from letters.services import finding
from letters.services.composing.base import (
    Composed,
    incomplete,
    letter,
    notice_url,
    subject,
    to_referee,
    upload_url,
    with_date,
)
from letters.services.work import Work


def request_released(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell a referee that enough letters are in; who never heard of it hears nothing now.

    It is dropped when the release was undone since.
    """
    application, request = subject(work, row)
    asked = request.requested_at is not None
    heard_of_it = asked or request.noticed_at is not None
    is_released = request.status is RequestStatus.CANCELLED
    if not heard_of_it or not is_released or request.cancelled_at != row.created_at:
        return None
    url = upload_url(work, request) if asked else notice_url(work, request)
    return to_referee(application, request, url=url, asked=asked)


def letter_entered(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell a referee that their letter was entered for them, so that nothing more is needed.

    Who never heard from us hears nothing now. It is dropped when the letter was returned since.
    """
    application, request = subject(work, row)
    entered = letter(work, row)
    if request.current_version != entered.version or not _heard_of_it(work, request):
        return None
    at = finding.slot_of(work, application, request)
    return to_referee(
        application,
        request,
        url=upload_url(work, request),
        received_at=entered.received_at,
        may_replace=at is Slot.RECEIVED,
    )


def _heard_of_it(work: Work, request: LetterRequest) -> bool:
    """Say whether a referee was alerted or asked; entering a letter sets the latter's date too."""
    asked = select(JournalEntry.seq).where(
        JournalEntry.request_id == request.id, JournalEntry.fact == Fact.LETTER_REQUESTED
    )
    if request.noticed_at is not None:
        return True
    return work.session.scalar(asked.limit(1)) is not None


def letter_kept(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell a referee that the letter is kept after all, if they were mailed that it was not."""
    application, request = subject(work, row)
    letter_is_in = request.current_version == letter(work, row).version
    if not letter_is_in or not _return_was_mailed(work, row):
        return None
    return to_referee(application, request, url=upload_url(work, request))


def _return_was_mailed(work: Work, row: OutboxMessage) -> bool:
    mailed = select(OutboxMessage.id).where(
        OutboxMessage.kind == MessageKind.LETTER_RETURNED,
        OutboxMessage.request_id == row.request_id,
        OutboxMessage.sent_at.is_not(None),
        OutboxMessage.created_at <= row.created_at,
    )
    return work.session.scalar(mailed.limit(1)) is not None


def letter_returned(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell a referee why the letter was returned, while another one can be sent."""
    application, request = subject(work, row)
    if "remark" not in row.details:
        raise incomplete(row)
    if finding.slot_of(work, application, request) is not Slot.OPEN:
        return None
    reason = work.session.get_one(Remark, UUID(row.details["remark"]))
    url = upload_url(work, request)
    returned = to_referee(application, request, url=url, reason=reason.text)
    return with_date(work, returned, application, request)
