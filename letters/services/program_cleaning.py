"""What a program may be: everything that was typed is cleaned and checked at once."""

import re
import zoneinfo
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from letters.addresses import clean_address
from letters.domain.colours import clean_accent
from letters.domain.documents import DEFAULT_LIMIT, MEGABYTE
from letters.domain.errors import InvalidInput, Problem
from letters.domain.keeping import (
    DEFAULT_KEPT_DAYS,
    DEFAULT_WISHED_PAGES,
    LONGEST_KEPT_DAYS,
    MOST_WISHED_PAGES,
)
from letters.domain.policy import (
    DEFAULT_MIN_LETTERS,
    LONGEST_GRACE_HOURS,
    MOST_LETTERS,
    RequestPolicy,
    Terms,
    terms_problems,
)
from letters.domain.schedule import DEFAULT_MOST_REMINDERS, DEFAULT_REMINDER_DAYS
from letters.domain.text import LONGEST_LINE, clean_line, clean_text, required_line
from letters.domain.words import N_

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_SLUG = 60
YEAR_TOO_FAR = 3000
LARGEST_LIMIT = 100 * MEGABYTE
MOST_REMINDERS = 20
EARLIEST_REMINDER = 365
NO_PLACES = frozenset({"localtime", "Factory"})
"""The machine's own zone, whichever that is, and the one of a machine that nobody has set up."""


@dataclass(frozen=True)
class NewProgram:
    """A program as somebody typed it; `due_at` is aware, `timezone` an IANA name.

    No wished pages means letters of any length. Letters are kept for `kept_days` after their
    closing date. `notices_on_submission` has no effect where submitting requests the letters.
    An empty `waiver_wording` is the usual text, an empty `sender_name` the organization, an empty
    `accent` our own colour.
    """

    slug: str
    title: str
    organization: str
    contact_email: str
    due_at: datetime
    timezone: str
    description: str = ""
    instructions: str = ""
    grace_hours: int = 0
    min_letters: int = DEFAULT_MIN_LETTERS
    max_letters: int | None = None
    request_policy: RequestPolicy = RequestPolicy.AUTOMATIC
    largest_file: int = DEFAULT_LIMIT
    wished_pages: int = DEFAULT_WISHED_PAGES
    kept_days: int = DEFAULT_KEPT_DAYS
    takes_word: bool = False
    notices_on_submission: bool = False
    most_reminders: int = DEFAULT_MOST_REMINDERS
    reminder_days: Sequence[int] = DEFAULT_REMINDER_DAYS
    waiver_wording: str = ""
    sender_name: str = ""
    accent: str = ""


def cleaned(new: NewProgram, now: datetime, due_before: datetime | None = None) -> dict[str, Any]:
    """Return the columns of a program, but for its short name, from what was typed.

    A due date that was there before, `due_before`, may be over. Raises InvalidInput with every
    problem at once.
    """
    problems: list[Problem] = []
    _check_slug(new.slug, problems)
    usual_most = max(new.min_letters, min(new.min_letters + 2, MOST_LETTERS))
    values: dict[str, Any] = {
        "title": required_line("title", new.title, problems, LONGEST_LINE),
        "organization": required_line("organization", new.organization, problems, LONGEST_LINE),
        "description": clean_text("description", new.description, problems),
        "instructions": clean_text("instructions", new.instructions, problems),
        "contact_email": clean_address("contact_email", new.contact_email, problems),
        "due_at": new.due_at,
        "grace_hours": new.grace_hours,
        "timezone": new.timezone,
        "min_letters": new.min_letters,
        "max_letters": usual_most if new.max_letters is None else new.max_letters,
        "request_policy": new.request_policy,
        "largest_file": new.largest_file,
        "wished_pages": new.wished_pages,
        "kept_days": new.kept_days,
        "takes_word": new.takes_word,
        "notices_on_submission": new.notices_on_submission,
        "most_reminders": new.most_reminders,
        "reminder_days": sorted(set(new.reminder_days), reverse=True),
        "waiver_wording": clean_text("waiver_wording", new.waiver_wording, problems),
        "sender_name": clean_line("sender_name", new.sender_name, problems),
        "accent": clean_accent("accent", new.accent, problems),
    }
    check_zone("timezone", new.timezone, problems)
    problems += _problems_of_terms(new, values["max_letters"], now, due_before)
    _check_bounds(new, problems)
    if problems:
        raise InvalidInput(problems)
    return values


