"""When the service reminds a referee by itself: the ladder up to the due date, and beyond it.

All instants are aware datetimes in UTC. Mornings and nights are those of a zone: the referee's
where it is known, the program's otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from letters.domain.errors import ReminderDateNotPossible

MORNING = time(9)
"""When a rung of the ladder is reached."""

QUIET_FROM, QUIET_UNTIL = time(20), time(8)
"""From when and until when nobody is reminded."""

SPACING = timedelta(hours=48)
"""So far apart are two reminders of one letter at least, and the first one from the request."""

TAKEN_ALONG = SPACING
"""What would come so soon after a mail to the same address comes with that mail."""

HELPS_BEFORE = timedelta(hours=2)
"""A reminder that leaves less time than this helps nobody."""

NOON = time(12)
A_DAY = timedelta(days=1)


class WhySkipped(StrEnum):
    """Why a rung was passed over."""

    MISSED = "missed"
    TOO_CLOSE = "too_close"
    USED_UP = "used_up"


@dataclass(frozen=True)
class Climb:
    """What decides when the service reminds of one letter that is awaited.

    `days` before the due date are the program's. Rungs until `handled_at` were sent or passed over;
    it is never before `requested_at`. `reminded_at` is the last reminder, whoever caused it, and
    `left` how many more the budget allows. At `wished_at` the referee wants to be reminded, and not
    before. `off` says that they want no more.
    """

    requested_at: datetime
    due_at: datetime
    closes_at: datetime
    days: tuple[int, ...]
    zone: str
    handled_at: datetime
    reminded_at: datetime | None
    left: int
    wished_at: datetime | None = None
    off: bool = False

    @property
    def free_at(self) -> datetime:
        """From when on there is room for another reminder."""
        return max(self.requested_at, self.reminded_at or self.requested_at) + SPACING


@dataclass(frozen=True)
class Step:
    """What is to be done now: what is passed over, and why, and whether to remind."""

    skipped: tuple[tuple[datetime, WhySkipped], ...] = ()
    remind: bool = False


NOTHING = Step()


def rungs(climb: Climb) -> tuple[datetime, ...]:
    """Return when the ladder reminds, in order; a request that was made late has fewer rungs.

    The mornings so many days before the due date, the last morning that leaves some hours until
    it, and one in the grace time: two days after, or one where that would be too late. Where the
    letter is due before noon, the last morning is that of the day before, and the one two days
    before comes a day sooner: both would not be SPACING apart, and the last would be passed over.
    """
    first = climb.requested_at + SPACING
    return tuple(sorted({at for at in _mornings(climb) if at >= first}))


def _mornings(climb: Climb) -> Iterator[datetime]:
    zone = ZoneInfo(climb.zone)
    due = climb.due_at.astimezone(zone)
    last = due.date() if due.time() >= NOON else due.date() - A_DAY
    for days in climb.days:
        day = due.date() - days * A_DAY
        collides = last < due.date() and last - day == A_DAY
        yield _on(day - A_DAY if collides else day, zone)
    yield _on(last, zone)
    in_grace = (_on(due.date() + timedelta(days=days), zone) for days in (2, 1))
    yield from islice((at for at in in_grace if at + HELPS_BEFORE <= climb.closes_at), 1)


def step(climb: Climb, now: datetime) -> Step:
    """Return what is to be done now. What waits for the night to end, or for its turn, is nothing.

    Of several rungs that went by, as while no worker ran, only the last can still remind; and it
    does not where the next one is near, or nothing could come of it.
    """
    if climb.off:
        return NOTHING
    if climb.wished_at is not None:
        return _wished(climb, now)
    passed = [at for at in rungs(climb) if climb.handled_at < at <= now]
    if not passed:
        return NOTHING
    skipped = tuple((at, WhySkipped.MISSED) for at in passed[:-1])
    why = _why_not(climb, passed[-1], now)
    if why is not None:
        return Step((*skipped, (passed[-1], why)))
    if now < climb.free_at or is_quiet(now, climb.zone):
        return NOTHING
    return Step(skipped, remind=True)


def _wished(climb: Climb, now: datetime) -> Step:
    """A wish is met whatever the budget says: it is the referee's own."""
    waits = climb.wished_at is None or now < climb.wished_at or is_quiet(now, climb.zone)
    return NOTHING if waits else Step(remind=True)


def _why_not(climb: Climb, rung: datetime, now: datetime) -> WhySkipped | None:
    if climb.left <= 0:
        return WhySkipped.USED_UP
    at = not_at_night(max(now, climb.free_at), climb.zone)
    missed = WhySkipped.TOO_CLOSE if climb.free_at > rung else WhySkipped.MISSED
    if climb.closes_at - at < HELPS_BEFORE:
        return missed
    if local_day(at, climb.zone) == local_day(rung, climb.zone):
        return None
    following = [later for later in rungs(climb) if later > rung]
    return missed if following and following[0] - at < SPACING else None


def next_step_at(climb: Climb) -> datetime | None:
    """Return when something is next to be done, as far as can be known; None when never."""
    if climb.off:
        return None
    if climb.wished_at is not None:
        return not_at_night(climb.wished_at, climb.zone)
    ahead = [at for at in rungs(climb) if at > climb.handled_at]
    if not ahead:
        return None
    waits = climb.left > 0 and climb.free_at > ahead[0]
    return not_at_night(climb.free_at, climb.zone) if waits else ahead[0]


def comes_along(climb: Climb, now: datetime) -> bool:
    """Say whether a letter is reminded of in a mail that goes out now for another one.

    It is where its own rung would come so soon after that it would be a second mail.
    """
    at = next_step_at(climb)
    has_room = climb.left > 0 and climb.wished_at is None and climb.free_at <= now
    return has_room and at is not None and at <= now + TAKEN_ALONG


def is_quiet(now: datetime, zone: str) -> bool:
    """Say whether it is night in a zone."""
    local = now.astimezone(ZoneInfo(zone)).time()
    return local >= QUIET_FROM or local < QUIET_UNTIL


def not_at_night(at: datetime, zone: str) -> datetime:
    """Return `at`, or the end of the night in which it lies."""
    if not is_quiet(at, zone):
        return at
    local = at.astimezone(ZoneInfo(zone))
    day = local.date() if local.time() < QUIET_UNTIL else local.date() + timedelta(days=1)
    return datetime.combine(day, QUIET_UNTIL, ZoneInfo(zone)).astimezone(UTC)


def morning_after(now: datetime, zone: str) -> datetime:
    """Return the next morning of a zone on another day than today."""
    return _on(local_day(now, zone) + timedelta(days=1), ZoneInfo(zone))


def local_day(at: datetime, zone: str) -> date:
    """Return the day of a zone in which an instant lies."""
    return at.astimezone(ZoneInfo(zone)).date()


def day_began(at: datetime, zone: str) -> datetime:
    """Return when the day of a zone began in which an instant lies."""
    return datetime.combine(local_day(at, zone), time(), ZoneInfo(zone)).astimezone(UTC)


def wish(day: date, zone: str, *, closes_at: datetime, now: datetime) -> datetime:
    """Return the instant at which to remind on a day of a zone, as the referee wants it.

    Raises ReminderDateNotPossible unless that morning is ahead, and before the letter is closed.
    """
    at = _on(day, ZoneInfo(zone))
    if not now < at <= closes_at - HELPS_BEFORE:
        raise ReminderDateNotPossible
    return at


def _on(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, MORNING, zone).astimezone(UTC)
