"""When a failed delivery is tried again, and when it is given up."""

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
