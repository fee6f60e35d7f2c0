"""Mails are taken on together and sent one after the other: nobody else's, and nothing outdated."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from letters.ports import Message, TimeIsUp
from letters.records import OutboxStatus
from letters.services.claiming import LEASE
from letters.services.delivering import FRESH, MOST_AT_ONCE
from letters.services.reminding import plan_reminders
from tests.services import acts, scenes
from tests.services.failing import REFUSED
from tests.services.scenes import Postbox, outbox, postman_with
from tests.support.clock import TestClock
from tests.support.people import MIRA, SYSTEM, Story
from tests.support.statements import counted

A_RUNG = datetime.fromisoformat("2027-03-18T09:00:00+01:00")
"""Fourteen days before the due date, at nine in Zurich."""


def test_those_that_are_due_are_claimed_and_read_in_few_statements(story: Story) -> None:
    scenes.apply_many(story, MOST_AT_ONCE)
    box = Postbox()
    postman = postman_with(story.house, box)
    with counted(story.house.database.engine) as statements:
        assert postman.deliver_some() == MOST_AT_ONCE
    to_record_each = 2 * MOST_AT_ONCE
    assert len(statements) <= to_record_each + 6
    assert {row.status for row in outbox(story.house)} == {OutboxStatus.SENT}
    assert [message.message_id for message in box.messages] == [
        row.message_id for row in outbox(story.house)
    ]


def test_reminders_are_looked_at_together_before_they_go(story: Story, clock: TestClock) -> None:
    for number in range(3):
        referees = tuple(replace(one, email=f"{number}-{one.email}") for one in MIRA.referees)
        scenes.requested(story, replace(MIRA, referees=referees))
    scenes.mail_all(story.house)
    clock.set(A_RUNG)
    assert plan_reminders(story.house.works, SYSTEM).reminded == 6
    with counted(story.house.database.engine) as statements:
        assert postman_with(story.house, Postbox()).deliver_some() == 6
    to_write_and_record_each = 7
    assert len(statements) <= 6 * to_write_and_record_each + 8


def test_one_that_is_refused_or_cannot_be_written_is_nothing_to_the_others(story: Story) -> None:
    scenes.apply_many(story, 3)
    assert postman_with(story.house, Postbox([None, REFUSED])).deliver_some() == 3
    assert scenes.mail_statuses(story.house) == ["sent", "dead", "sent"]


def test_what_waited_for_too_long_is_given_back_and_written_anew(
    story: Story, clock: TestClock
) -> None:
    asked = scenes.requested(story)

    def slow(_: Message) -> None:
        if not box.messages:
            acts.correct_for(story, asked, "ada@example.com")
            clock.advance(FRESH)

    box = Postbox(while_sending=slow)
    assert postman_with(story.house, box).deliver_some() == 1
    waiting = outbox(story.house)[1:]
    assert {(row.status, row.attempts, row.lease_until) for row in waiting} == {
        (OutboxStatus.QUEUED, 0, None)
    }
    scenes.deliver_to(story.house, box)
    to = {message.to for message in box.messages}
    assert "ada@example.com" in to
    assert "ada.ferreira@example.edu" not in to
    assert scenes.breaches(story.house) == []


def test_a_worker_that_was_overtaken_sends_nothing_of_the_rest(
    story: Story, clock: TestClock
) -> None:
    scenes.apply_many(story, 3)
    other = Postbox()

    def overtake(_: Message) -> None:
        clock.advance(LEASE)
        scenes.deliver_to(story.house, other)

    box = Postbox(while_sending=overtake)
    assert postman_with(story.house, box).deliver_some() == 1
    assert (len(box.messages), len(other.messages)) == (1, 3)
    assert {(row.status, row.claim) for row in outbox(story.house)} == {("sent", 2)}
    assert scenes.breaches(story.house) == []


@pytest.mark.parametrize("raised", [TimeIsUp(), KeyboardInterrupt()])
def test_out_of_time_all_that_was_not_begun_is_given_back(
    story: Story, raised: BaseException
) -> None:
    scenes.apply_many(story, 4)
    with pytest.raises(type(raised)):
        postman_with(story.house, Postbox([None, raised])).deliver_some()
    given_back = "queued" if isinstance(raised, TimeIsUp) else "sending"
    statuses = scenes.mail_statuses(story.house)
    assert statuses == ["sent", "sending", given_back, given_back]


def test_a_lease_that_ran_out_is_taken_over_with_others(story: Story, clock: TestClock) -> None:
    scenes.apply_many(story, 3)
    with pytest.raises(KeyboardInterrupt):
        postman_with(story.house, Postbox([None, KeyboardInterrupt()])).deliver_some()
    clock.advance(LEASE + timedelta(seconds=1))
    box = Postbox()
    assert scenes.deliver_to(story.house, box) == 2
    assert {row.status for row in outbox(story.house)} == {OutboxStatus.SENT}
    assert len({message.message_id for message in box.messages}) == 2
