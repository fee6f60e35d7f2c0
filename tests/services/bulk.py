"""Applications in every state for acts on many, and what such an act sends."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from letters.domain.bulk import BulkAct, Order
from letters.domain.journal import MessageKind
from letters.domain.lists import Filters
from letters.domain.schedule import NUDGE_SPACING
from letters.records import BulkItem, BulkJob, Coordinator
from letters.services import bulk_acts, bulk_jobs, bulk_results, bulk_running, finding
from letters.services.bulk_acts import Preview
from letters.services.bulk_choosing import Choice
from letters.services.bulk_jobs import Form
from letters.services.bulk_results import Result
from tests.services import acts, letter_acts, scenes
from tests.services.scenes import mail_all, outbox
from tests.support.clock import TestClock
from tests.support.people import SYSTEM, Story

DAY = date(2027, 4, 15)
"""Two weeks after the due date, in Zurich."""

ORDERS = {
    act: Order(act, DAY if act is BulkAct.EXTEND else None)  # what an act needs, and no more
    for act in BulkAct
}
TO_REFEREES = {
    BulkAct.REQUEST: MessageKind.LETTER_REQUEST,
    BulkAct.REMIND: MessageKind.REMINDER,
    BulkAct.EXTEND: MessageKind.MORE_TIME_ANSWERED,
    BulkAct.RELEASE: MessageKind.REQUEST_RELEASED,
    BulkAct.WITHDRAW: MessageKind.REQUEST_CANCELLED,
}
TO_APPLICANTS = {
    BulkAct.REQUEST: MessageKind.REQUESTS_SENT,
    BulkAct.WITHDRAW: MessageKind.WITHDRAWN,
}


@dataclass(frozen=True)
class Mixed:
    """One application in each state that an act can meet."""

    draft: UUID
    waiting: UUID
    asked: UUID
    enough: UUID
    """As many letters in as are asked for, and one awaited."""
    gone: UUID

    @property
    def all(self) -> Sequence[UUID]:
        """All of them, oldest first."""
        return [self.draft, self.waiting, self.asked, self.enough, self.gone]


def mixed(story: Story, clock: TestClock) -> Mixed:
    """Take in one application of each state, long enough ago that reminders may go out."""
    found = Mixed(
        draft=story.apply(submit=False),
        waiting=story.apply(scenes.NOOR),
        asked=scenes.requested(story),
        enough=letter_acts.enough(story),
        gone=story.apply(),
    )
    acts.withdraw(story, found.gone)
    mail_all(story.house)
    clock.advance(NUDGE_SPACING)
    return found


def preview(story: Story, order: Order, ids: Sequence[UUID]) -> Preview:
    """Foresee an act on applications."""
    with story.house.works.look(scenes.COORDINATOR) as work:
        return bulk_acts.preview(work, order, [finding.application(work, one) for one in ids])


def do(story: Story, order: Order, application_id: UUID) -> None:
    """Do an act to one application."""
    with story.house.works.change(scenes.COORDINATOR) as work:
        bulk_acts.do(work, order, finding.application(work, application_id, lock=True))


def mails_of(story: Story, act: BulkAct) -> tuple[int, int]:
    """Deliver everything; return how many mails of an act reached referees, and applicants."""
    mail_all(story.house)
    counts = [
        sum(row.sent_to is not None for row in outbox(story.house, kind)) if kind else 0
        for kind in (TO_REFEREES[act], TO_APPLICANTS.get(act))
    ]
    return counts[0], counts[1]


# --- jobs -------------------------------------------------------------------------------------

EVERYTHING = Choice(Filters())


def chosen(*ids: UUID) -> Choice:
    """Choose applications by hand."""
    return Choice(Filters(), frozenset(ids))


def start(
    story: Story,
    coordinator_id: UUID,
    order: Order,
    choice: Choice = EVERYTHING,
    *,
    reason: str = "Because.",
    foreseen: int = 1000,
    form_id: UUID | None = None,
) -> UUID:
    """Let a coordinator start a job; return its id."""
    form = Form(form_id or bulk_jobs.new_form_id(), order, choice, reason, foreseen)
    with story.house.works.change(scenes.COORDINATOR) as work:
        coordinator = work.session.get_one(Coordinator, coordinator_id)
        program = bulk_jobs.program_for(work, coordinator, story.slug)
        return bulk_jobs.start(work, coordinator, program, form).id


def run(story: Story, job_id: UUID, keep_going: Callable[[], bool] = lambda: True) -> int:
    """Let a worker do what waits of a job; return how many applications it looked at."""
    return bulk_running.run(story.house.works, SYSTEM, job_id, keep_going)


def after(count: int) -> Callable[[], bool]:
    """Say no after being asked so often."""
    answers: Iterator[bool] = iter([True] * count)
    return lambda: next(answers, False)


def stop(story: Story, job_id: UUID) -> None:
    """Let a coordinator stop a job."""
    with story.house.works.change(scenes.COORDINATOR) as work:
        bulk_jobs.stop(work, work.session.get_one(BulkJob, job_id))


def result_of(story: Story, job_id: UUID) -> Result:
    """Return what became of a job so far."""
    with story.house.works.look(SYSTEM) as work:
        return bulk_results.result(work, work.session.get_one(BulkJob, job_id))


def outcomes(story: Story, job_id: UUID) -> list[str]:
    """Return what became of each application, oldest first."""
    query = select(BulkItem).where(BulkItem.job_id == job_id).order_by(BulkItem.application_id)
    with story.house.works.look(SYSTEM) as work:
        return [item.status.value for item in work.session.scalars(query)]


def job_ids(story: Story) -> Sequence[UUID]:
    """Return all jobs, oldest first."""
    with story.house.works.look(SYSTEM) as work:
        return work.session.scalars(select(BulkJob.id).order_by(BulkJob.id)).all()
