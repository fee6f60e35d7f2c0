"""An address is reminded once a day, also where the mail of a day goes out on a later one."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from letters.domain.journal import MessageKind
from letters.records import OutboxStatus
from letters.services.reminding import plan_reminders
from tests.services import acts, scenes
from tests.services.failing import BUSY
from tests.services.scenes import NOOR, Postbox, breaches, deliver_to, mail_all, outbox, request_of
from tests.support.clock import TestClock
from tests.support.people import REFEREES, SYSTEM, Story

ADA = REFEREES[0].email
NINE = datetime.fromisoformat("2027-03-18T09:00:00+01:00")
"""When the service reminds of what Noor is to have, fourteen days before it is due."""
HOUR = timedelta(hours=1)


@pytest.fixture
def asked(story: Story) -> UUID:
    """Let one ask, who will nudge."""
    return scenes.requested(story)


@pytest.fixture
def noors(story: Story) -> UUID:
    """Let another ask the same referees."""
    found = scenes.requested(story, NOOR)
    mail_all(story.house)
    return found


def reminders_at(story: Story, clock: TestClock, at: datetime) -> int:
    """Plan and deliver at an instant; return how many reminders Ada gets."""
    clock.set(at)
    plan_reminders(story.house.works, SYSTEM)
    box = Postbox()
    deliver_to(story.house, box)
    return [mail.to for mail in box.messages].count(ADA)


def test_a_nudge_at_night_is_in_the_mail_of_the_next_day(
    story: Story, clock: TestClock, asked: UUID, noors: UUID
) -> None:
    clock.set(NINE - 12 * HOUR)
    acts.nudge(story, asked)
    assert [reminders_at(story, clock, at) for at in (NINE - HOUR, NINE)] == [1, 0]
    assert request_of(story, noors).reminders == 1
    assert breaches(story.house) == []


def test_yesterdays_mail_that_goes_out_today_is_todays(
    story: Story, clock: TestClock, asked: UUID, noors: UUID
) -> None:
    clock.set(NINE - 23 * HOUR)
    acts.nudge(story, asked)
    assert [reminders_at(story, clock, at) for at in (NINE - HOUR, NINE)] == [1, 0]
    assert request_of(story, noors).reminders == 1
    assert breaches(story.house) == []


def test_yesterdays_mail_is_dropped_once_todays_is_out(
    story: Story, clock: TestClock, asked: UUID, noors: UUID
) -> None:
    clock.set(NINE - 18 * HOUR)
    acts.nudge(story, asked)
    (row,) = outbox(story.house, MessageKind.REMINDER)
    while row.not_before <= NINE:
        clock.set(max(row.not_before, clock.now()))
        deliver_to(story.house, Postbox([BUSY]))
        (row,) = outbox(story.house, MessageKind.REMINDER)
    assert [reminders_at(story, clock, at) for at in (NINE, row.not_before)] == [1, 0]
    fates = {one.id: one.status for one in outbox(story.house, MessageKind.REMINDER)}
    assert fates[row.id] is OutboxStatus.CANCELLED
    assert request_of(story, noors).reminders == 1
    assert breaches(story.house) == []
