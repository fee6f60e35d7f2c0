"""A program's season in one line and one bar: how many applications stand where, and the time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Bar:
    """The submitted applications of a program: each is counted in one of the four parts."""

    complete: int = 0
    partly: int = 0
    nothing: int = 0
    not_asked: int = 0

    @property
    def total(self) -> int:
        """How many there are."""
        return self.complete + self.partly + self.nothing + self.not_asked

    def parts(self, width: int) -> tuple[int, int, int, int]:
        """Return how long each part of a bar of `width` is; together they fill it.

        What is there is seen: no part is nought but one of nobody. Raises ValueError where the
        four would not fit.
        """
        counts = (self.complete, self.partly, self.nothing, self.not_asked)
        if width < len(counts):
            message = f"a bar of {width} has no room for {len(counts)} parts"
            raise ValueError(message)
        if not self.total:
            return 0, 0, 0, 0
        lengths = [max(1, count * width // self.total) if count else 0 for count in counts]
        longest = lengths.index(max(lengths))
        lengths[longest] += width - sum(lengths)
        return lengths[0], lengths[1], lengths[2], lengths[3]


def days_left(due_at: datetime, now: datetime, zone: str) -> int:
    """Return how many local days there are from today to the last day; below nought it is past.

    What is due at midnight sharp has the day before as its last.
    """
    here = ZoneInfo(zone)
    last = (due_at - timedelta(microseconds=1)).astimezone(here).date()
    return (last - now.astimezone(here).date()).days
