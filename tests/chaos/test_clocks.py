"""Clocks that are wrong for a while, and days unlike others: reminders and digests come once."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from letters.domain.digest import DEFAULT_HOUR, last_slot
from letters.domain.journal import MessageKind
from letters.ports import Message
from letters.services.working import Stop, duties, work_once
from tests.chaos.report import Seen
from tests.services import scenes
from tests.services.digests import choose
from tests.services.scenes import Postbox, breaches, outbox, postman_with
from tests.support.clock import TestClock
from tests.support.houses import SqliteDatabases, house_on, settings_for
from tests.support.people import INTERNSHIP, SYSTEM, Story, tell
from tests.support.thorough import LONG

pytestmark = pytest.mark.timeout(1800)

HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)
BEFORE, AFTER = 9, 3
"""Days: from when until when there is a worker, around the due date."""
RUNGS = (-7, -2, 0, 2)
"""Days from the due date on which the ladder reminds."""
HOURS = (0, 3, 6, 7, 9, 10, 12, 21) if LONG else (9, 10, 21)
"""When the worker looks, by the clock on the wall."""
PLANNING = frozenset({"clock", "digests", "reminders", "mail"})

Wrong = Callable[[datetime], timedelta]
"""By how much the machine's clock is wrong at an instant."""


@dataclass
class Season:
    """A program in one zone, seen from the last days before it is due until it is closed.

    `sent` holds of each mail its Message-ID, when it was sent, and when by the machine's clock.
    """

    story: Story
    clock: TestClock
    zone: ZoneInfo
    due: date
    now: datetime
    sent: list[tuple[str, datetime, datetime]] = field(default_factory=list)

    def live_through(self, wrong: Wrong) -> None:
        """Let a worker look again and again; its clock is off by what `wrong` says."""
        box = Postbox(while_sending=self._note)
        everything = duties(
            self.story.house.works, postman_with(self.story.house, box), SYSTEM, Stop()
        )
        todo = [duty for duty in everything if duty.name in PLANNING]
        for now in self._instants():
            self.now = now
            self.clock.set(now + wrong(now))
            work_once(todo, Stop())

    def _note(self, message: Message) -> None:
        self.sent.append((message.message_id, self.now, self.clock.now()))

    def _instants(self) -> Iterator[datetime]:
        for days in range(-BEFORE, AFTER + 1):
            day = self.due + days * DAY
            for hour in HOURS:
                yield datetime.combine(day, time(hour), self.zone).astimezone(UTC)

    def reminded(self) -> list[tuple[str, date]]:
        """Return whom the service reminded on which day of the zone."""
        rows = {row.message_id: row for row in outbox(self.story.house, MessageKind.REMINDER)}
        return sorted(
            (str(rows[name].sent_to), at.astimezone(self.zone).date())
            for name, at, _ in self.sent
            if name in rows
        )

    def told(self) -> list[date]:
        """Return the days of whose slots there was a digest, by the machine's clock."""
        names = {row.message_id for row in outbox(self.story.house, MessageKind.DIGEST)}
        slots = [
            last_slot(at, str(self.zone), DEFAULT_HOUR)
            for name, _, at in self.sent
            if name in names
        ]
        return sorted(slot.astimezone(self.zone).date() for slot in slots)


def _season(
    databases: SqliteDatabases, folder: Path, zone: str, due: date, wrong: Wrong
) -> tuple[int, int]:
    """Live through a season; return how many reminders and digests there were, each once."""
    here = ZoneInfo(zone)
    begins = datetime.combine(due - BEFORE * DAY, time(DEFAULT_HOUR, 30), here).astimezone(UTC)
    clock = TestClock(begins)
    program = replace(
        INTERNSHIP,
        due_at=datetime.combine(due, time(23, 59), here),
        timezone=zone,
        reminder_days=(7, 2),
    )
    with (
        databases.fresh() as url,
        house_on(settings_for(url, folder), clock) as house,
    ):
        season = Season(tell(house, program), clock, here, due, begins)
        cora = season.story.add_coordinator()
        choose(season.story, cora, timezone=zone, digest_when_empty=True)
        scenes.requested(season.story)
        season.live_through(wrong)
        assert breaches(house) == []
        _assert_each_rung_and_each_slot_came_once(season)
        return len(season.reminded()), len(season.told())


