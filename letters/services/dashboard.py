"""What a coordinator may see: their programs, one application, and who may do what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, case, func, literal, select
from sqlalchemy.sql import ColumnElement

from letters.domain.errors import (
    AccessDenied,
    LetterOutOfReach,
    LetterQuarantined,
    ProgramArchived,
    StoreUnavailable,
    UnknownApplication,
    UnknownLetter,
)
from letters.domain.journal import Fact
from letters.domain.policy import requested_on_submission
from letters.domain.roles import Right, Role, may
from letters.domain.status import ApplicationStatus
from letters.records import (
    Application,
    Coordinator,
    Letter,
    LetterRequest,
    Program,
    program_coordinators,
)
from letters.services import finding
from letters.services.happening import happened
from letters.services.receiving import decrypted
from letters.services.viewing import current_letter
from letters.services.work import Work


@dataclass(frozen=True)
class Season:
    """One program in numbers: applications submitted, complete, and waiting for selection."""

    program: Program
    drafts: int
    submitted: int
    complete: int
    waiting: int


def seasons(work: Work, coordinator: Coordinator, *, archived: bool = False) -> list[Season]:
    """Return the programs a coordinator works on, soonest due first, each in numbers.

    Either those in the archive or the others. An administrator sees all of them.
    """
    shown = Program.archived_at.is_not(None) if archived else Program.archived_at.is_(None)
    query = select(Program).where(shown).order_by(Program.due_at, Program.id)
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
    if not has_right(work, coordinator, program_id, right):
        raise AccessDenied


def has_right(work: Work, coordinator: Coordinator, program_id: UUID, right: Right) -> bool:
    """Say whether this coordinator may do what needs `right`."""
    role = role_on(work, coordinator, program_id)
    return may(role, right, administrator=coordinator.is_administrator)


def request_run_by(
    work: Work, coordinator: Coordinator, request_id: UUID, right: Right = Right.MANAGE
) -> tuple[Application, LetterRequest]:
    """Return a request of a program on which this coordinator has a right, locked for a change.

    Raises UnknownRequest or AccessDenied.
    """
    application = finding.application_of_request(work, request_id, lock=True)
    check_right(work, coordinator, application.program_id, right)
    return application, finding.request_in(application, request_id)


def application_managed_by(
    work: Work,
    coordinator: Coordinator,
    application_id: UUID,
    right: Right = Right.MANAGE,
    *,
    lock: bool = True,
) -> Application:
    """Return an application that may be changed, locked for it; one in the archive may not.

    Raises UnknownApplication, AccessDenied or ProgramArchived.
    """
    application = application_run_by(work, coordinator, application_id, right, lock=lock)
    if application.program.archived_at is not None:
        raise ProgramArchived
    return application


def request_managed_by(
    work: Work, coordinator: Coordinator, request_id: UUID, *, lock: bool = True
) -> tuple[Application, LetterRequest]:
    """Return a request that may be changed, and its application, locked for it.

    Raises UnknownRequest, AccessDenied or ProgramArchived.
    """
    application = finding.application_of_request(work, request_id, lock=lock)
    check_right(work, coordinator, application.program_id, Right.MANAGE)
    if application.program.archived_at is not None:
        raise ProgramArchived
    return application, finding.request_in(application, request_id)


@dataclass(frozen=True)
class OpenedLetter:
    """A letter in clear, for somebody who may read it."""

    letter: Letter
    content: bytes


def open_letter(work: Work, coordinator: Coordinator, request_id: UUID) -> OpenedLetter:
    """Decrypt the current letter of a request; the look is written down.

    Raises UnknownRequest, AccessDenied, or what read_letter raises.
    """
    application, request = request_run_by(work, coordinator, request_id, Right.READ_LETTERS)
    return read_letter(work, application, request)


def read_letter(work: Work, application: Application, request: LetterRequest) -> OpenedLetter:
    """Decrypt the current letter for who may read it, and write that down.

    The caller holds the lock. Raises UnknownLetter, LetterQuarantined, LetterPurged,
    LetterUnreadable or LetterOutOfReach.
    """
    letter = opened(work, letter_of(work, request))
    happened(work, Fact.LETTER_READ, application, request, letter.letter)
    return letter


def readable_letter(work: Work, coordinator: Coordinator, request_id: UUID) -> Letter:
    """Return the current letter of a request, for somebody who may read it; nothing is written.

    Raises UnknownRequest, AccessDenied or UnknownLetter.
    """
    application = finding.application_of_request(work, request_id)
    check_right(work, coordinator, application.program_id, Right.READ_LETTERS)
    return letter_of(work, finding.request_in(application, request_id))


def opened(work: Work, letter: Letter) -> OpenedLetter:
    """Decrypt a letter; the caller has written the look down.

    Raises LetterQuarantined, LetterPurged, LetterUnreadable or LetterOutOfReach.
    """
    if letter.is_held_back and letter.purged_at is None:
        raise LetterQuarantined
    try:
        return OpenedLetter(letter, decrypted(work, letter))
    except StoreUnavailable as error:
        raise LetterOutOfReach from error


def letter_of(work: Work, request: LetterRequest) -> Letter:
    """Return the letter that counts. Raises UnknownLetter."""
    letter = current_letter(work, request)
    if letter is None:
        raise UnknownLetter
    return letter
