"""Applicants with letters missing are told when a week or a day is left, and how it ended."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from letters.domain.journal import Fact, MessageKind
from letters.domain.telling import BETWEEN_NEWS, TOLD_WITHIN, TimeLeft
from letters.services import counting_down
from letters.services.counting_down import tell_of_time_left
from tests.services import acts, news, scenes
from tests.services.scenes import BLINK, CLOSES, Postbox
from tests.support.clock import TestClock
from tests.support.people import A_DAY, DUE, FELLOWSHIP, SYSTEM, Story, tell
from tests.support.statements import counted

WEEK = timedelta(days=7)
STAGES = (DUE - WEEK, DUE - A_DAY, CLOSES + BLINK)
OF_TIME = (Fact.WEEK_LEFT, Fact.DAY_LEFT, Fact.CLOSED_INCOMPLETE)


def told(story: Story) -> int:
    """Let the worker look once."""
    return tell_of_time_left(story.house.works, SYSTEM)


def told_at(story: Story, clock: TestClock, *moments: datetime) -> list[int]:
    """Let the worker look at each of these moments."""
    counts = []
    for moment in moments:
        clock.set(moment)
        counts.append(told(story))
    return counts


def facts_of_time(story: Story, application_id: UUID) -> list[Fact]:
    return [fact for fact in scenes.facts(story, application_id) if fact in OF_TIME]


def test_each_stage_is_told_once(story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story)
    twice = [moment for moment in STAGES for _ in range(2)]
    assert told(story) == 0
    assert told_at(story, clock, *twice) == [1, 0, 1, 0, 1, 0]
    assert facts_of_time(story, application_id) == list(OF_TIME)
    found = story.application(application_id)
    assert (found.told, found.told_due_at) == (TimeLeft.CLOSED, DUE)


def test_the_mails_say_what_is_missing(story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id, 2)
    scenes.mail_all(story.house)
    clock.advance(BETWEEN_NEWS)
    scenes.mail_all(story.house)
    box = Postbox()
    for moment in STAGES:
        told_at(story, clock, moment)
        scenes.deliver_to(story.house, box)
    assert [message.subject.partition(":")[0] for message in box.messages] == [
        "One week left",
        "One day left",
        "Closed with letters missing",
    ]
    for message in box.messages:
        assert (message.to, "- Prof. Ada Ferreira\n" in message.text) == ("mira@example.com", True)
        assert "Bram" not in message.text
    assert scenes.breaches(story.house) == []


def test_only_applications_with_letters_asked_for_and_missing_are_told(
    story: Story, clock: TestClock
) -> None:
    story.apply(submit=False)
    story.apply()
    news.complete(story)
    acts.withdraw(story, scenes.requested(story))
    assert told_at(story, clock, *STAGES) == [0, 0, 0]


def test_what_was_missed_is_passed_over(story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story)
    assert told_at(story, clock, DUE - A_DAY, DUE, CLOSES + TOLD_WITHIN + BLINK) == [1, 0, 0]
    assert facts_of_time(story, application_id) == [Fact.DAY_LEFT]


def test_a_date_that_moves_begins_anew(story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story)
    told_at(story, clock, DUE - WEEK, DUE - A_DAY)
    news.move_due_date(story, DUE + WEEK)
    assert told_at(story, clock, DUE - A_DAY, DUE, DUE + BLINK) == [0, 1, 0]
    assert facts_of_time(story, application_id) == [Fact.WEEK_LEFT, Fact.DAY_LEFT, Fact.WEEK_LEFT]


def test_the_end_is_told_when_the_last_extended_letter_can_no_longer_come(
    story: Story, clock: TestClock
) -> None:
    application_id = scenes.requested(story)
    later = DUE + 60 * A_DAY
    acts.extend(story, application_id, later)
    ends = CLOSES + 60 * A_DAY
    assert told_at(story, clock, CLOSES + BLINK, ends, ends + BLINK) == [0, 0, 1]
    assert story.application(application_id).told_due_at == later


@pytest.mark.parametrize("act", ["letter", "decline", "withdraw"])
def test_what_is_not_true_any_more_is_not_sent(story: Story, clock: TestClock, act: str) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id, 2)
    told_at(story, clock, DUE - WEEK)
    assert len([one for one in news.of_kind(story, MessageKind.TIME_LEFT) if one]) == 1
    acted: dict[str, Callable[[], object]] = {
        "letter": partial(scenes.send_letter, story, application_id),
        "decline": partial(scenes.decline, story, application_id),
        "withdraw": partial(acts.withdraw, story, application_id),
    }
    acted[act]()
    assert news.of_kind(story, MessageKind.TIME_LEFT) == [None]


def test_a_week_left_is_not_said_on_the_last_day(story: Story, clock: TestClock) -> None:
    scenes.requested(story)
    told_at(story, clock, DUE - WEEK, DUE - A_DAY)
    week, day = news.of_kind(story, MessageKind.TIME_LEFT)
    assert week is None
    assert day is not None
    assert day.facts["left"] == "day"


def test_two_workers_tell_once(story: Story, clock: TestClock) -> None:
    scenes.requested(story)
    clock.set(DUE - A_DAY)
    counts = scenes.at_once(*[partial(told, story)] * 2)
    assert sorted(map(str, counts)) == ["0", "1"]
    assert scenes.breaches(story.house) == []


def test_page_after_page_and_it_can_be_stopped_in_between(
    story: Story, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting_down, "PAGE", 2)
    for _ in range(5):
        scenes.requested(story)
    clock.set(DUE - A_DAY)
    answers = iter([True, True, False])
    assert tell_of_time_left(story.house.works, SYSTEM, lambda: next(answers)) == 2
    assert [told(story), told(story)] == [3, 0]


def test_each_application_takes_as_many_statements_however_many_there_are(
    story: Story, clock: TestClock
) -> None:
    far = tell(story.house, replace(FELLOWSHIP, due_at=DUE + 90 * A_DAY))
    scenes.apply_many(far, 6, scenes.NOOR)
    taken = []
    for count in (1, 4):
        clock.set(DUE - 10 * A_DAY)
        for _ in range(count):
            scenes.requested(story)
        clock.set(DUE - A_DAY)
        with counted(story.house.database.engine) as statements:
            assert told(story) == count
        with counted(story.house.database.engine) as idle:
            assert told(story) == 0
        taken.append((len(statements) - len(idle)) / count)
    assert taken[0] == taken[1]
