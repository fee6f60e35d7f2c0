"""Telling applicants and referees that a program's due date has moved.

Who is to be told is read from the database each time, so that a worker that dies in between goes
on where it was. Each application keeps which move it was told of last, so nobody is told twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from letters.domain.journal import Fact
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.records import Application, LetterRequest, Program
from letters.services import finding
from letters.services.happening import happened
from letters.services.turns import Goes, one_by_one
from letters.services.work import Actor, Work, Works

PAGE = 200
WAITING = (ApplicationStatus.SUBMITTED, ApplicationStatus.SELECTED)


@dataclass(frozen=True)
class Told:
    """How many are told of another due date; `own_date` counts referees who have a later one."""

    applicants: int
    referees: int
    own_date: int


def who_is_told(work: Work, program: Program, due_at: datetime) -> Told:
    """Count who would be told if the program's due date moved to `due_at`."""
    concerned = _concerned(program.id).with_only_columns(Application.id)
    asked = (
        select(func.count())
        .select_from(LetterRequest)
        .where(
            LetterRequest.application_id.in_(concerned),
            LetterRequest.status == RequestStatus.REQUESTED,
        )
    )
    own = asked.where(LetterRequest.extended_due_at >= max(program.due_at, due_at))
    counted = select(func.count()).select_from(concerned.subquery())
    own_date = work.session.scalar(own) or 0
    return Told(
        applicants=work.session.scalar(counted) or 0,
        referees=(work.session.scalar(asked) or 0) - own_date,
        own_date=own_date,
    )


def tell_of_moved_dates(works: Works, actor: Actor, keep_going: Goes = lambda: True) -> int:
    """Write down, and so mail, which due dates moved; return for how many applications.

    Each application gets a transaction of its own. Between two of them `keep_going` is asked.
    """
    return one_by_one(works, actor, _untold(works, actor), _tell, keep_going)


def _tell(work: Work, application_id: UUID) -> bool:
    """Tell of one application. Under the lock it is decided afresh."""
    application = finding.application(work, application_id, lock=True)
    program = application.program
    moved_at = program.due_moved_at
    if moved_at is None or application.due_move_told_at == moved_at or not _waits(application):
        return False
    if program.archived_at is not None:
        return False
    application.due_move_told_at = moved_at
    happened(work, Fact.DUE_MOVED, application)
    for request in application.requests:
        if request.status is RequestStatus.REQUESTED and _moved(program, request):
            happened(work, Fact.REQUEST_DUE_MOVED, application, request)
    return True


def _waits(application: Application) -> bool:
    return application.status in WAITING and application.completed_at is None


def _moved(program: Program, request: LetterRequest) -> bool:
    """Say whether the last move changed when this letter is due."""
    before = max(program.due_moved_from or program.due_at, program.due_at)
    return request.extended_due_at is None or request.extended_due_at < before


def _concerned(program_id: UUID) -> Select[Application]:
    return select(Application).where(
        Application.program_id == program_id,
        Application.status.in_(WAITING),
        Application.completed_at.is_(None),
    )


def _untold(works: Works, actor: Actor) -> Iterator[UUID]:
    """Yield the applications that were not told of the last move, page after page."""
    with works.look(actor) as work:
        moved = work.session.scalars(
            select(Program).where(Program.due_moved_at.is_not(None), Program.archived_at.is_(None))
        ).all()
    for program in moved:
        last: Sequence[UUID] = [UUID(int=0)]
        while last:
            with works.look(actor) as work:
                last = work.session.scalars(_page(program, last[-1])).all()
            yield from last


def _page(program: Program, after: UUID) -> Select[UUID]:
    """Leave out what was submitted after the move: its applicant has seen the new date."""
    return (
        _concerned(program.id)
        .where(
            Application.submitted_at <= program.due_moved_at,
            or_(
                Application.due_move_told_at.is_(None),
                Application.due_move_told_at < program.due_moved_at,
            ),
            Application.id > after,
        )
        .with_only_columns(Application.id)
        .order_by(Application.id)
        .limit(PAGE)
    )
