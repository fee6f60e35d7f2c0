"""When an address is corrected, everything that is still owed goes to the new one."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from letters.domain.errors import AddressRefused
from letters.domain.journal import MessageKind
from letters.domain.managing import RequestAct
from letters.domain.schedule import NUDGE_SPACING
from letters.ports import Message
from letters.records import OutboxStatus
from letters.services import changing, finding
from letters.services.returning import Effect
from tests.services import acts, letter_acts, scenes
from tests.services.returns import asked, come_back, sent_to, settings
from tests.services.scenes import COORDINATOR, Postbox
from tests.support.bounces import ADA
from tests.support.clock import TestClock
from tests.support.people import A_DAY, Story

NEW = "ada@new.example.edu"
NOBODY = AddressRefused(reason="550 5.1.1 no such mailbox")

__all__ = ["asked", "settings"]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Correct = Callable[[Story, UUID, str], None]


def by_coordinator(story: Story, application_id: UUID, email: str) -> None:
    """Let a coordinator correct the address of the first referee."""
    with story.house.works.change(COORDINATOR) as work:
        application = finding.application(work, application_id, lock=True)
        changing.correct(work, application, application.requests[0], email, sure_of=email)


def lose(story: Story, *, at_once: bool) -> None:
    """Let all that is due to Ada be lost: refused at once, or taken and brought back."""
    if not at_once:
        scenes.mail_all(story.house)
        assert come_back(story, sent_to(story)) is Effect.UNREACHABLE
        return

    def refuse(message: Message) -> None:
        if message.to == ADA:
            raise NOBODY

    scenes.deliver_to(story.house, Postbox(while_sending=refuse))


def delivered_to(story: Story, address: str) -> list[MessageKind]:
    """Deliver all that is due; return what has gone to an address so far, oldest first."""
    scenes.mail_all(story.house)
    return [row.kind for row in scenes.outbox(story.house) if row.sent_to == address]


@pytest.mark.parametrize("correct", [acts.correct_for, by_coordinator])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_request_that_was_lost_goes_to_the_new_address(
    story: Story, correct: Correct, at_once: bool
) -> None:
    application_id = scenes.requested(story)
    lose(story, at_once=at_once)
    assert scenes.request_of(story, application_id).bounced_at is not None
    correct(story, application_id, NEW)
    assert scenes.request_of(story, application_id).bounced_at is None
    assert delivered_to(story, NEW) == [MessageKind.LETTER_REQUEST]
    assert scenes.breaches(story.house) == []


@pytest.mark.parametrize("correct", [acts.correct_for, by_coordinator, acts.correct_address])
def test_a_notice_that_was_lost_goes_to_the_new_address(story: Story, correct: Correct) -> None:
    application_id = story.apply()
    scenes.give_notices(story, application_id)
    lose(story, at_once=False)
    correct(story, application_id, NEW)
    assert delivered_to(story, NEW) == [MessageKind.ADVANCE_NOTICE]
    assert scenes.breaches(story.house) == []


def test_what_waits_goes_to_the_new_address(story: Story, clock: TestClock, asked: UUID) -> None:
    clock.advance(NUDGE_SPACING + timedelta(hours=6))
    acts.nudge(story, asked)
    acts.correct_for(story, asked, NEW)
    assert delivered_to(story, NEW) == [MessageKind.LETTER_REQUEST]
    assert delivered_to(story, ADA) == [MessageKind.LETTER_REQUEST]
    waiting = [row for row in scenes.outbox(story.house) if row.status is OutboxStatus.QUEUED]
    assert waiting == []


def test_what_waits_for_others_at_the_former_address_goes_there(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    other = scenes.requested(story, scenes.NOOR)
    scenes.mail_all(story.house)
    clock.advance(NUDGE_SPACING + timedelta(hours=6))
    acts.nudge(story, asked)
    acts.nudge(story, other)
    acts.correct_for(story, asked, NEW)
    box = Postbox()
    scenes.deliver_to(story.house, box)
    reminders = [mail for mail in box.messages if "reminder" in mail.subject]
    assert [mail.to for mail in reminders] == [ADA]
    assert "Noor Haddad" in reminders[0].text
    assert "Mira Lindqvist" not in reminders[0].text
    assert [mail.to for mail in box.messages if mail not in reminders] == [NEW]


def test_a_reminder_that_was_lost_is_said_by_the_request(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    clock.advance(NUDGE_SPACING + timedelta(hours=6))
    acts.nudge(story, asked)
    lose(story, at_once=True)
    acts.correct_for(story, asked, NEW)
    assert delivered_to(story, NEW) == [MessageKind.LETTER_REQUEST]


@pytest.mark.parametrize("at_once", [True, False])
def test_what_the_request_does_not_say_is_said_at_the_new_address_too(
    story: Story, clock: TestClock, asked: UUID, at_once: bool
) -> None:
    scenes.send_letter(story, asked)
    scenes.mail_all(story.house)
    clock.advance(A_DAY)
    letter_acts.manage(story, asked, 1, RequestAct.RETURN, "Another candidate.")
    lose(story, at_once=at_once)
    acts.ask_for_more_time(story, asked)
    acts.refuse_more_time(story, asked)
    lose(story, at_once=True)
    acts.correct_for(story, asked, NEW)
    assert sorted(delivered_to(story, NEW)) == [
        MessageKind.LETTER_REQUEST,
        MessageKind.LETTER_RETURNED,
        MessageKind.MORE_TIME_ANSWERED,
    ]
    assert scenes.breaches(story.house) == []


def test_what_arrived_is_not_said_again(story: Story, asked: UUID) -> None:
    scenes.send_letter(story, asked)
    letter_acts.manage(story, asked, 1, RequestAct.RETURN, "Another candidate.")
    scenes.mail_all(story.house)
    acts.correct_for(story, asked, NEW)
    assert delivered_to(story, NEW) == [MessageKind.LETTER_REQUEST]
