"""One reminder a day for each address, whoever it is about, until nothing is awaited any more."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from letters.domain.errors import NudgeNotPossible, ReminderNotPossible
from letters.domain.journal import Fact, MessageKind
from letters.domain.ladder import SPACING
from letters.domain.managing import RequestAct
from letters.records import OutboxStatus
from letters.services import choosing_reminders
from letters.services.applying import NewApplication
from letters.services.reminding import Planned, plan_reminders
from tests.services import acts, letter_acts, scenes
from tests.services.scenes import NOOR, Postbox, breaches, deliver_to, mail_all, outbox, request_of
from tests.support.clock import TestClock
from tests.support.people import DUE, FELLOWSHIP, MIRA, REFEREE, REFEREES, SYSTEM, Story, tell
from tests.support.statements import counted

ADA, BRAM = REFEREES[0], REFEREES[1]
FIRST = datetime.fromisoformat("2027-03-18T09:00:00+01:00")
"""Fourteen days before the due date, at nine in Zurich."""
DAY = timedelta(days=1)


def plan(story: Story) -> Planned:
    return plan_reminders(story.house.works, SYSTEM)


def remind(story: Story) -> list[str]:
    """Plan and deliver; return the mails, as to whom and about how many others."""
    plan(story)
    box = Postbox()
    deliver_to(story.house, box)
    return sorted(f"{mail.to} {mail.text.count('/letter/')}" for mail in box.messages)


@pytest.fixture
def asked(story: Story) -> UUID:
    found = scenes.requested(story)
    mail_all(story.house)
    return found


def test_each_referee_is_reminded_at_each_rung(story: Story, clock: TestClock, asked: UUID) -> None:
    counts = []
    for days in (0, 7, 12, 14, 16):
        clock.set(FIRST + days * DAY + timedelta(hours=1))
        counts.append(len(remind(story)))
        assert remind(story) == []
    assert counts == [2, 2, 2, 2, 2]
    assert request_of(story, asked).reminders == 5
    assert breaches(story.house) == []


def test_nine_students_make_one_mail_with_all_that_is_open(story: Story, clock: TestClock) -> None:
    for number in range(9):
        one = replace(MIRA, applicant_email=f"s{number}@example.com", referees=(ADA, BRAM))
        scenes.requested(story, one)
    other = tell(story.house, replace(FELLOWSHIP, min_letters=1))
    with_due = NewApplication("Sam Ode", "sam@example.com", (ADA,), waived=True)
    other.apply(with_due)
    mail_all(story.house)
    clock.set(FIRST)
    assert remind(story) == [f"{ADA.email} 11", f"{BRAM.email} 10"]
    assert len(outbox(story.house, MessageKind.REMINDER)) == 2
    assert breaches(story.house) == []


def test_the_number_of_statements_stays_where_more_is_asked_of_one(story: Story) -> None:
    counts = []
    for number in (1, 4):
        for student in range(number):
            one = replace(MIRA, applicant_email=f"s{number}.{student}@example.com", referees=(ADA,))
            scenes.requested(story, replace(one, referees=(ADA, BRAM)))
        plan(story)
        with counted(story.house.database.engine) as statements:
            plan(story)
        counts.append(len(statements))
    assert counts == [2, 2]


def test_it_stops_once_the_letter_is_in(story: Story, clock: TestClock, asked: UUID) -> None:
    clock.set(FIRST)
    scenes.send_letter(story, asked)
    mail_all(story.house)
    assert remind(story) == [f"{BRAM.email} 2"]


def test_a_reminder_is_dropped_when_the_letter_comes_before_it(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    clock.set(FIRST)
    plan(story)
    scenes.send_letter(story, asked)
    scenes.decline(story, asked, 2)
    box = Postbox()
    deliver_to(story.house, box)
    assert [m for m in box.messages if "kind reminder" in m.subject] == []
    rows = outbox(story.house, MessageKind.REMINDER)
    assert {row.status for row in rows} == {OutboxStatus.CANCELLED}


@pytest.mark.usefixtures("asked")
def test_a_reminder_planned_before_an_outage_yields_to_the_newest(
    story: Story, clock: TestClock
) -> None:
    clock.set(FIRST)
    plan(story)
    clock.set(FIRST + 7 * DAY)
    assert remind(story) == [f"{ADA.email} 2", f"{BRAM.email} 2"]
    assert breaches(story.house) == []


def test_after_an_outage_one_is_sent_and_the_others_are_said_to_be_skipped(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    clock.set(FIRST + 8 * DAY)
    assert len(remind(story)) == 2
    skipped = [e for e in scenes.journal(story.house, asked) if e.fact is Fact.REMINDER_SKIPPED]
    assert [entry.details["why"] for entry in skipped] == ["missed", "missed"]


@pytest.mark.usefixtures("asked")
def test_at_night_nothing_is_planned_and_nothing_delivered(story: Story, clock: TestClock) -> None:
    clock.set(FIRST + timedelta(hours=13))
    assert plan(story).reminded == 0
    clock.set(FIRST)
    plan(story)
    clock.set(FIRST + timedelta(hours=13))
    assert mail_all(story.house) == 2
    assert {row.status for row in outbox(story.house, MessageKind.REMINDER)} == {
        OutboxStatus.QUEUED
    }
    clock.set(FIRST + timedelta(hours=23))
    box = Postbox()
    deliver_to(story.house, box)
    assert len(box.messages) == 2


def test_a_nudge_on_the_day_of_a_reminder_waits_for_the_next_morning(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    noors = scenes.requested(story, NOOR)
    clock.set(FIRST - 7 * DAY)
    mail_all(story.house)
    acts.nudge(story, asked)
    acts.nudge(story, noors, 1)
    box = Postbox()
    deliver_to(story.house, box)
    assert [mail.to for mail in box.messages] == [ADA.email]
    clock.advance(SPACING)
    acts.nudge(story, asked)
    mail_all(story.house)
    acts.nudge(story, noors, 1)
    assert mail_all(story.house) == 0
    clock.advance(DAY)
    assert mail_all(story.house) == 1
    assert breaches(story.house) == []


def test_an_address_that_bounced_is_not_reminded(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    scenes.change_request(story, asked, bounced_at=clock.now())
    clock.set(FIRST)
    assert remind(story) == [f"{BRAM.email} 2"]


@pytest.mark.usefixtures("asked")
def test_a_date_that_moves_moves_the_ladder(story: Story, clock: TestClock) -> None:
    plan(story)
    acts.move_due(story, DUE + 30 * DAY)
    mail_all(story.house)
    clock.set(FIRST)
    assert remind(story) == []
    clock.set(FIRST + 30 * DAY)
    assert len(remind(story)) == 2


def test_more_time_begins_a_ladder_of_its_own(story: Story, clock: TestClock, asked: UUID) -> None:
    clock.set(FIRST - DAY)
    acts.extend(story, asked, DUE + 30 * DAY)
    mail_all(story.house)
    clock.set(FIRST)
    assert remind(story) == [f"{BRAM.email} 2"]


def test_who_was_just_given_more_time_is_not_reminded_in_the_same_hour(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    clock.set(FIRST + 9 * DAY + timedelta(hours=1))
    acts.extend(story, asked, DUE + 2 * DAY)
    mail_all(story.house)
    assert remind(story) == [f"{BRAM.email} 2"]


def test_who_takes_a_decline_back_is_not_reminded_of_the_time_before(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    scenes.decline(story, asked)
    clock.set(FIRST + 8 * DAY)
    scenes.take_back(story, asked)
    mail_all(story.house)
    assert remind(story) == [f"{BRAM.email} 2"]


def test_who_wants_none_gets_none_and_who_wants_one_gets_it(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    with story.house.works.change(REFEREE) as work:
        choosing_reminders.remind_no_more(work, story.upload_token(asked))
        day = (FIRST - 3 * DAY).date().isoformat()
        choosing_reminders.remind_on(work, story.upload_token(asked, 2), day, "Asia/Tokyo")
    clock.set(FIRST - 3 * DAY - timedelta(hours=8))
    assert remind(story) == [f"{BRAM.email} 2"]
    assert request_of(story, asked, 2).referee_zone == "Asia/Tokyo"
    clock.set(datetime.fromisoformat("2027-03-19T09:00:00+09:00"))
    assert remind(story) == [f"{BRAM.email} 2"]


def test_who_chose_a_day_is_reminded_by_nobody_before_it(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    clock.set(FIRST - 10 * DAY - timedelta(hours=12))
    acts.nudge(story, asked)
    choose_a_day(story, asked, FIRST - 3 * DAY)
    clock.set(FIRST - 10 * DAY)
    assert remind(story) == []
    clock.set(FIRST - 5 * DAY)
    with pytest.raises(NudgeNotPossible):
        acts.nudge(story, asked)
    with pytest.raises(ReminderNotPossible):
        letter_acts.manage(story, asked, 1, RequestAct.REMIND)
    clock.set(FIRST - 3 * DAY)
    assert remind(story) == [f"{ADA.email} 2"]
    clock.advance(SPACING)
    acts.nudge(story, asked)


def choose_a_day(story: Story, application_id: UUID, at: datetime) -> None:
    """Let the first referee be reminded on a day."""
    with story.house.works.change(REFEREE) as work:
        token = story.upload_token(application_id)
        choosing_reminders.remind_on(work, token, at.date().isoformat(), "")


def test_two_workers_plan_each_reminder_once(story: Story, clock: TestClock, asked: UUID) -> None:
    clock.set(FIRST)
    scenes.at_once(lambda: plan(story), lambda: plan(story))
    assert len(outbox(story.house, MessageKind.REMINDER)) == 2
    assert request_of(story, asked).reminders == 1
