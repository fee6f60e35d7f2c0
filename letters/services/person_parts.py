"""Where a person comes in, and what cannot be erased of it yet; nothing is changed here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import or_, select

from letters.domain.erasing import Remains, application_goes_on, request_remains
from letters.records import (
    Application,
    Coordinator,
    Letter,
    LetterRequest,
    OutboxMessage,
    OutboxStatus,
    program_coordinators,
)
from letters.services import finding, holding, withdrawing
from letters.services.persons import Person
from letters.services.work import Work


@dataclass(frozen=True)
class Part:
    """One place where the person comes in; `remains` says why it cannot go yet.

    `row_id` is that of the application, the request or the coordinator. `letters` counts versions.
    """

    what: str
    row_id: UUID
    program: str
    letters: int = 0
    remains: Remains | None = None


@dataclass
class Outcome:
    """What was erased and what remains; of how many letters the file could not be removed."""

    erased: list[Part] = field(default_factory=list)
    remaining: list[Part] = field(default_factory=list)
    files_left: int = 0


def foresee(work: Work, person: Person) -> Outcome:
    """Say what erasing would do now, and change nothing."""
    outcome = Outcome()
    for part in parts_of(work, person):
        (outcome.erased if part.remains is None else outcome.remaining).append(part)
    return outcome


def parts_of(work: Work, person: Person) -> list[Part]:
    """Return every place where somebody comes in."""
    found = [application_part(work, finding.application(work, x)) for x in person.applications]
    for request_id in person.requests:
        application = finding.application_of_request(work, request_id)
        found.append(request_part(work, application, finding.request_in(application, request_id)))
    found += [draft_part(work, finding.application(work, x)) for x in person.drafts]
    if person.coordinator is not None:
        found.append(coordinator_part(work, person.coordinator))
    return found


def application_part(work: Work, application: Application) -> Part:
    """Say what of an application goes with its applicant, or why it remains."""
    ids = [request.id for request in application.requests]
    return Part(
        "application",
        application.id,
        application.program.slug,
        len(letters_of(work, ids)),
        _why_application_remains(work, application),
    )


def _why_application_remains(work: Work, application: Application) -> Remains | None:
    if holding.holds_on(work, application):
        return Remains.HELD
    terms = [finding.terms_of(application, request) for request in application.requests]
    last = max(terms, key=lambda one: one.closes_at, default=application.program.terms)
    heard_of = withdrawing.has_been_heard_of(application)
    if application_goes_on(last, application.status, work.now, heard_of=heard_of):
        return Remains.RUNNING
    return Remains.MAIL_UNDER_WAY if _mail_is_under_way(work, application, None) else None


def request_part(work: Work, application: Application, request: LetterRequest) -> Part:
    """Say what goes with one referee of an application, or why it remains."""
    return Part(
        "request",
        request.id,
        application.program.slug,
        len(letters_of(work, [request.id])),
        _why_request_remains(work, application, request),
    )


def _why_request_remains(
    work: Work, application: Application, request: LetterRequest
) -> Remains | None:
    if holding.holds_on(work, application):
        return Remains.HELD
    remains = request_remains(
        finding.terms_of(application, request),
        application.status,
        request.status,
        work.now,
        replaced=request.replaced_at is not None,
    )
    if remains is not None:
        return remains
    return Remains.MAIL_UNDER_WAY if _mail_is_under_way(work, application, request) else None


def draft_part(work: Work, application: Application) -> Part:
    """Say whether a referee goes from what somebody is typing."""
    remains = Remains.HELD if holding.holds_on(work, application) else None
    terms, status = application.program.terms, application.status
    if remains is None and application_goes_on(terms, status, work.now, heard_of=True):
        remains = Remains.RUNNING
    return Part("draft", application.id, application.program.slug, 0, remains)


def coordinator_part(work: Work, coordinator_id: UUID) -> Part:
    """Say whether a coordinator goes."""
    return Part(
        "coordinator", coordinator_id, "", 0, _why_coordinator_remains(work, coordinator_id)
    )


def _why_coordinator_remains(work: Work, coordinator_id: UUID) -> Remains | None:
    coordinator = work.session.get_one(Coordinator, coordinator_id)
    works_on = select(program_coordinators.c.program_id).where(
        program_coordinators.c.coordinator_id == coordinator_id
    )
    works_here = coordinator.is_administrator or work.session.scalar(works_on.limit(1)) is not None
    return Remains.WORKS_HERE if works_here else None


def _mail_is_under_way(work: Work, application: Application, request: LetterRequest | None) -> bool:
    query = select(OutboxMessage.id).where(
        OutboxMessage.application_id == application.id,
        OutboxMessage.status.in_([OutboxStatus.QUEUED, OutboxStatus.SENDING]),
    )
    if request is not None:
        query = query.where(
            or_(OutboxMessage.request_id == request.id, OutboxMessage.request_id.is_(None))
        )
    return work.session.scalar(query.limit(1)) is not None


def letters_of(work: Work, request_ids: Sequence[UUID]) -> Sequence[Letter]:
    """Return every version of the letters of some requests."""
    query = select(Letter).where(Letter.request_id.in_(request_ids))
    return work.session.scalars(query.order_by(Letter.request_id, Letter.version)).all()
