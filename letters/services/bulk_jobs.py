"""Jobs: an act on many applications is started, stopped, and looked at by who manages the program.

Which applications it is about is settled when it is started.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.orm import joinedload

from letters.domain.bulk import NEEDS_A_REASON, BulkAct, Order
from letters.domain.errors import (
    InvalidInput,
    MoreMatchNow,
    Problem,
    ProgramArchived,
    UnknownBulkJob,
)
from letters.domain.roles import Right
from letters.domain.slots import LONGEST_EXTENSION
from letters.domain.words import N_
from letters.records import (
    Application,
    BulkItem,
    BulkJob,
    Coordinator,
    ItemStatus,
    JobStatus,
    Program,
    new_id,
)
from letters.services import dashboard, extending, remarks
from letters.services.bulk_choosing import Choice, check_number
from letters.services.work import Work

ENDED = (JobStatus.DONE, JobStatus.STOPPED)
LISTED = 50
"""So many jobs of a program are listed, the newest."""


@dataclass(frozen=True)
class Form:
    """What somebody who has seen a preview starts.

    `id` was made with the preview: the same form, sent twice, starts one job. `foreseen` is how
    many applications were looked at in it.
    """

    id: UUID
    order: Order
    choice: Choice
    reason: str
    foreseen: int


def new_form_id() -> UUID:
    """Return an id for a form that can start a job."""
    return new_id()


def program_for(work: Work, coordinator: Coordinator, slug: str) -> Program:
    """Return a program to whose applications something may be done.

    Raises UnknownProgram, AccessDenied or ProgramArchived.
    """
    program = dashboard.program_run_by(work, coordinator, slug, Right.MANAGE)
    if program.archived_at is not None:
        raise ProgramArchived
    return program


def checked_day(work: Work, program: Program, act: BulkAct, typed: date | None) -> date | None:
    """Return the day that an act needs, in the program's zone. Raises InvalidInput."""
    if act is not BulkAct.EXTEND:
        return None
    if typed is not None:
        until = extending.due_on(program, typed)
        if work.now < until <= work.now + LONGEST_EXTENSION:
            return typed
    raise InvalidInput([Problem("day", N_("Choose a day that is to come, within a year."))])


def likely_day(work: Work, program: Program) -> date:
    """Return a day to begin with: a week after the due date, or after today if that is later."""
    zone = ZoneInfo(program.timezone)
    return max(program.due_at, work.now).astimezone(zone).date() + timedelta(days=7)


def start(work: Work, coordinator: Coordinator, program: Program, form: Form) -> BulkJob:
    """Start a job, or return the one that the same form started before.

    Raises InvalidInput, NothingChosen, TooManyChosen, or MoreMatchNow where more applications are
    chosen than were foreseen; UnknownBulkJob for a form of somebody else's.
    """
    # The same form, sent twice at once, waits here for itself.
    work.session.get_one(Coordinator, coordinator.id, with_for_update={"key_share": True})
    started = work.session.get(BulkJob, form.id)
    if started is not None:
        if (started.program_id, started.coordinator_id) != (program.id, coordinator.id):
            raise UnknownBulkJob
        return started
    act = form.order.act
    job = BulkJob(
        id=form.id,
        program_id=program.id,
        coordinator_id=coordinator.id,
        act=act,
        day=checked_day(work, program, act, form.order.day),
        reason=remarks.clean_reason(form.reason, needed=act in NEEDS_A_REASON),
        total=1,
        created_at=work.now,
    )
    work.session.add(job)
    work.session.flush()
    job.total = _choose(work, program, job, form.choice)
    check_number(job.total)
    if job.total > form.foreseen:
        raise MoreMatchNow
    return job


def _choose(work: Work, program: Program, job: BulkJob, choice: Choice) -> int:
    """Write down which applications it is about; return how many."""
    columns = ["job_id", "application_id", "status", "to_referees", "to_applicants"]
    chosen = select(
        literal(job.id, BulkItem.job_id.type),
        Application.id,
        literal(ItemStatus.WAITING, BulkItem.status.type),
        literal(0),
        literal(0),
    ).where(*choice.conditions(program, work.now))
    work.session.execute(insert(BulkItem).from_select(columns, chosen))
    written = select(func.count()).select_from(BulkItem).where(BulkItem.job_id == job.id)
    return work.session.scalar(written) or 0


def job_run_by(work: Work, coordinator: Coordinator, slug: str, job_id: UUID) -> BulkJob:
    """Return a job of a program that this coordinator manages.

    Raises UnknownProgram, AccessDenied or UnknownBulkJob.
    """
    program = dashboard.program_run_by(work, coordinator, slug, Right.MANAGE)
    people = [joinedload(BulkJob.coordinator), joinedload(BulkJob.program)]
    job = work.session.get(BulkJob, job_id, options=people)
    if job is None or job.program_id != program.id:
        raise UnknownBulkJob
    return job


def jobs_of(work: Work, program: Program) -> Sequence[BulkJob]:
    """Return the newest jobs of a program, newest first."""
    query = (
        select(BulkJob)
        .options(joinedload(BulkJob.coordinator))
        .where(BulkJob.program_id == program.id)
        .order_by(BulkJob.id.desc())
        .limit(LISTED)
    )
    return work.session.scalars(query).all()


def stop(work: Work, job: BulkJob) -> None:
    """Leave the applications that still wait as they are; twice is as good as once.

    One that is being done at this instant is done to its end; after this returns, none begins.
    """
    work.session.refresh(job, with_for_update=True)
    if job.status in ENDED:
        return
    job.status = JobStatus.STOPPED
    job.ended_at = work.now
    work.session.execute(
        update(BulkItem)
        .where(BulkItem.job_id == job.id, BulkItem.waits())
        .values(status=ItemStatus.STOPPED)
        .execution_options(synchronize_session=False)
    )
