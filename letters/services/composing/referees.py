"""The mails to referees."""

from letters.domain.journal import Fact
from letters.domain.notices import notice_still_helps
from letters.domain.slots import confirmation_still_helps, request_mail_still_helps
from letters.domain.status import RequestStatus
from letters.ports import Purpose
from letters.records import OutboxMessage
from letters.services import finding
from letters.services.composing.base import Composed, letter, subject, to_referee, upload_url
from letters.services.work import Work


def advance_notice(work: Work, row: OutboxMessage) -> Composed | None:
    """Alert a referee before anything is asked of them."""
    application, request = subject(work, row)
    if not notice_still_helps(finding.notice_of(work, application, request)):
        return None
    return to_referee(
        application,
        request,
        url=work.tools.links.url(Purpose.NOTICE, request.id, request.link_generation),
        program_url=f"{work.tools.base_url}/programs/{application.program.slug}",
        min_letters=application.program.min_letters,
    )


def letter_request(work: Work, row: OutboxMessage) -> Composed | None:
    """Ask for the letter, with the upload link."""
    application, request = subject(work, row)
    at = finding.slot_of(work, application, request)
    fact = row.details.get("fact")
    if not request_mail_still_helps(at, asked_for_link=fact == Fact.LINK_SENT_AGAIN):
        return None
    url = upload_url(work, request)
    return to_referee(
        application,
        request,
        url=url,
        decline_url=f"{url}/decline",
        waived=application.waived,
        instructions=application.program.instructions,
        again=fact != Fact.LETTER_REQUESTED,
    )


def receipt(work: Work, row: OutboxMessage) -> Composed:
    """Say what was received."""
    application, request = subject(work, row)
    received = letter(work, row)
    return to_referee(
        application,
        request,
        url=upload_url(work, request),
        file_name=received.file_name,
        size=received.size,
        pages=received.pages,
        sha256=received.sha256,
        received_at=received.received_at,
        version=received.version,
    )


def confirm_letter(work: Work, row: OutboxMessage) -> Composed | None:
    """Ask whether a letter that looks wrong is the right one."""
    application, request = subject(work, row)
    received = letter(work, row)
    at = finding.slot_of(work, application, request)
    current = received.version == request.current_version
    confirmed = received.confirmed_at is not None
    if not confirmation_still_helps(at, current=current, confirmed=confirmed):
        return None
    return to_referee(
        application,
        request,
        url=f"{upload_url(work, request)}/receipt",
        file_name=received.file_name,
        received_at=received.received_at,
        marks=received.marks,
    )


def more_time_answered(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell whether there is more time for a letter that is still awaited."""
    application, request = subject(work, row)
    if request.status is not RequestStatus.REQUESTED:
        return None
    return to_referee(
        application,
        request,
        url=upload_url(work, request),
        granted=row.details.get("fact") == Fact.DATE_EXTENDED,
    )


def overview(work: Work, row: OutboxMessage) -> Composed | None:
    """Give the link that shows everything asked of this address."""
    application, request = subject(work, row)
    if request.overview_until is None or work.now > request.overview_until:
        return None
    return to_referee(
        application,
        request,
        url=work.tools.links.url(Purpose.OVERVIEW, request.id, request.link_generation),
        until=request.overview_until,
    )