def _assert_each_rung_and_each_slot_came_once(season: Season) -> None:
    days = [season.due + days * DAY for days in RUNGS]
    addresses = ("ada.ferreira@example.edu", "b.dewit@example.org")
    assert season.reminded() == [(address, day) for address in addresses for day in days]
    usual = [season.due + days * DAY for days in range(1 - BEFORE, AFTER + 1)]
    told = season.told()
    assert max(Counter(told).values()) == 1, "no slot comes twice"
    assert [day for day in told if usual[0] <= day <= usual[-1]] == usual


# --- days unlike others -------------------------------------------------------------------------

ZONES = (
    "Europe/Zurich",
    "Europe/Lisbon",
    "America/New_York",
    "America/Los_Angeles",
    "America/St_Johns",
    "America/Havana",
    "America/Santiago",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Asia/Beirut",
    "Africa/Cairo",
)


def _changes(zone: str, year: int) -> list[date]:
    """Return the days of a year on which the clocks of a zone change."""
    noons = (datetime(year, 1, 1, 12, tzinfo=ZoneInfo(zone)) + n * DAY for n in range(364))
    return [(noon + DAY).date() for noon in noons if noon.utcoffset() != (noon + DAY).utcoffset()]


def _right(_: datetime) -> timedelta:
    return timedelta()


def test_where_the_clocks_change_everything_comes_once(
    sqlite_databases: SqliteDatabases, tmp_path: Path, seen: Seen, subtests: pytest.Subtests
) -> None:
    reminders = digests = 0
    zones = ZONES if LONG else ("America/Havana",)
    for zone in zones:
        changes = _changes(zone, 2027)
        assert len(changes) == 2
        for day in changes if LONG else changes[:1]:
            with subtests.test(f"{zone} {day}"):
                reminded, told = _season(sqlite_databases, tmp_path, zone, day, _right)
                reminders, digests = reminders + reminded, digests + told
    seen("clocks that change", zones=len(zones), reminders=reminders, digests=digests, twice=0)


@pytest.mark.parametrize(
    "due",
    [
        pytest.param(date(2028, 2, 29), id="due on 29 February"),
        pytest.param(date(2028, 3, 7), id="29 February is a rung"),
        pytest.param(date(2027, 12, 31), id="due on the last day of the year"),
        pytest.param(date(2028, 1, 2), id="the year ends before"),
    ][:: 1 if LONG else 4],
)
def test_whatever_the_calendar_does_everything_comes_once(
    sqlite_databases: SqliteDatabases, tmp_path: Path, seen: Seen, due: date
) -> None:
    zone = "Pacific/Auckland"
    reminders, digests = _season(sqlite_databases, tmp_path, zone, due, _right)
    seen(f"due on {due}", reminders=reminders, digests=digests, twice=0)


# --- a clock that is wrong ------------------------------------------------------------------------

A_WEEK_BEFORE = datetime(2027, 3, 26, tzinfo=ZoneInfo("Europe/Zurich"))


def _wrong_by(by: timedelta, hours: int) -> Wrong:
    begins = A_WEEK_BEFORE + 10 * HOUR

    def wrong(now: datetime) -> timedelta:
        return by if begins <= now < begins + hours * HOUR else timedelta()

    return wrong


@pytest.mark.parametrize(
    ("words", "by", "hours"),
    [
        ("a year ahead until morning", YEAR, 20),
        ("a year behind until morning", -YEAR, 20),
        ("an hour behind for days", -HOUR, 72),
        ("an hour ahead for days", HOUR, 72),
    ][:: 1 if LONG else 2],
)
def test_a_clock_that_is_wrong_for_a_while_costs_nothing(
    sqlite_databases: SqliteDatabases,
    tmp_path: Path,
    seen: Seen,
    words: str,
    by: timedelta,
    hours: int,
) -> None:
    due = (A_WEEK_BEFORE + 6 * DAY).date()
    wrong = _wrong_by(by, hours)
    reminders, digests = _season(sqlite_databases, tmp_path, "Europe/Zurich", due, wrong)
    seen(f"a clock that is {words}", reminders=reminders, digests=digests, twice=0)
