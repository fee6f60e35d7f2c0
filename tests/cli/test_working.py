"""The worker's loop: what is due is done, and what goes wrong stops nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from letters.domain.bulk import BulkAct
from letters.domain.journal import MessageKind
from letters.house import House
from letters.ports import Message, MessageRenderer, Rendered
from letters.records import LetterRequest, OutboxMessage, OutboxStatus
from letters.services import requesting
from letters.services.work import Works
from letters.services.working import (
    AGAIN_AFTER_FAILURE,
    MAIL_TURN,
    POLL,
    SELDOM,
    Duty,
    Stop,
    duties,
    work_once,
    work_until_stopped,
)
from tests.services import bulk, scenes
from tests.services.failing import BUSY
from tests.services.scenes import Postbox
from tests.support.clock import TestClock
from tests.support.people import START, SYSTEM, Story, postman


@dataclass
class Turns:
    """Lets the time of a pause pass, and asks for the end after so many."""

    clock: TestClock
    stop: Stop
    left: int

    def __call__(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        self.left -= 1
        if self.left == 0:
            self.stop.ask()


@dataclass
class Count:
    """A duty's work: counts how often it is done, and fails the first so many times."""

    fails: int = 0
    done: int = 0
    then: Stop | None = None

    def __call__(self) -> None:
        self.done += 1
        if self.then is not None:
            self.then.ask()
        if self.done <= self.fails:
            raise OSError("the database is away")


def _work(clock: TestClock, turns: int, *todo: Duty) -> None:
    stop = Stop()
    work_until_stopped(todo, clock, stop, Turns(clock, stop, turns))


def test_each_duty_has_its_own_rhythm(clock: TestClock) -> None:
    always, each_second, hourly = Count(), Count(), Count()

    _work(
        clock,
        10,
        Duty("always", timedelta(0), always),
        Duty("each second", timedelta(seconds=1), each_second),
        Duty("hourly", timedelta(hours=1), hourly),
    )

    assert (always.done, each_second.done, hourly.done) == (10, 5, 1)


def test_a_duty_that_goes_wrong_stops_no_other_and_is_done_again_later(clock: TestClock) -> None:
    wrong, right = Count(fails=1), Count()
    turns = int(AGAIN_AFTER_FAILURE / POLL)

    _work(clock, turns, Duty("wrong", timedelta(0), wrong), Duty("right", timedelta(0), right))
    assert (wrong.done, right.done) == (1, turns)

    clock.advance(AGAIN_AFTER_FAILURE)
    _work(clock, 2, Duty("wrong", timedelta(0), wrong))
    assert wrong.done == 3


def test_what_is_done_once_a_day_and_goes_wrong_does_not_wait_for_a_day(clock: TestClock) -> None:
    daily = Count(fails=1)
    stop = Stop()

    def pause(_seconds: float) -> None:
        clock.advance(SELDOM)
        if daily.done == 2:
            stop.ask()

    work_until_stopped([Duty("daily", timedelta(days=1), daily)], clock, stop, pause)
    assert clock.now() - START == 2 * SELDOM


@pytest.mark.parametrize("by", [timedelta(hours=1), timedelta(days=365)])
def test_a_clock_that_is_set_back_does_not_stop_it(clock: TestClock, by: timedelta) -> None:
    stop, always, hourly = Stop(), Count(), Count()
    passing = Turns(clock, stop, 4)

    def pause(seconds: float) -> None:
        passing(seconds)
        if passing.left == 2:
            clock.advance(-by)

    todo = (Duty("always", timedelta(0), always), Duty("hourly", timedelta(hours=1), hourly))
    work_until_stopped(todo, clock, stop, pause)

    assert always.done == 4
    assert hourly.done == (1 if by <= timedelta(hours=1) - 2 * POLL else 2)


def test_asked_to_stop_it_begins_nothing_more(clock: TestClock) -> None:
    stop = Stop()
    last, never = Count(then=stop), Count()

    def pause(_seconds: float) -> None:
        pytest.fail("it paused instead of stopping")

    todo = (Duty("last", timedelta(0), last), Duty("never", timedelta(0), never))
    work_until_stopped(todo, clock, stop, pause)
    work_once(todo, stop)

    assert (last.done, never.done) == (1, 0)


def test_once_raises_what_goes_wrong() -> None:
    with pytest.raises(OSError, match="away"):
        work_once([Duty("wrong", timedelta(0), Count(fails=1))], Stop())


def test_once_plans_digests_delivers_them_and_sweeps(story: Story, clock: TestClock) -> None:
    story.add_coordinator()
    story.apply()
    clock.advance(timedelta(days=1))
    stop = Stop()

    work_once(duties(story.house.works, postman(story.house), SYSTEM, stop), stop)

    assert _outbox(story.house) == {
        MessageKind.APPLICATION_SUBMITTED: OutboxStatus.SENT,
        MessageKind.DIGEST: OutboxStatus.SENT,
    }


