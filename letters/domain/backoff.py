"""When a failed delivery is tried again, and when it is given up; how long a server is left alone.

All instants are aware datetimes in UTC.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

STEPS = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
)
LAST_STEP = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=5)
MOST_JITTER = 0.25

PAUSES = (
    timedelta(seconds=5),
    timedelta(seconds=15),
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=2),
)
LONGEST_PAUSE = timedelta(minutes=4)
"""Providers lock accounts whose password is wrong too often, and people wait for sign-in links."""


def next_attempt(
    failing_since: datetime, attempts: int, now: datetime, jitter: float
) -> datetime | None:
    """Return when to try again after `attempts` failures; None when it is given up.

    `failing_since` is when the first attempt failed, `jitter` a random number from 0 to 1 that
    delays the attempt by up to a quarter of its step, so that many mails do not come back at once.
    """
    if now - failing_since >= GIVE_UP_AFTER:
        return None
    step = STEPS[attempts - 1] if attempts <= len(STEPS) else LAST_STEP
    return now + step * (1 + MOST_JITTER * jitter)


@dataclass(frozen=True)
class Pause:
    """How long a mail server is left alone that failed as a whole, `failures` times in a row.

    It did so the last time at `since`, and is tried again at `until`.
    """

    failures: int
    since: datetime
    until: datetime

    def lasts(self, now: datetime) -> bool:
        """Say whether the server is left alone `now`; not for longer when the clock is set back."""
        return self.since <= now < self.until


def pause(failures: int, now: datetime, jitter: float) -> Pause:
    """Return the pause after a server failed as a whole `now`, `failures` times in a row.

    Each is longer than the one before, up to LONGEST_PAUSE. `jitter`, a random number from 0 to 1,
    adds up to a quarter, so that many workers do not come back at once.
    """
    step = PAUSES[failures - 1] if failures <= len(PAUSES) else LONGEST_PAUSE
    return Pause(failures, now, now + step * (1 + MOST_JITTER * jitter))