def _problems_of_terms(
    new: NewProgram, max_letters: int, now: datetime, due_before: datetime | None
) -> list[Problem]:
    terms = Terms(
        min_letters=new.min_letters,
        max_letters=max_letters,
        request_policy=new.request_policy,
        due_at=new.due_at,
        grace=_grace(new.grace_hours),
        contact=new.contact_email,
    )
    found = terms_problems(terms, now)
    if new.due_at == due_before:
        return [problem for problem in found if problem.field != "due_at"]
    return found


def _grace(hours: int) -> timedelta:
    """Whatever was typed fits into a timedelta; what is out of bounds stays so."""
    return timedelta(hours=max(-1, min(hours, LONGEST_GRACE_HOURS + 1)))


def _check_bounds(new: NewProgram, problems: list[Problem]) -> None:
    """What no calendar and no upload can do: a date without an end, a file without one."""
    if new.due_at.year >= YEAR_TOO_FAR:
        problems.append(
            Problem(
                "due_at",
                N_("Choose a due date before the year %(year)s."),
                {"year": YEAR_TOO_FAR},
            )
        )
    if not 0 < new.largest_file <= LARGEST_LIMIT:
        problems.append(
            Problem(
                "largest_file",
                N_("Choose a size above 0 and of at most %(most)s MB."),
                {"most": LARGEST_LIMIT // MEGABYTE},
            )
        )
    if not 0 <= new.wished_pages <= MOST_WISHED_PAGES:
        problems.append(
            Problem(
                "wished_pages",
                N_("Choose at most %(most)s pages, or 0 for letters of any length."),
                {"most": MOST_WISHED_PAGES},
            )
        )
    if not 0 <= new.most_reminders <= MOST_REMINDERS:
        problems.append(
            Problem(
                "most_reminders",
                N_("Choose from 0 to %(most)s reminders."),
                {"most": MOST_REMINDERS},
            )
        )
    if len(new.reminder_days) > MOST_REMINDERS or not all(
        1 <= day <= EARLIEST_REMINDER for day in new.reminder_days
    ):
        problems.append(
            Problem(
                "reminder_days",
                N_("Give at most %(most)s numbers of days from 1 to %(earliest)s, such as 14, 7."),
                {"most": MOST_REMINDERS, "earliest": EARLIEST_REMINDER},
            )
        )
    if not 1 <= new.kept_days <= LONGEST_KEPT_DAYS:
        problems.append(
            Problem(
                "kept_days",
                N_("Choose how long letters are kept: from 1 to %(longest)s days."),
                {"longest": LONGEST_KEPT_DAYS},
            )
        )


def _check_slug(slug: str, problems: list[Problem]) -> None:
    if len(slug) > LONGEST_SLUG or not SLUG.fullmatch(slug):
        problems.append(
            Problem(
                "slug",
                N_("Use small letters, digits and single hyphens, at most %(longest)s characters."),
                {"longest": LONGEST_SLUG},
            )
        )


def check_zone(field: str, zone: str, problems: list[Problem]) -> None:
    """Append a problem where `zone` is no IANA name."""
    if not is_zone(zone):
        problems.append(Problem(field, N_("Use the name of a time zone, such as Europe/Zurich.")))


def is_zone(zone: str) -> bool:
    """Say whether `zone` is an IANA name that this machine knows."""
    return zone in _zones()


@cache
def _zones() -> Collection[str]:
    """Looking through all the zone files takes a while, and they stay the same."""
    return zoneinfo.available_timezones() - NO_PLACES
