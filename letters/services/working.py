"""What the worker does, again and again, until it is asked to stop.

Nothing here is lost when a worker dies: what is due is read from the database each time.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from letters.ports import Clock
from letters.services.bulk_running import run_all
from letters.services.counting_down import tell_of_time_left
from letters.services.delivering import Postman
from letters.services.digesting import plan_digests
from letters.services.erasure_lists import make_lists
from letters.services.finding_signals import find_signals
from letters.services.mail_turns import forget_turns
from letters.services.moving_due import tell_of_moved_dates
from letters.services.reminding import plan_reminders
from letters.services.retaining import purge
from letters.services.selecting import select_all_waiting
from letters.services.setting_right import set_right
from letters.services.sweeping import Broom
from letters.services.turns import Goes, Turn
from letters.services.work import Actor, Works

POLL = timedelta(seconds=0.5)
POLL_WHEN_WOKEN = timedelta(seconds=5)
"""Where the database tells of new mails: retries and what is due later need no more than that."""
LOOK_FOR_THE_END = 0.5
"""Seconds; a signal does not end the wait for the database by itself."""
MAIL_EVERY = timedelta(0)
MOVED_DATES_EVERY = timedelta(seconds=10)
SELECT_EVERY = timedelta(seconds=10)
SIGNALS_EVERY = timedelta(seconds=30)
BULK_EVERY = timedelta(0)
TURN = timedelta(seconds=5)
"""So long a duty goes on that has much to do before mails have theirs, sign-in links among them."""
MAIL_TURN = timedelta(seconds=30)
"""So long mails go out before all else has its turn, also while a server lets each one wait."""
DIGESTS_EVERY = timedelta(minutes=1)
REMINDERS_EVERY = timedelta(minutes=1)
TIME_LEFT_EVERY = timedelta(minutes=5)
SWEEP_EVERY = timedelta(hours=1)
CLOCK_EVERY = timedelta(hours=1)
PURGE_EVERY = timedelta(days=1)
AGAIN_AFTER_FAILURE = timedelta(seconds=10)
"""Long enough for a database that restarts not to fill the log."""
SELDOM = timedelta(minutes=5)
"""What is done less often than this is done again so soon when it went wrong."""

Counts = Callable[[Works, Actor, Goes], int]
"""Does something to many, and returns to how many."""

log = structlog.get_logger("letters.working")


class Stop:
    """Whether somebody asked for the end. Asking is safe in a signal handler: it takes no lock."""

    def __init__(self) -> None:
        self.asked = False

    def ask(self) -> None:
        """Ask for the end."""
        self.asked = True

    def keep_going(self) -> bool:
        """Say whether nobody has asked for the end."""
        return not self.asked


class Waker(Protocol):
    """Whoever waits for news of mails."""

    def wait(self, seconds: float) -> bool:
        """Wait so long at most; say whether it is worth looking before that."""
        ...


@dataclass(frozen=True)
class Duty:
    """Something to do again `every` so often; done in each turn where that is zero.

    One whose `turn` was cut goes on in the next.
    """

    name: str
    every: timedelta
    do: Callable[[], object]
    turn: Turn | None = None

    @property
    def was_cut(self) -> bool:
        """Whether there was more to do than its turn had room for."""
        return self.turn is not None and self.turn.was_cut


def duties(
    works: Works,
    postman: Postman,
    actor: Actor,
    stop: Stop,
    *,
    turn: timedelta | None = None,
    mail_turn: timedelta | None = None,
) -> tuple[Duty, ...]:
    """Return what a worker has to do. What plans mails comes first: the same turn delivers them.
    Before it, what a clock that was wrong left behind is set right.

    What is done to many goes on for `turn` at a time, and mails go out for `mail_turn`; to their
    end where that is None.
    """

    def by_turns(name: str, every: timedelta, do: Callable[[Works, Actor, Goes], None]) -> Duty:
        own = Turn(stop.keep_going, works.tools.clock, turn)
        return Duty(name, every, lambda: do(works, actor, own.begin()), own)

    def counted(
        name: str, every: timedelta, do: Counts, event: str, what: str = "applications"
    ) -> Duty:
        return by_turns(name, every, _told(do, event, what))

    broom = Broom()
    mails = Turn(stop.keep_going, works.tools.clock, mail_turn)
    return (
        Duty("clock", CLOCK_EVERY, lambda: _set_right(works, actor)),
        counted("signals", SIGNALS_EVERY, find_signals, "signals.found", "signals"),
        Duty("digests", DIGESTS_EVERY, lambda: plan_digests(works, actor)),
        by_turns("reminders", REMINDERS_EVERY, _remind),
        counted("time left", TIME_LEFT_EVERY, tell_of_time_left, "time_left.told"),
        counted("moved dates", MOVED_DATES_EVERY, tell_of_moved_dates, "moved_dates.told"),
        counted("selection", SELECT_EVERY, select_all_waiting, "selected.by_rule"),
        counted("erasure lists", PURGE_EVERY, make_lists, "erasure.listed", "letters"),
        counted("bulk acts", BULK_EVERY, run_all, "bulk_acts.done"),
        Duty("mail", MAIL_EVERY, lambda: postman.deliver_all_due(mails.begin()), mails),
        by_turns("purge", PURGE_EVERY, _purge),
        Duty("sweep", SWEEP_EVERY, lambda: _sweep(works, actor, broom)),
        Duty("turns", SWEEP_EVERY, lambda: _forget_turns(works, actor)),
    )


def work_once(todo: Sequence[Duty], stop: Stop) -> None:
    """Do each duty once; what goes wrong is raised."""
    for duty in todo:
        if stop.keep_going():
            duty.do()


def work_until_stopped(
    todo: Sequence[Duty],
    clock: Clock,
    stop: Stop,
    pause: Callable[[float], None] = time.sleep,
    poll: timedelta = POLL,
    next_turn_at: Callable[[], datetime | None] = lambda: None,
) -> None:
    """Do each duty whenever its time has come. One that goes wrong does not stop the others.

    Between two turns `pause` is called with the seconds of `poll`, or with those until
    `next_turn_at` where that is sooner; it may return before they are over. After a turn that took
    longer there is no pause. The clock may be set, forward or back: a duty never waits for longer
    than it does by a clock that is left alone.
    """
    next_at = {duty.name: clock.now() for duty in todo}
    while stop.keep_going():
        began = clock.now()
        for duty in todo:
            if stop.keep_going() and _has_come(duty, next_at[duty.name], clock.now()):
                next_at[duty.name] = _do(duty, clock)
        if stop.keep_going():
            wait = poll if clock.now() - began < poll else timedelta()
            pause(_seconds_to_wait(clock.now(), wait, next_turn_at))


def _has_come(duty: Duty, at: datetime, now: datetime) -> bool:
    """Say whether a duty is to be done; so is one that was cut, or seems to be too far ahead."""
    return duty.was_cut or at <= now or at - now > max(duty.every, AGAIN_AFTER_FAILURE)


def _seconds_to_wait(
    now: datetime, poll: timedelta, next_turn_at: Callable[[], datetime | None]
) -> float:
    try:
        soonest = next_turn_at()
    except SQLAlchemyError:
        # The duties tell of a database that is away.
        soonest = None
    wait = poll if soonest is None else min(poll, soonest - now)
    return max(wait.total_seconds(), 0.0)


def until_woken(listener: Waker, stop: Stop) -> Callable[[float], None]:
    """Return a pause that ends when `listener` is woken, and soon after the end was asked for."""

    def pause(seconds: float) -> None:
        over = time.monotonic() + seconds
        while stop.keep_going() and (left := over - time.monotonic()) > 0:
            if listener.wait(min(left, LOOK_FOR_THE_END)):
                return

    return pause


def _do(duty: Duty, clock: Clock) -> datetime:
    """Do a duty; return when it is to be done again."""
    try:
        duty.do()
    except Exception:
        # A database that is away for a minute must not end the worker.
        log.exception("duty.failed", duty=duty.name)
        return clock.now() + max(min(duty.every, SELDOM), AGAIN_AFTER_FAILURE)
    return clock.now() + duty.every


def _set_right(works: Works, actor: Actor) -> None:
    with works.change(actor) as work:
        rows = set_right(work)
    if rows:
        log.warning("clock.was_ahead", set_right=rows)


def _told(do: Counts, event: str, what: str) -> Callable[[Works, Actor, Goes], None]:
    """Have `event` in the log with the number of what was done, where there was anything."""

    def doing(works: Works, actor: Actor, keep_going: Goes) -> None:
        done = do(works, actor, keep_going)
        if done:
            log.info(event, **{what: done})

    return doing


def _remind(works: Works, actor: Actor, keep_going: Goes) -> None:
    planned = plan_reminders(works, actor, keep_going)
    if planned.reminded or planned.skipped:
        log.info("reminders.planned", reminded=planned.reminded, skipped=planned.skipped)


def _purge(works: Works, actor: Actor, keep_going: Goes) -> None:
    purged = purge(works, actor, keep_going=keep_going)
    if purged.letters:
        log.info("purged", letters=purged.letters, files_left=purged.files_left)


def _sweep(works: Works, actor: Actor, broom: Broom) -> None:
    with works.look(actor) as work:
        swept = broom.sweep(work, time.monotonic())
    if swept.temporary or swept.orphans:
        log.info("swept", temporary=swept.temporary, orphans=swept.orphans)


def _forget_turns(works: Works, actor: Actor) -> None:
    with works.change(actor) as work:
        forget_turns(work)
