"""How a letter is kept: held back when nobody could look into it, and deleted in the end."""

from datetime import datetime, timedelta
from enum import StrEnum

from letters.domain.policy import Terms

DEFAULT_KEPT_DAYS = 365
LONGEST_KEPT_DAYS = 3660
DEFAULT_WISHED_PAGES = 20
MOST_WISHED_PAGES = 1000


class Quarantine(StrEnum):
    """Why a letter is held back until a coordinator releases it."""

    UNCHECKED = "unchecked"
    NOT_SCANNED = "not_scanned"


def kept_until(terms: Terms, days: int) -> datetime:
    """Return until when a letter is kept: so many days after its own closing date."""
    return terms.closes_at + timedelta(days=days)
