"""The mails to referees."""

from dataclasses import replace

from letters.domain.journal import Fact, MessageKind
from letters.domain.keeping import kept_until
from letters.domain.notices import notice_still_helps
from letters.domain.slots import (
    Slot,
    confirmation_still_helps,
    more_time_still_matters,
    request_mail_still_helps,
)
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.ports import Purpose
from letters.records import Application, Letter, LetterRequest, OutboxMessage
from letters.services import finding
from letters.services.composing.base import (
    Composed,
    is_overtaken,
    letter,
    notice_url,
    subject,
    takes_word,
    to_referee,
    upload_url,
    with_date,
)
from letters.services.work import Work


def advance_notice(work: Work, row: OutboxMessage) -> Composed | None:
    """Alert a referee before anything is asked of them."""
    application, request = subject(work, row)
    if not notice_still_helps(finding.notice_of(work, application, request)):
        return None
    notice = notice_to(
        application,
        request,
        url=notice_url(work, request),
        personal_line=request.personal_line,
        corrected=row.details.get("fact") == Fact.ADDRESS_CORRECTED,
    )
    return with_date(work, notice, application, request)


def notice_to(
    application: Application,
    request: LetterRequest,
    *,
    url: str,
    personal_line: str,
    corrected: bool = False,
) -> Composed:
    """Return the advance notice in these words, as it is mailed and as it is shown beforehand."""
    notice = to_referee(
        application,
        request,
        url=url,
        personal_line=personal_line,
        wished_pages=application.program.wished_pages,
        corrected=corrected,
    )
    return notice.in_own_words(MessageKind.ADVANCE_NOTICE)


def letter_request(work: Work, row: OutboxMessage) -> Composed | None:
    """Ask for the letter, with the upload link, and the due date while it is awaited."""
    application, request = subject(work, row)
    at = finding.slot_of(work, application, request)
    fact = row.details.get("fact")
    if not request_mail_still_helps(at, asked_for_link=fact == Fact.LINK_SENT_AGAIN):
        return None
    asked = request_to(
        application,
        request,
        url=upload_url(work, request),
        takes_word=takes_word(work, application.program),
        again=fact != Fact.LETTER_REQUESTED,
    )
    return with_date(work, asked, application, request) if at is Slot.OPEN else asked


def request_to(
    application: Application,
    request: LetterRequest,
    *,
    url: str,
    takes_word: bool,
    again: bool = False,
) -> Composed:
    """Return the letter request in these words, as it is mailed and as it is shown beforehand."""
    terms = finding.terms_of(application, request)
    asked = to_referee(
        application,
        request,
        url=url,
        decline_url=f"{url}/decline",
        waived=request.waived,
        instructions=application.program.instructions,
        kept_until=kept_until(terms, application.program.kept_days),
        takes_word=takes_word,
        again=again,
    )
    return asked.in_own_words(MessageKind.LETTER_REQUEST)


def receipt(work: Work, row: OutboxMessage) -> Composed:
    """Say what was received, and where to look when it may be the wrong letter."""
    application, request = subject(work, row)
    received = letter(work, row)
    marked = bool(received.marks) and _can_be_confirmed(work, application, request, received)
    return to_referee(
        application,
        request,
        url=_receipt_url(work, request) if marked else upload_url(work, request),
        file_name=received.file_name,
        size=received.size,
        pages=received.pages,
        sha256=received.sha256,
        received_at=received.received_at,
        version=received.version,
        held_back=received.is_held_back,
        marked=marked,
    )


def confirm_letter(work: Work, row: OutboxMessage) -> Composed | None:
    """Ask whether a letter that looks wrong is the right one."""
    application, request = subject(work, row)
    received = letter(work, row)
    if not _can_be_confirmed(work, application, request, received):
        return None
    return to_referee(
        application,
        request,
        url=_receipt_url(work, request),
        file_name=received.file_name,
        received_at=received.received_at,
        marks=received.marks,
        wished_pages=application.program.wished_pages,
    )


def _can_be_confirmed(
    work: Work, application: Application, request: LetterRequest, received: Letter
) -> bool:
    return confirmation_still_helps(
        finding.slot_of(work, application, request),
        current=received.version == request.current_version,
        confirmed=received.confirmed_at is not None,
    )


def _receipt_url(work: Work, request: LetterRequest) -> str:
    return f"{upload_url(work, request)}/receipt"


def more_time_answered(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell whether there is more time for a letter that is still awaited."""
    application, request = subject(work, row)
    if not more_time_still_matters(finding.slot_of(work, application, request)):
        return None
    granted = row.details.get("fact") == Fact.DATE_EXTENDED
    answer = to_referee(application, request, url=upload_url(work, request), granted=granted)
    return with_date(work, answer, application, request) if granted else answer


def due_moved(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell a referee of the new due date of a letter that is awaited; of several only the last."""
    application, request = subject(work, row)
    awaited = finding.slot_of(work, application, request) is Slot.OPEN
    if not awaited or is_overtaken(row, application.program):
        return None
    moved = to_referee(application, request, url=upload_url(work, request))
    return with_date(work, moved, application, request)


def overview(work: Work, row: OutboxMessage) -> Composed | None:
    """Give the link that shows everything asked of this address; it is about no one request."""
    application, request = subject(work, row)
    if request.overview_until is None or work.now > request.overview_until:
        return None
    generation = finding.generation_of(Purpose.OVERVIEW, request)
    link = to_referee(
        application,
        request,
        url=work.tools.links.url(Purpose.OVERVIEW, request.id, generation),
        until=request.overview_until,
    )
    return replace(link, thread="")


def request_cancelled(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell a referee that nothing more is needed; who never heard of it hears nothing now.

    Either the application was withdrawn, or this referee is not needed any more. It is dropped when
    that was taken back since.
    """
    application, request = subject(work, row)
    asked = request.requested_at is not None
    heard_of_it = asked or request.noticed_at is not None
    if not heard_of_it or request.status is not RequestStatus.CANCELLED:
        return None
    url = upload_url(work, request) if asked else notice_url(work, request)
    return to_referee(
        application,
        request,
        url=url,
        asked=asked,
        withdrawn=application.status is ApplicationStatus.WITHDRAWN,
    )
