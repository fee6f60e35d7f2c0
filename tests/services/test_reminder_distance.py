"""Two reminders of one letter lie 48 hours apart by when they go, whatever held them up."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from letters.domain.errors import NudgeTooSoon
from letters.domain.journal import MessageKind
from letters.domain.ladder import SPACING
from letters.domain.managing import RequestAct
from letters.domain.referee_line import MomentKind
from letters.services import nudging, viewing
from letters.services.reminding import plan_reminders
from tests.services import acts, letter_acts, scenes
from tests.services.failing import BUSY
from tests.services.scenes import NOOR, Postbox, breaches, deliver_to, mail_all, outbox, request_of
from tests.support.clock import TestClock
from tests.support.people import REFEREES, SYSTEM, Story

ADA = REFEREES[0].email
RUNG = datetime.fromisoformat("2027-03-18T09:00:00+01:00")
"""When the service reminds by itself, fourteen days before it is due."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EIGHT = RUNG - HOUR


@pytest.fixture
def asked(story: Story) -> UUID:
    found = scenes.requested(story)
    mail_all(story.house)
    return found


def to_ada(story: Story, clock: TestClock, at: datetime, faults: int = 0) -> int:
    """Plan and deliver at an instant; return how many reminders of Mira's letter Ada gets."""
    clock.set(at)
    plan_reminders(story.house.works, SYSTEM)
    box = Postbox([BUSY] * faults)
    deliver_to(story.house, box)
    return sum(mail.to == ADA and "Mira" in mail.text for mail in box.messages)


def next_by_page(story: Story, asked: UUID) -> datetime:
    """Return from when on one more is possible, as the page says before the button is pressed."""
    with story.house.works.look(scenes.APPLICANT) as work:
        request = request_of(story, asked)
        return nudging.page(work, story.status_token(asked), request.id).next_at


def last_moment(story: Story, asked: UUID) -> tuple[MomentKind, datetime]:
    with story.house.works.look(scenes.APPLICANT) as work:
        view = viewing.status_page(work, story.status_token(asked)).view
        moment = view.referees[0].moments[-1]
        return moment.kind, moment.at


def test_a_nudge_at_night_counts_from_the_morning(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    clock.set(EIGHT - 7 * DAY - 10 * HOUR)
    goes_at = EIGHT - 7 * DAY
    assert next_by_page(story, asked) == goes_at + SPACING
    acts.nudge(story, asked)
    assert request_of(story, asked).reminded_at == goes_at
    assert last_moment(story, asked) == (MomentKind.REMINDER_TO_COME, goes_at)
    assert to_ada(story, clock, goes_at) == 1
    assert last_moment(story, asked) == (MomentKind.REMINDED, goes_at)
    for early in (10 * HOUR, timedelta(minutes=1)):
        clock.set(goes_at + SPACING - early)
        with pytest.raises(NudgeTooSoon):
            acts.nudge(story, asked)
    clock.set(goes_at + SPACING)
    acts.nudge(story, asked)


def test_a_nudge_after_the_mail_of_the_day_counts_from_the_next_and_holds_up_the_rung(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    noors = scenes.requested(story, NOOR)
    clock.set(EIGHT - 2 * DAY)
    acts.nudge(story, noors)
    mail_all(story.house)
    goes_at = RUNG - DAY
    assert next_by_page(story, asked) == goes_at + SPACING
    acts.nudge(story, asked)
    assert request_of(story, asked).reminded_at == goes_at
    assert to_ada(story, clock, goes_at) == 1
    counts = []
    for each in (RUNG, goes_at + SPACING - HOUR, goes_at + SPACING):
        to_ada(story, clock, each)
        counts.append(request_of(story, asked).reminders)
    assert counts == [1, 1, 2], "on the day of the rung a mail about Noor lists it, and no more"
    assert breaches(story.house) == []


@pytest.mark.parametrize("by_coordinator", [False, True])
def test_a_reminder_that_an_outage_held_up_counts_from_when_it_went(
    story: Story, clock: TestClock, asked: UUID, by_coordinator: bool
) -> None:
    clock.set(EIGHT - 2 * DAY)
    if by_coordinator:
        letter_acts.manage(story, asked, 1, RequestAct.REMIND)
    else:
        acts.nudge(story, asked)
    deliver_to(story.house, Postbox([BUSY]))
    went_at = RUNG - 2 * DAY + 6 * HOUR
    at = (went_at, RUNG, went_at + SPACING - HOUR, went_at + SPACING)
    assert [to_ada(story, clock, each) for each in at] == [1, 0, 0, 1]
    assert request_of(story, asked).reminded_at == went_at + SPACING
    assert breaches(story.house) == []


def test_a_rung_that_the_night_held_up_counts_from_the_morning(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    clock.set(RUNG + 10 * HOUR)
    plan_reminders(story.house.works, SYSTEM)
    clock.advance(2 * HOUR)
    mail_all(story.house)
    went_at = EIGHT + DAY
    assert to_ada(story, clock, went_at) == 1
    clock.set(went_at + SPACING - HOUR)
    with pytest.raises(NudgeTooSoon):
        acts.nudge(story, asked)
    clock.advance(HOUR)
    assert next_by_page(story, asked) == went_at + 2 * SPACING


def test_what_is_not_awaited_any_more_promises_no_reminder(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    clock.set(EIGHT - 10 * HOUR)
    acts.nudge(story, asked)
    scenes.send_letter(story, asked)
    assert last_moment(story, asked)[0] is MomentKind.RECEIVED
    clock.set(EIGHT)
    mail_all(story.house)
    assert len(outbox(story.house, MessageKind.REMINDER)) == 1
    assert request_of(story, asked).reminders == 1
