"""How long somebody stays signed in."""

from datetime import datetime, timedelta

LONGEST_AWAY = timedelta(hours=12)
"""Without a page asked for, a session ends after this."""

LONGEST = timedelta(days=7)
"""However busy it is, a session ends after this."""

NOTED_EVERY = timedelta(minutes=5)
"""How exactly it is known when a session was last used; more would be a write for every page."""

KEPT = timedelta(days=90)
"""Sessions that are over can be looked back at for so long."""


def is_over(began_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Say whether a session that nobody ended is over by itself. All instants are aware."""
    return now >= began_at + LONGEST or now >= seen_at + LONGEST_AWAY


def is_worth_noting(seen_at: datetime, now: datetime) -> bool:
    """Say whether what is written down about the last use is too old."""
    return now >= seen_at + NOTED_EVERY
