"""Doing what was asked for many applications: each in a transaction of its own.

What became of an application is written in the transaction that does it, and its row is locked
meanwhile. So several workers share a job and none does anything twice; when one dies, its
application waits again, and whoever goes on begins there.
"""

from collections.abc import Callable
from uuid import UUID

import structlog
from sqlalchemy import exists, select, update

from letters.domain.bulk import Estimate, Refusal
from letters.domain.errors import AccessDenied, ActFailed, LettersError
from letters.domain.journal import ActorKind
from letters.records import Application, BulkItem, BulkJob, Coordinator, ItemStatus, JobStatus
from letters.records.database import AWAY
from letters.services import bulk_acts, dashboard, remarks
from letters.services.work import Actor, Work, Works

AT_ONCE = 50
"""So many are done while somebody waits for the answer; the worker does the others."""

OPEN = (JobStatus.QUEUED, JobStatus.RUNNING)

log = structlog.get_logger("letters.bulk_running")


def run_all(works: Works, actor: Actor, keep_going: Callable[[], bool] = lambda: True) -> int:
    """Do whatever waits of all jobs, the oldest first; return how many applications it was."""
    with works.look(actor) as work:
        query = select(BulkJob.id).where(BulkJob.status.in_(OPEN)).order_by(BulkJob.id)
        open_still = work.session.scalars(query).all()
    return sum(run(works, actor, job_id, keep_going) for job_id in open_still)


def run(
    works: Works, actor: Actor, job_id: UUID, keep_going: Callable[[], bool] = lambda: True
) -> int:
    """Do what waits of one job; return how many applications were looked at.

    Between two of them `keep_going` is asked. The job's coordinator acts, whoever calls this.
    Raises what the database raises when it is away; the job goes on later then.
    """
    with works.change(actor) as work:
        job = work.session.get_one(BulkJob, job_id)
        _begin(work, job)
    doer = Actor(ActorKind.COORDINATOR, "web", job.coordinator_id)
    looked_at = 0
    while keep_going() and _do_next(works, doer, job):
        looked_at += 1
    with works.change(actor) as work:
        _end(work, job)
    return looked_at


def _begin(work: Work, job: BulkJob) -> None:
    work.session.execute(
        update(BulkJob)
        .where(BulkJob.id == job.id, BulkJob.status == JobStatus.QUEUED)
        .values(status=JobStatus.RUNNING)
        .execution_options(synchronize_session=False)
    )


def _end(work: Work, job: BulkJob) -> None:
    """Another worker may still be at the last one; who finishes it ends the job."""
    waiting = exists().where(BulkItem.job_id == BulkJob.id, BulkItem.waits())
    work.session.execute(
        update(BulkJob)
        .where(BulkJob.id == job.id, BulkJob.status.in_(OPEN), ~waiting)
        .values(status=JobStatus.DONE, ended_at=work.now)
        .execution_options(synchronize_session=False)
    )


def _do_next(works: Works, doer: Actor, job: BulkJob) -> bool:
    """Do one application; False when none waits that nobody else is at."""
    taken: UUID | None = None
    try:
        with works.change(doer) as work:
            taken = _next(work, job)
            if taken is not None:
                _do(work, job, taken)
    except AWAY:
        raise
    except Exception:
        if taken is None:
            raise
        # One application that cannot be done must not stop the others.
        log.exception("bulk.failed", job=str(job.id), application=str(taken))
        with works.change(doer) as work:
            _refuse(work, job, taken, ActFailed())
    return taken is not None


def _next(work: Work, job: BulkJob) -> UUID | None:
    """Return the next application that waits, its item locked; those others are at are left out."""
    return work.session.scalar(
        select(BulkItem.application_id)
        .where(BulkItem.job_id == job.id, BulkItem.waits())
        .order_by(BulkItem.application_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _do(work: Work, job: BulkJob, application_id: UUID) -> None:
    try:
        application = _managed(work, job, application_id)
        mails = bulk_acts.foresee(work, job.order, application)
    except LettersError as error:
        _refuse(work, job, application_id, error)
        return
    remarks.because(work, application, job.reason)
    bulk_acts.do(work, job.order, application)
    _settle(work, job, application_id, ItemStatus.DONE, mails=mails)


def _managed(work: Work, job: BulkJob, application_id: UUID) -> Application:
    """Whoever asked for it may have lost the right meanwhile."""
    coordinator = job.coordinator_id and work.session.get(Coordinator, job.coordinator_id)
    if not coordinator:
        raise AccessDenied
    return dashboard.application_managed_by(work, coordinator, application_id)


def _refuse(work: Work, job: BulkJob, application_id: UUID, error: LettersError) -> None:
    _settle(work, job, application_id, ItemStatus.REFUSED, refusal=Refusal.of(error))


def _settle(
    work: Work,
    job: BulkJob,
    application_id: UUID,
    status: ItemStatus,
    *,
    mails: Estimate | None = None,
    refusal: Refusal | None = None,
) -> None:
    work.session.execute(
        update(BulkItem)
        .where(
            BulkItem.job_id == job.id,
            BulkItem.application_id == application_id,
            BulkItem.waits(),
        )
        .values(
            status=status,
            problem=refusal.sentence if refusal else None,
            problem_values=refusal.values_as_text if refusal else None,
            to_referees=mails.to_referees if mails else 0,
            to_applicants=mails.to_applicants if mails else 0,
        )
        .execution_options(synchronize_session=False)
    )
