"""How a letter is kept: held back when nobody could look into it, and deleted in the end.

All instants are aware datetimes in UTC.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from letters.domain.policy import Terms

DEFAULT_KEPT_DAYS = 365
LONGEST_KEPT_DAYS = 3660
DEFAULT_WISHED_PAGES = 20
MOST_WISHED_PAGES = 1000

LISTED_BEFORE = timedelta(days=7)
"""So long a letter stands on a list before it is erased."""


class Quarantine(StrEnum):
    """Why a letter is held back until a coordinator releases it."""

    UNCHECKED = "unchecked"
    NOT_SCANNED = "not_scanned"


class Keeping(StrEnum):
    """Where a letter stands on its way to being erased."""

    KEPT = "kept"
    """Its time is not over."""
    HELD = "held"
    """Nothing of it is erased while a legal hold stands."""
    UNLISTED = "unlisted"
    """Its time is over, and no list has named it for a week."""
    OVER = "over"
    """It is erased when somebody comes to do it."""


def kept_until(terms: Terms, days: int) -> datetime:
    """Return until when a letter is kept: so many days after its own closing date."""
    return terms.closes_at + timedelta(days=days)


def is_listed(kept: datetime, listed_at: datetime | None) -> bool:
    """Say whether a list named the letter for the day `kept`, and not for an earlier one.

    A day that moves later after the list went out is told anew when it is near.
    """
    return listed_at is not None and listed_at >= kept - LISTED_BEFORE


def is_to_be_listed(kept: datetime, listed_at: datetime | None, now: datetime) -> bool:
    """Say whether the next list has to name the letter."""
    return now > kept - LISTED_BEFORE and not is_listed(kept, listed_at)


def erased_from(kept: datetime, listed_at: datetime | None, now: datetime) -> datetime:
    """Return from when on the letter may be erased: its time is over, its list out for a week.

    Where no list names it yet, it is the earliest instant there can be.
    """
    if listed_at is None or not is_listed(kept, listed_at):
        listed_at = max(now, kept - LISTED_BEFORE)
    return max(kept, listed_at + LISTED_BEFORE)


def keeping(kept: datetime, listed_at: datetime | None, now: datetime, *, held: bool) -> Keeping:
    """Say where a letter stands that is kept until `kept`, and was named by a list."""
    if kept >= now:
        return Keeping.KEPT
    if held:
        return Keeping.HELD
    if not is_listed(kept, listed_at) or erased_from(kept, listed_at, now) > now:
        return Keeping.UNLISTED
    return Keeping.OVER
