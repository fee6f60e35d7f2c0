"""No more mails go out a minute than the operator said, and nobody waits for another's turn."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from letters.domain.backoff import GIVE_UP_AFTER
from letters.domain.pacing import Rates
from letters.house import House
from letters.records import MailTurn, OutboxMessage, OutboxStatus
from letters.services.delivering import Postman
from letters.services.mail_queue import late_since
from letters.services.mail_turns import forget_turns
from letters.services.working import Duty, Stop, work_until_stopped
from tests.services import scenes
from tests.services.failing import BUSY
from tests.services.scenes import BLINK, NOOR, Postbox, outbox, postman_with
from tests.support.clock import TestClock
from tests.support.people import A_DAY, START, SYSTEM, Story

MINUTE = timedelta(minutes=1)
TWO_A_MINUTE = Rates(overall=2)
TO_EACH_DOMAIN_ONE = Rates(each_domain=1)


def paced(house: House, box: Postbox, rates: Rates) -> Postman:
    return replace(postman_with(house, box), rates=rates)


def queued(house: House) -> list[OutboxMessage]:
    return [row for row in outbox(house) if row.status is OutboxStatus.QUEUED]


def test_mails_go_out_evenly_and_waiting_is_no_attempt(story: Story, clock: TestClock) -> None:
    scenes.apply_many(story, 4)
    box = Postbox()
    postman = paced(story.house, box, TWO_A_MINUTE)
    assert postman.deliver_all_due() == 1
    assert {(row.attempts, row.claim, row.not_before) for row in queued(story.house)} == {
        (0, 0, START)
    }
    assert postman.next_turn_at() == START + MINUTE / 2
    clock.advance(MINUTE / 2 - BLINK)
    assert postman.deliver_all_due() == 0
    for sent in (2, 3, 4):
        clock.set(START + (sent - 1) * MINUTE / 2)
        postman.deliver_all_due()
        assert len(box.messages) == sent
    assert scenes.breaches(story.house) == []


def test_after_days_of_silence_there_is_no_burst(story: Story, clock: TestClock) -> None:
    scenes.apply_many(story, 10)
    clock.advance(5 * A_DAY)
    sent: list[datetime] = []
    box = Postbox(while_sending=lambda _: sent.append(clock.now()))
    postman = paced(story.house, box, Rates(overall=6))
    while queued(story.house):
        postman.deliver_all_due()
        clock.set(postman.next_turn_at() or clock.now())
    assert sent == [START + 5 * A_DAY + number * MINUTE / 6 for number in range(10)]


def test_a_domain_that_has_to_wait_holds_up_no_other(story: Story, clock: TestClock) -> None:
    for _ in range(3):
        story.apply()
    scenes.requested(story)
    box = Postbox()
    postman = paced(story.house, box, TO_EACH_DOMAIN_ONE)
    postman.deliver_all_due()
    to = Counter(message.to.rpartition("@")[2] for message in box.messages)
    assert to == {"example.com": 1, "example.edu": 1, "example.org": 1}

    waiting = queued(story.house)
    assert {(row.to_domain, row.attempts, row.claim) for row in waiting} == {("example.com", 0, 1)}
    assert {row.not_before for row in waiting} == {START}
    assert [postman.deliver_all_due() for _ in range(3)] == [0, 0, 0]
    assert {row.claim for row in queued(story.house)} == {1}, "nobody takes them on in vain"

    before = len(waiting)
    clock.advance(MINUTE)
    postman.deliver_all_due()
    assert len(queued(story.house)) == before - 1


def test_one_domain_may_have_a_rate_of_its_own(story: Story) -> None:
    for _ in range(2):
        scenes.requested(story)
    box = Postbox()
    paced(story.house, box, Rates(domains=(("example.edu", 1),))).deliver_all_due()
    to = Counter(message.to.rpartition("@")[2] for message in box.messages)
    assert to == {"example.com": 4, "example.edu": 1, "example.org": 2}


def test_a_domain_that_waits_does_not_use_up_the_turn_of_all(story: Story) -> None:
    story.apply()
    rates = Rates(60_000_000, 1)
    postman = paced(story.house, Postbox(), rates)
    assert postman.deliver_next()
    with story.house.works.change(SYSTEM) as work:
        for turn in work.session.scalars(select(MailTurn)):
            turn.free_at = START if turn.domain == "" else START + MINUTE
    story.apply(replace(NOOR, applicant_email="noor@example.com"))
    assert postman.deliver_next()
    with story.house.works.look(SYSTEM) as work:
        assert work.session.get_one(MailTurn, "").free_at == START


def test_several_workers_keep_one_pace(story: Story, clock: TestClock) -> None:
    scenes.apply_many(story, 8)
    boxes = [Postbox(), Postbox(), Postbox()]
    postmen = [paced(story.house, box, TWO_A_MINUTE) for box in boxes]
    for turn in range(3):
        clock.set(START + turn * MINUTE / 2)
        scenes.at_once(*[partial(one.deliver_all_due) for one in postmen])
        assert sum(len(box.messages) for box in boxes) == turn + 1


def test_the_days_of_trying_begin_with_the_first_failure(story: Story, clock: TestClock) -> None:
    story.apply()
    clock.advance(2 * GIVE_UP_AFTER)
    scenes.deliver_to(story.house, Postbox([BUSY]))
    row = scenes.only_mail(story.house)
    assert (row.status, row.attempts) == (OutboxStatus.QUEUED, 1)
    clock.advance(GIVE_UP_AFTER)
    scenes.deliver_to(story.house, Postbox([BUSY]))
    assert scenes.only_mail(story.house).status is OutboxStatus.DEAD


# --- keeping watch ----------------------------------------------------------------------------


@pytest.mark.parametrize("rates", [TWO_A_MINUTE, TO_EACH_DOMAIN_ONE])
def test_what_waits_for_its_turn_is_not_late_while_turns_are_taken(
    story: Story, clock: TestClock, rates: Rates
) -> None:
    scenes.apply_many(story, 10)
    limit = 2 * MINUTE
    postman = paced(story.house, Postbox(), rates)
    for _ in range(4):
        postman.deliver_all_due()
        clock.advance(MINUTE)
    with story.house.works.look(SYSTEM) as work:
        assert late_since(work, limit) is None
    clock.advance(limit)
    with story.house.works.look(SYSTEM) as work:
        assert late_since(work, limit) == START


def test_turns_are_forgotten_when_nobody_can_wait_for_them(story: Story, clock: TestClock) -> None:
    scenes.requested(story)
    paced(story.house, Postbox(), TO_EACH_DOMAIN_ONE).deliver_all_due()
    for days, left in ((0, 3), (2, 0)):
        clock.advance(days * A_DAY)
        with story.house.works.change(SYSTEM) as work:
            forget_turns(work)
            assert len(work.session.scalars(select(MailTurn)).all()) == left


def test_the_worker_looks_again_when_the_next_turn_comes(story: Story, clock: TestClock) -> None:
    scenes.apply_many(story, 3)
    postman = paced(story.house, Postbox(), Rates(overall=600))
    stop, pauses = Stop(), list[float]()

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        clock.advance(timedelta(seconds=seconds))
        if len(pauses) == 4:
            stop.ask()

    todo = [Duty("mail", timedelta(0), postman.deliver_all_due)]
    work_until_stopped(todo, clock, stop, pause, 5 * MINUTE, postman.next_turn_at)
    assert pauses == [0.1, 0.1, 0.1, 300.0]
    assert queued(story.house) == []
