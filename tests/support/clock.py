"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


class TestClock:
    """A Clock that shows `now` until it is told otherwise. Refuses naive instants."""

    __test__ = False

    def __init__(self, now: datetime) -> None:
        self._now = _in_utc(now)

    def now(self) -> datetime:
        """Return the instant the clock was last put to, in UTC."""
        return self._now

    def set(self, now: datetime) -> None:
        """Put the clock to `now`, earlier or later. Raises ValueError for a naive instant."""
        self._now = _in_utc(now)

    def advance(self, by: timedelta) -> datetime:
        """Move the clock by `by` and return the new instant."""
        self._now += by
        return self._now


def _in_utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        message = f"{instant!r} has no time zone; a clock shows instants, not wall times"
        raise ValueError(message)
    return instant.astimezone(UTC)
