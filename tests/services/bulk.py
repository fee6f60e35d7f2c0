"""Applications in every state for acts on many, and what such an act sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from letters.domain.bulk import BulkAct, Order
from letters.domain.journal import MessageKind
from letters.domain.schedule import NUDGE_SPACING
from letters.services import bulk_acts, finding
from letters.services.bulk_acts import Preview
from tests.services import acts, letter_acts, scenes
from tests.services.scenes import Postbox, deliver_to, outbox
from tests.support.clock import TestClock
from tests.support.people import Story

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
    deliver_to(story.house, Postbox())
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
    deliver_to(story.house, Postbox())
    counts = [
        sum(row.sent_to is not None for row in outbox(story.house, kind)) if kind else 0
        for kind in (TO_REFEREES[act], TO_APPLICANTS.get(act))
    ]
    return counts[0], counts[1]
