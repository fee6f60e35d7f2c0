"""What a coordinator sees, read with a constant number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, case, false, func, literal, or_, select
from sqlalchemy.orm import selectinload
from sqlalchemy.sql import ColumnElement

from letters.domain.errors import (
    AccessDenied,
    LetterOutOfReach,
    LetterQuarantined,
    Problem,
    StoreUnavailable,
    UnknownApplication,
    UnknownLetter,
)
from letters.domain.journal import Fact
from letters.domain.policy import requested_on_submission
from letters.domain.progress import Progress
from letters.domain.roles import Right, Role, may
from letters.domain.status import ApplicationStatus
from letters.domain.text import LONGEST_LINE, clean_line
from letters.records import (
    Application,
    Coordinator,
    JournalEntry,
    Letter,
    LetterRequest,
    OutboxMessage,
    Program,
    program_coordinators,
)
from letters.services import finding
from letters.services.happening import happened
from letters.services.receiving import decrypted
from letters.services.viewing import current_letter, progress_of
from letters.services.work import Work

PAGE_SIZE = 50


@dataclass(frozen=True)
class Season:
    """One program in numbers: applications submitted, complete, and waiting for selection."""

    program: Program
    drafts: int
    submitted: int
    complete: int
    waiting: int


def seasons(work: Work, coordinator: Coordinator) -> list[Season]:
    """Return the programs a coordinator works on, soonest due first, each in numbers.

    An administrator sees all of them.
    """
    query = select(Program).order_by(Program.due_at, Program.id)
    if not coordinator.is_administrator:
        query = query.join(program_coordinators).where(
            program_coordinators.c.coordinator_id == coordinator.id
        )
    programs = work.session.scalars(query).all()
    counts = season_counts(work, [program.id for program in programs])
    return [season_of(program, counts) for program in programs]


def season_of(program: Program, counts: Mapping[UUID, Sequence[int]]) -> Season:
    """Put a program and its counts together."""
    drafts, submitted, complete, waiting = counts.get(program.id, (0, 0, 0, 0))
    if requested_on_submission(program.terms):
        waiting = 0
    return Season(program, drafts, submitted, complete, waiting)


def season_counts(work: Work, program_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[int]]:
    """Return drafts, submitted, complete and not yet selected, for each program, in one go."""
    active = Application.status.in_([ApplicationStatus.SUBMITTED, ApplicationStatus.SELECTED])
    rows = work.session.execute(
        select(
            Application.program_id,
            _count(Application.status == ApplicationStatus.DRAFT),
            _count(active),
            _count(and_(active, Application.completed_at.is_not(None))),
            _count(Application.status == ApplicationStatus.SUBMITTED),
        )
        .where(Application.program_id.in_(program_ids), Application.unproved.is_(False))
        .group_by(Application.program_id)
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, literal(1)), else_=literal(0))), 0)


@dataclass(frozen=True)
class Row:
    """One line of the list of applications."""

    application: Application
    progress: Progress


@dataclass(frozen=True)
class Page:
    """A page of applications, and where the next one begins (None on the last)."""

    season: Season
    rows: Sequence[Row]
    next_after: UUID | None


def applications_page(
    work: Work,
    coordinator: Coordinator,
    slug: str,
    *,
    search: str = "",
    status: ApplicationStatus | None = None,
    after: UUID | None = None,
) -> Page:
    """Return a page of a program's applications, newest first.

    `search` looks for a part of a name, an address or an external id, also of referees.
    Raises UnknownProgram or AccessDenied.
    """
    program = program_run_by(work, coordinator, slug)
    query = (
        select(Application)
        .where(Application.program_id == program.id, Application.unproved.is_(False))
        .options(selectinload(Application.requests))
        .order_by(Application.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if status is not None:
        query = query.where(Application.status == status)
    if after is not None:
        query = query.where(Application.id < after)
    if search:
        query = query.where(_matches(search))
    found = work.session.scalars(query).all()
    shown = found[:PAGE_SIZE]
    return Page(
        season=season_of(program, season_counts(work, [program.id])),
        rows=[Row(application, progress_of(work, application)) for application in shown],
        next_after=shown[-1].id if len(found) > PAGE_SIZE else None,
    )


def _matches(search: str) -> ColumnElement[bool]:
    """What no name can hold is found nowhere; the rest is put into the form that names have."""
    problems: list[Problem] = []
    search = clean_line("search", search, problems, LONGEST_LINE)
    if problems:
        return false()
    referees = select(LetterRequest.application_id).where(
        or_(
            LetterRequest.referee_name.icontains(search, autoescape=True),
            LetterRequest.referee_email.icontains(search, autoescape=True),
        )
    )
    return or_(
        Application.applicant_name.icontains(search, autoescape=True),
        Application.applicant_email.icontains(search, autoescape=True),
        Application.external_id.icontains(search, autoescape=True),
        Application.id.in_(referees),
    )


def program_run_by(
    work: Work, coordinator: Coordinator, slug: str, right: Right = Right.SEE
) -> Program:
    """Return a program on which this coordinator has a right.

    Raises UnknownProgram or AccessDenied.
    """
    program = finding.program_by_slug(work, slug)
    check_right(work, coordinator, program.id, right)
    return program


def application_run_by(
    work: Work,
    coordinator: Coordinator,
    application_id: UUID,
    right: Right = Right.SEE,
    *,
    lock: bool = False,
) -> Application:
    """Return an application of a program on which this coordinator has a right.

    Raises UnknownApplication or AccessDenied.
    """
    application = finding.application(work, application_id, lock=lock)
    check_right(work, coordinator, application.program_id, right)
    if application.unproved:
        raise UnknownApplication
    return application


def role_on(work: Work, coordinator: Coordinator, program_id: UUID) -> Role | None:
    """Return how somebody works on a program; None if they do not."""
    return work.session.scalar(
        select(program_coordinators.c.role).where(
            program_coordinators.c.program_id == program_id,
            program_coordinators.c.coordinator_id == coordinator.id,
        )
    )


def check_right(work: Work, coordinator: Coordinator, program_id: UUID, right: Right) -> None:
    """Raises AccessDenied where this coordinator may not do what needs `right`."""
    role = role_on(work, coordinator, program_id)
    if not may(role, right, administrator=coordinator.is_administrator):
        raise AccessDenied


@dataclass(frozen=True)
class ApplicationPage:
    """All that a coordinator sees of one application; `letters` by request id."""

    application: Application
    progress: Progress
    letters: Mapping[UUID, Letter]
    entries: Sequence[JournalEntry]
    mails: Sequence[OutboxMessage]


def application_page(work: Work, coordinator: Coordinator, application_id: UUID) -> ApplicationPage:
    """Return the application page. Raises UnknownApplication or AccessDenied."""
    application = application_run_by(work, coordinator, application_id)
    letters = work.session.scalars(
        select(Letter)
        .join(LetterRequest, LetterRequest.id == Letter.request_id)
        .where(
            LetterRequest.application_id == application.id,
            Letter.version == LetterRequest.current_version,
        )
    )
    entries = select(JournalEntry).where(JournalEntry.application_id == application.id)
    mails = select(OutboxMessage).where(OutboxMessage.application_id == application.id)
    return ApplicationPage(
        application=application,
        progress=progress_of(work, application),
        letters={letter.request_id: letter for letter in letters},
        entries=work.session.scalars(entries.order_by(JournalEntry.position)).all(),
        mails=work.session.scalars(mails.order_by(OutboxMessage.created_at)).all(),
    )


def request_run_by(
    work: Work, coordinator: Coordinator, request_id: UUID, right: Right = Right.MANAGE
) -> tuple[Application, LetterRequest]:
    """Return a request of a program on which this coordinator has a right, locked for a change.

    Raises UnknownRequest or AccessDenied.
    """
    application = finding.application_of_request(work, request_id, lock=True)
    check_right(work, coordinator, application.program_id, right)
    return application, finding.request_in(application, request_id)


@dataclass(frozen=True)
class OpenedLetter:
    """A letter in clear, for somebody who may read it."""

    letter: Letter
    content: bytes


def open_letter(work: Work, coordinator: Coordinator, request_id: UUID) -> OpenedLetter:
    """Decrypt the current letter of a request; the look is written down.

    Raises UnknownRequest, AccessDenied, UnknownLetter, LetterQuarantined, LetterPurged,
    LetterUnreadable or LetterOutOfReach.
    """
    application, request = request_run_by(work, coordinator, request_id, Right.READ_LETTERS)
    letter = current_letter(work, request)
    if letter is None:
        raise UnknownLetter
    if letter.is_held_back and letter.purged_at is None:
        raise LetterQuarantined
    try:
        content = decrypted(work, letter)
    except StoreUnavailable as error:
        raise LetterOutOfReach from error
    happened(work, Fact.LETTER_READ, application, request, letter)
    return OpenedLetter(letter, content)
