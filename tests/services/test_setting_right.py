"""A clock that ran ahead and was set right: nothing waits for the time it showed to come again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from letters.domain.journal import MessageKind
from letters.domain.pacing import Rates
from letters.records import LetterRequest, MailTurn, OutboxStatus
from letters.services.claiming import claim_next
from letters.services.mail_turns import take_turns
from letters.services.reminding import NEVER, plan_reminders
from letters.services.setting_right import set_right
from tests.services import scenes
from tests.services.digests import plan, reached
from tests.services.failing import BUSY
from tests.services.scenes import Postbox, deliver_to, mail_all, nothing_changed
from tests.support.clock import TestClock
from tests.support.people import A_DAY, START, SYSTEM, Story

YEAR = timedelta(days=365)
AN_HOUR = timedelta(hours=1)


def right(story: Story) -> int:
    with story.house.works.change(SYSTEM) as work:
        return set_right(work)


def begun(story: Story) -> None:
    """Let enough happen by a clock that is right to tell that it is."""
    for _ in range(3):
        scenes.requested(story)
    mail_all(story.house)


def test_a_mail_that_was_put_off_or_taken_on_goes_now(story: Story, clock: TestClock) -> None:
    begun(story)
    scenes.apply_many(story, 2)
    clock.advance(YEAR)
    with story.house.works.change(SYSTEM) as work:
        assert claim_next(work) is not None
    deliver_to(story.house, Postbox([BUSY]))
    clock.set(START + A_DAY)
    assert mail_all(story.house) == 0

    assert right(story) == 2
    assert mail_all(story.house) == 2
    assert set(scenes.mail_statuses(story.house)) <= {OutboxStatus.SENT, OutboxStatus.CANCELLED}
    assert scenes.breaches(story.house) == []


def test_a_turn_is_free_again(story: Story, clock: TestClock) -> None:
    begun(story)
    clock.advance(YEAR)
    rates = Rates(overall=1)
    with story.house.works.change(SYSTEM) as work:
        assert take_turns(work, "example.org", rates)
    clock.set(START)
    assert right(story) == 1
    with story.house.works.change(SYSTEM) as work:
        assert work.session.scalars(select(MailTurn)).all() == []
        assert take_turns(work, "example.org", rates)


def test_news_are_not_held_back_by_what_was_sent_in_another_year(
    story: Story, clock: TestClock
) -> None:
    asked = scenes.requested(story)
    clock.advance(YEAR)
    mail_all(story.house)
    assert scenes.mail(story.house, MessageKind.REQUESTS_SENT).status is OutboxStatus.SENT
    clock.set(START + AN_HOUR)
    scenes.decline(story, asked)
    mail_all(story.house)
    assert scenes.mail(story.house, MessageKind.REFEREE_DECLINED).status is OutboxStatus.SENT


def test_reminders_and_digests_go_on(story: Story, clock: TestClock) -> None:
    cora = story.add_coordinator()
    begun(story)
    clock.set(START + A_DAY)
    plan(story)
    mail_all(story.house)
    _, told_at = reached(story, cora)
    clock.advance(YEAR)
    plan(story)
    plan_reminders(story.house.works, SYSTEM)
    mail_all(story.house)
    assert reached(story, cora)[1] > START + YEAR
    clock.set(START + A_DAY + AN_HOUR)

    assert right(story) > 0
    assert reached(story, cora)[1] == told_at, "the last digest by a clock that was right"
    plan_reminders(story.house.works, SYSTEM)
    with story.house.works.look(SYSTEM) as work:
        next_at = work.session.scalars(select(LetterRequest.remind_next_at)).all()
    assert all(at is not None and at < NEVER for at in next_at)
    assert right(story) == 0


@pytest.mark.parametrize("by", [timedelta(), -AN_HOUR, -YEAR])
def test_a_clock_that_is_right_or_behind_changes_nothing(
    story: Story, clock: TestClock, by: timedelta
) -> None:
    story.add_coordinator()
    begun(story)
    clock.advance(50 * A_DAY)
    plan(story)
    plan_reminders(story.house.works, SYSTEM)
    deliver_to(story.house, Postbox([BUSY] * 2))
    clock.advance(by)
    with nothing_changed(story.house):
        assert right(story) == 0


def test_an_empty_house_has_nothing_to_be_set_right(story: Story) -> None:
    assert right(story) == 0
