"""Pictures of a season: letters by day, how long referees take, and what is drawn of them.

Days are local days of the program's zone and counted from the last day before the letters are due,
which is 0: two seasons so lie above each other. What is drawn has no unit but one day across and
`HEIGHT` upwards; y counts from the top, as in SVG.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

SLOT = timedelta(minutes=15)
"""In every zone a day begins with a quarter of an hour."""

EARLIEST, LATEST = -90, 30
"""What came earlier or later than these days is counted, and not drawn."""
AT_LEAST = 14
"""So many days before the last one are drawn, however late the first letter is."""

HEIGHT = 100
_GAP = 0.2


# --- letters by day ---------------------------------------------------------------------------


def by_day(slots: Mapping[int, int], due_at: datetime, zone: str) -> dict[int, int]:
    """Return how many letters came on which day; `slots` counts quarters of an hour since 1970."""
    last, here = last_day(due_at, zone), ZoneInfo(zone)
    days: dict[int, int] = {}
    for slot, letters in slots.items():
        at = datetime.fromtimestamp(slot * SLOT.total_seconds(), UTC)
        day = (at.astimezone(here).date() - last).days
        days[day] = days.get(day, 0) + letters
    return days


def last_day(due_at: datetime, zone: str) -> date:
    """Return the last local day; what is due at midnight sharp has the day before."""
    return (due_at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()


@dataclass(frozen=True)
class Column:
    """A column of the picture."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Days:
    """Letters of each day from `first` on; `before` are those of a season before, if there is one.

    `outside` counts letters of this season that came on days that are not drawn.
    """

    first: int
    now: Sequence[int]
    before: Sequence[int] | None
    outside: int

    @property
    def most(self) -> int:
        """How many letters came on the busiest day of the two seasons."""
        return max([0, *self.now, *(self.before or ())])

    @property
    def columns(self) -> Sequence[Column]:
        """A column for each day with letters."""
        return [
            Column(place + _GAP / 2, HEIGHT - self._high(count), 1 - _GAP, self._high(count))
            for place, count in enumerate(self.now)
            if count
        ]

    @property
    def line(self) -> str:
        """The season before as the points of a line; empty without one."""
        points = enumerate(self.before or ())
        return " ".join(f"{place + 0.5},{HEIGHT - self._high(count)}" for place, count in points)

    @property
    def due_x(self) -> int:
        """Where the last day ends."""
        return 1 - self.first

    @property
    def rows(self) -> Sequence[tuple[int, int, int]]:
        """Each day on which letters came, and how many: in this season, and in the one before."""
        before = self.before or [0] * len(self.now)
        found = zip(range(self.first, self.first + len(self.now)), self.now, before, strict=True)
        return [row for row in found if row[1] or row[2]]

    def _high(self, count: int) -> float:
        return round(count * HEIGHT / self.most, 2) if self.most else 0


def days_of(now: Mapping[int, int], before: Mapping[int, int] | None) -> Days:
    """Put two seasons side by side, from the first day with letters to the last or the due date."""
    both = [day for day in (*now, *(before or ())) if EARLIEST <= day <= LATEST]
    first, last = min([-AT_LEAST, *both]), max([0, *both])
    drawn = range(first, last + 1)
    return Days(
        first=first,
        now=[now.get(day, 0) for day in drawn],
        before=None if before is None else [before.get(day, 0) for day in drawn],
        outside=sum(count for day, count in now.items() if day not in drawn),
    )


# --- how long referees take -------------------------------------------------------------------


class Took(StrEnum):
    """How long a letter took from being asked for."""

    A_DAY = "a_day"
    THREE_DAYS = "three_days"
    A_WEEK = "a_week"
    TWO_WEEKS = "two_weeks"
    A_MONTH = "a_month"
    TWO_MONTHS = "two_months"
    LONGER = "longer"


_LESS_THAN: Mapping[Took, int] = MappingProxyType(
    {
        Took.A_DAY: 1,
        Took.THREE_DAYS: 3,
        Took.A_WEEK: 7,
        Took.TWO_WEEKS: 14,
        Took.A_MONTH: 30,
        Took.TWO_MONTHS: 60,
    }
)
"""In days of 24 hours; whatever takes as long or longer is counted further down."""


def took(days: Mapping[int, int]) -> dict[Took, int]:
    """Return how many letters took how long; `days` counts them by whole days."""
    found = dict.fromkeys(Took, 0)
    for day, letters in days.items():
        kind = next((kind for kind, limit in _LESS_THAN.items() if day < limit), Took.LONGER)
        found[kind] += letters
    return found


def median(days: Mapping[int, int]) -> int | None:
    """Return after how many whole days half of the letters were in; None without letters."""
    half = (sum(days.values()) + 1) // 2
    so_far = 0
    for day in sorted(days):
        so_far += days[day]
        if so_far >= half:
            return max(0, day)
    return None
