"""From an outbox row to the facts of a mail, read at the moment of delivery.

Address, links and words are made here and not when the mail was promised, so that a corrected
address counts, no live link rests in the database, and what is no longer true is not sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from letters.domain.journal import Fact, MessageKind
from letters.domain.slots import notice_still_helps, request_mail_still_helps, slot
from letters.domain.status import RequestStatus
from letters.ports import Purpose
from letters.records import Application, Coordinator, Letter, LetterRequest, OutboxMessage
from letters.services import digesting, finding
from letters.services.signing_in import LINK_LIFETIME, sign_in_url
from letters.services.work import Work

SERVICE_NAME = "Letters"


@dataclass(frozen=True)
class Composed:
    """Who gets a mail, in whose name, and the facts its words are made of."""

    to: str
    from_name: str
    reply_to: str
    facts: Mapping[str, object]
    headers: Mapping[str, str] = field(default_factory=dict)


def compose(work: Work, row: OutboxMessage) -> Composed | None:
    """Return what to send for `row`, or None when it should not be sent any more."""
    return _COMPOSERS[row.kind](work, row)


def _advance_notice(work: Work, row: OutboxMessage) -> Composed | None:
    application, request = _subject(work, row)
    if not notice_still_helps(request.status):
        return None
    return _to_referee(
        application,
        request,
        program_url=f"{work.tools.base_url}/programs/{application.program.slug}",
        min_letters=application.program.min_letters,
    )


def _letter_request(work: Work, row: OutboxMessage) -> Composed | None:
    application, request = _subject(work, row)
    terms = finding.terms_of(application, request)
    at = slot(terms, application.status, request.status, work.now)
    fact = row.details.get("fact")
    if not request_mail_still_helps(at, asked_for_link=fact == Fact.LINK_SENT_AGAIN):
        return None
    url = _upload_url(work, request)
    return _to_referee(
        application,
        request,
        url=url,
        decline_url=f"{url}/decline",
        waived=application.waived,
        instructions=application.program.instructions,
        again=fact != Fact.LETTER_REQUESTED,
    )


def _receipt(work: Work, row: OutboxMessage) -> Composed:
    application, request = _subject(work, row)
    letter = _letter(work, row)
    return _to_referee(
        application,
        request,
        url=_upload_url(work, request),
        file_name=letter.file_name,
        size=letter.size,
        pages=letter.pages,
        sha256=letter.sha256,
        received_at=letter.received_at,
        version=letter.version,
    )


def _letter_arrived(work: Work, row: OutboxMessage) -> Composed:
    application, request = _subject(work, row)
    received = sum(r.status is RequestStatus.RECEIVED for r in application.requests)
    return _to_applicant(
        work,
        application,
        referee_name=request.referee_name,
        received_at=_letter(work, row).received_at,
        received=received,
        wanted=application.program.min_letters,
    )


def _application_submitted(work: Work, row: OutboxMessage) -> Composed:
    if row.application_id is None:
        raise _incomplete(row)
    application = finding.application(work, row.application_id)
    return _to_applicant(
        work,
        application,
        referee_names=[request.referee_name for request in application.requests],
        submitted_at=application.submitted_at,
        again=row.details.get("fact") == Fact.STATUS_LINK_SENT_AGAIN,
    )


def _sign_in(work: Work, row: OutboxMessage) -> Composed | None:
    coordinator = _coordinator(work, row)
    until = coordinator.sign_in_until
    if until is None or work.now >= until:
        return None
    return _to_coordinator(
        work,
        coordinator,
        url=sign_in_url(work, coordinator),
        minutes=int(LINK_LIFETIME.total_seconds() // 60),
    )


def _digest(work: Work, row: OutboxMessage) -> Composed | None:
    coordinator = _coordinator(work, row)
    window = digesting.Window.from_details(row.details)
    programs = digesting.program_digests(work, coordinator, window)
    if not programs:
        return None
    return _to_coordinator(
        work,
        coordinator,
        since=window.since_at,
        until=window.until_at,
        zone=coordinator.timezone,
        url=f"{work.tools.base_url}/coordinate/",
        programs=programs,
    )


_COMPOSERS: Mapping[MessageKind, Callable[[Work, OutboxMessage], Composed | None]] = {
    MessageKind.ADVANCE_NOTICE: _advance_notice,
    MessageKind.LETTER_REQUEST: _letter_request,
    MessageKind.RECEIPT: _receipt,
    MessageKind.LETTER_ARRIVED: _letter_arrived,
    MessageKind.APPLICATION_SUBMITTED: _application_submitted,
    MessageKind.SIGN_IN: _sign_in,
    MessageKind.DIGEST: _digest,
}


# --- the three readers ------------------------------------------------------------------------


def _to_referee(application: Application, request: LetterRequest, **facts: object) -> Composed:
    terms = finding.terms_of(application, request)
    return Composed(
        to=request.referee_email,
        from_name=_from_name(application),
        reply_to=application.program.contact_email,
        facts={
            **_program_facts(application),
            "due_at": terms.due_at,
            "closes_at": terms.closes_at,
            "referee_name": request.referee_name,
            "applicant_name": application.applicant_name,
            **facts,
        },
    )


def _to_applicant(work: Work, application: Application, **facts: object) -> Composed:
    url = work.tools.links.url(Purpose.STATUS, application.id, application.link_generation)
    return Composed(
        to=application.applicant_email,
        from_name=_from_name(application),
        reply_to=application.program.contact_email,
        facts={
            **_program_facts(application),
            "applicant_name": application.applicant_name,
            "url": url,
            **facts,
        },
    )


def _to_coordinator(work: Work, coordinator: Coordinator, **facts: object) -> Composed:
    """There is no single program to answer to; the sender's own address takes replies."""
    return Composed(
        to=coordinator.email,
        from_name=SERVICE_NAME,
        reply_to=work.tools.sender,
        facts={"coordinator_name": coordinator.name, **facts},
    )


def _from_name(application: Application) -> str:
    return f"{application.program.organization} via {SERVICE_NAME}"


def _program_facts(application: Application) -> dict[str, object]:
    program = application.program
    return {
        "program_title": program.title,
        "organization": program.organization,
        "contact_email": program.contact_email,
        "zone": program.timezone,
        "due_at": program.due_at,
        "closes_at": program.terms.closes_at,
        "policy": program.request_policy.value,
    }


# --- the rows a mail speaks of ----------------------------------------------------------------


def _subject(work: Work, row: OutboxMessage) -> tuple[Application, LetterRequest]:
    if row.application_id is None or row.request_id is None:
        raise _incomplete(row)
    application = finding.application(work, row.application_id)
    return application, finding.request_in(application, row.request_id)


def _letter(work: Work, row: OutboxMessage) -> Letter:
    letter = work.session.scalar(select(Letter).where(Letter.id == row.letter_id))
    if letter is None:
        raise _incomplete(row)
    return letter


def _coordinator(work: Work, row: OutboxMessage) -> Coordinator:
    found = work.session.scalar(select(Coordinator).where(Coordinator.id == row.coordinator_id))
    if found is None:
        raise _incomplete(row)
    return found


def _upload_url(work: Work, request: LetterRequest) -> str:
    return work.tools.links.url(Purpose.UPLOAD, request.id, request.link_generation)


def _incomplete(row: OutboxMessage) -> ValueError:
    return ValueError(f"outbox row {row.id} ({row.kind}) does not say what it speaks of")
