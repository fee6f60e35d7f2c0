"""When referees are reminded: spacing and budgets. All instants are aware datetimes in UTC."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from letters.domain.errors import NudgeNotPossible, NudgeTooSoon, RemindersUsedUp

DEFAULT_MOST_REMINDERS = 5
"""How often a referee is reminded of one letter at most, whoever reminds."""

DEFAULT_REMINDER_DAYS = (14, 7, 2)
"""So many days before the due date referees are reminded, where a program says nothing else."""

NUDGE_SPACING = timedelta(hours=48)
"""So long after the request, and after the last reminder, a person may remind."""


@dataclass(frozen=True)
class Reminded:
    """What a referee has been mailed about one letter, and how often they may be.

    `awaited` says that the letter can come now, until `closes_at`, that the address works, and that
    the referee takes reminders. `reminded_at` is the last reminder, whoever caused it; `reminders`
    counts what went out, whoever caused it, of `most_reminders`.
    """

    awaited: bool
    requested_at: datetime | None
    reminded_at: datetime | None
    reminders: int
    most_reminders: int
    closes_at: datetime


def next_nudge(reminded: Reminded) -> datetime | None:
    """Return from when on the applicant may nudge; it may be past.

    None where that will not be: the letter is not awaited, or not by then, or the budget is used
    up.
    """
    if not reminded.awaited or reminded.requested_at is None:
        return None
    if reminded.reminders >= reminded.most_reminders:
        return None
    last = max(reminded.requested_at, reminded.reminded_at or reminded.requested_at)
    at = last + NUDGE_SPACING
    return at if at <= reminded.closes_at else None


def check_nudge(reminded: Reminded, now: datetime) -> None:
    """Say whether the applicant may nudge now.

    Raises NudgeNotPossible, RemindersUsedUp, or NudgeTooSoon with the instant when it will be.
    """
    if reminded.awaited and reminded.reminders >= reminded.most_reminders:
        raise RemindersUsedUp
    at = next_nudge(reminded)
    if at is None:
        raise NudgeNotPossible
    if now < at:
        raise NudgeTooSoon(at=at.isoformat())
