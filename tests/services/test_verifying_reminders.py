"""A mail that speaks of several letters is owed by what happened to each, and by nothing else."""

from uuid import UUID

import pytest
from sqlalchemy import delete

from letters.domain.journal import Fact, MessageKind
from letters.domain.schedule import NUDGE_SPACING
from letters.records import OutboxMessage
from letters.services.happening import post
from letters.services.verifying import Breach
from tests.services import acts, scenes
from tests.support.clock import TestClock
from tests.support.people import SYSTEM, Story


@pytest.fixture
def nudged(story: Story, clock: TestClock) -> UUID:
    """An application of which a referee was reminded."""
    application_id = scenes.requested(story)
    clock.advance(NUDGE_SPACING)
    acts.nudge(story, application_id)
    assert scenes.breaches(story.house) == []
    return application_id


def test_a_reminder_that_was_promised_and_is_not_there(story: Story, nudged: UUID) -> None:
    with story.house.works.change(SYSTEM) as work:
        reminders = OutboxMessage.kind == MessageKind.REMINDER
        work.session.execute(delete(OutboxMessage).where(reminders))
    (entry,) = (x for x in scenes.journal(story.house, nudged) if x.fact is Fact.REFEREE_NUDGED)
    owed = Breach("mails owed", f"nothing queued for journal {entry.seq}")
    assert scenes.breaches(story.house) == [owed]


def test_a_reminder_that_nothing_promised(story: Story, nudged: UUID) -> None:
    with story.house.works.change(SYSTEM) as work:
        row = post(work, MessageKind.REMINDER, "reminder:nobody", application_id=nudged)
    uncalled = Breach("mails owed", f"queued without cause: {row.id}")
    assert scenes.breaches(story.house) == [uncalled]