def test_a_silent_mail_server_does_not_keep_the_worker_from_all_else(
    story: Story, clock: TestClock
) -> None:
    waited_for = timedelta(seconds=20)
    stop, pauses, tried = Stop(), list[float](), list[int]()

    def say_nothing(_: Message) -> None:
        clock.advance(waited_for)

    box = Postbox([BUSY] * 99, while_sending=say_nothing)
    silent = scenes.postman_with(story.house, box)
    scenes.apply_many(story, 8)

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        tried.append(sum(row.attempts for row in scenes.outbox(story.house)))
        if len(pauses) == 3:
            stop.ask()

    other = Count()
    turns = duties(story.house.works, silent, SYSTEM, stop, mail_turn=MAIL_TURN)
    todo = [*turns, Duty("other", timedelta(0), other)]
    work_until_stopped(todo, clock, stop, pause)

    assert tried == [2, 4, 6], "a turn is over once it has taken half a minute"
    assert (other.done, pauses) == (3, [0, 0, 0])


@dataclass(frozen=True)
class Broken:
    """A renderer that has no words for one kind of mail."""

    whole: MessageRenderer
    kind: MessageKind

    def render(self, kind: MessageKind, facts: Mapping[str, object], locale: str) -> Rendered:
        """Raises LookupError for that kind."""
        if kind is self.kind:
            raise LookupError(kind)
        return self.whole.render(kind, facts, locale)

    def sentence(self, message: str, values: Mapping[str, object], locale: str) -> str:
        """Nothing is wrong with what no template holds."""
        return self.whole.sentence(message, values, locale)


def test_a_mail_that_cannot_be_written_does_not_stop_the_others(
    story: Story, clock: TestClock
) -> None:
    application = story.apply()
    with story.house.works.change(SYSTEM) as work:
        requesting.select(work, application)
    broken = Broken(story.house.renderer, MessageKind.APPLICATION_SUBMITTED)
    stop = Stop()
    todo = duties(story.house.works, replace(postman(story.house), renderer=broken), SYSTEM, stop)

    work_until_stopped(todo, clock, stop, Turns(clock, stop, 2))

    assert _outbox(story.house) == {
        MessageKind.APPLICATION_SUBMITTED: OutboxStatus.QUEUED,
        MessageKind.LETTER_REQUEST: OutboxStatus.SENT,
        MessageKind.REQUESTS_SENT: OutboxStatus.SENT,
    }


@dataclass(frozen=True)
class Running:
    """A clock on which a second goes by whenever somebody looks."""

    clock: TestClock

    def now(self) -> datetime:
        """Return the present instant."""
        return self.clock.advance(timedelta(seconds=1))


def test_mails_have_their_turn_while_something_is_done_to_many(
    story: Story, clock: TestClock
) -> None:
    scenes.apply_many(story, 12)
    job_id = bulk.start(story, story.add_coordinator(), bulk.ORDERS[BulkAct.REQUEST])
    works = Works(story.house.database, replace(story.house.works.tools, clock=Running(clock)))
    stop = Stop()
    done: list[int] = []
    todo = duties(works, postman(story.house), SYSTEM, stop, turn=timedelta(seconds=20))
    [act] = [duty for duty in todo if duty.name == "bulk acts"]
    while len(done) < 2 or done[-1] != done[-2]:
        act.do()
        done.append(bulk.result_of(story, job_id).counts.done)
    assert 0 < done[0] < 12
    assert done[-1] == 12


def test_mails_have_their_turn_while_many_are_looked_at(story: Story, clock: TestClock) -> None:
    scenes.apply_many(story, 12)
    running, stop = Running(clock), Stop()
    works = Works(story.house.database, replace(story.house.works.tools, clock=running))
    looked_at: list[int] = []

    def look(_: Message) -> None:
        looked_at.append(_examined(story.house))

    box = scenes.Postbox(while_sending=look)
    todo = duties(
        works, scenes.postman_with(story.house, box), SYSTEM, stop, turn=timedelta(seconds=20)
    )

    def pause(_seconds: float) -> None:
        looked_at.append(_examined(story.house))
        if len(looked_at) > 2 * len(box.messages):
            stop.ask()

    work_until_stopped(todo, running, stop, pause)

    first, *_, last = looked_at
    assert 0 < first < last == 24
    assert looked_at[:12] == [first] * 12, "no mail waited for the second turn"


def _examined(house: House) -> int:
    with house.works.look(SYSTEM) as work:
        looked_at = LetterRequest.examined_at.is_not(None)
        return work.session.scalar(select(func.count(LetterRequest.id)).where(looked_at)) or 0


def _outbox(house: House) -> Mapping[MessageKind, OutboxStatus]:
    with house.works.look(SYSTEM) as work:
        return {row.kind: row.status for row in work.session.scalars(select(OutboxMessage))}
