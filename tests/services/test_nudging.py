"""The applicant nudges a referee: one reminder, at a distance, within the budget."""

import pytest

from letters.domain.errors import NudgeNotPossible, NudgeTooSoon, RemindersUsedUp
from letters.domain.journal import MessageKind
from letters.domain.schedule import NUDGE_SPACING
from letters.domain.slots import Slot
from letters.records import OutboxStatus
from letters.services import nudging
from tests.services import acts, scenes
from tests.services.scenes import (
    Postbox,
    breaches,
    deliver_to,
    mail_all,
    nothing_changed,
    outbox,
    request_of,
)
from tests.support.clock import TestClock
from tests.support.people import REFEREES, Story

ADA = REFEREES[0]


def test_a_nudge_mails_one_reminder_with_the_upload_link(story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story)
    mail_all(story.house)
    clock.advance(NUDGE_SPACING)
    acts.nudge(story, application_id)
    box = Postbox()
    deliver_to(story.house, box)
    [mail] = box.messages
    assert (mail.to, "Mira Lindqvist reminds you kindly" in mail.text) == (ADA.email, True)
    assert story.upload_token(application_id) in mail.text
    request = request_of(story, application_id)
    assert (request.reminders, request.reminded_at, request.nudged_at) == (
        1,
        clock.now(),
        clock.now(),
    )
    assert breaches(story.house) == []


def test_nudges_have_their_distance_and_their_budget(story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story)
    with nothing_changed(story.house), pytest.raises(NudgeTooSoon):
        acts.nudge(story, application_id)
    for _ in range(5):
        clock.advance(NUDGE_SPACING)
        acts.nudge(story, application_id)
        with nothing_changed(story.house), pytest.raises((NudgeTooSoon, RemindersUsedUp)):
            acts.nudge(story, application_id)
    clock.advance(NUDGE_SPACING)
    with nothing_changed(story.house), pytest.raises(RemindersUsedUp):
        acts.nudge(story, application_id)
    acts.nudge(story, application_id, 2)
    assert len(outbox(story.house, MessageKind.REMINDER)) == 6


def test_two_nudges_at_once_are_one(story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story)
    clock.advance(NUDGE_SPACING)
    token, request_id = story.status_token(application_id), request_of(story, application_id).id

    def press() -> None:
        with story.house.works.change(scenes.APPLICANT) as work:
            nudging.nudge(work, token, request_id)

    outcomes = scenes.at_once(press, press)
    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "NudgeTooSoon"]
    assert len(outbox(story.house, MessageKind.REMINDER)) == 1


@pytest.mark.parametrize("slot", [slot for slot in Slot if slot is not Slot.OPEN])
def test_only_who_is_awaited_is_reminded(story: Story, clock: TestClock, slot: Slot) -> None:
    application_id = scenes.reach(story, clock, slot)
    clock.advance(NUDGE_SPACING)
    with nothing_changed(story.house), pytest.raises(NudgeNotPossible):
        acts.nudge(story, application_id)


def test_a_reminder_is_dropped_once_the_letter_is_not_awaited(
    story: Story, clock: TestClock
) -> None:
    application_id = scenes.requested(story)
    clock.advance(NUDGE_SPACING)
    acts.nudge(story, application_id)
    scenes.send_letter(story, application_id)
    mail_all(story.house)
    [row] = outbox(story.house, MessageKind.REMINDER)
    assert row.status is OutboxStatus.CANCELLED
