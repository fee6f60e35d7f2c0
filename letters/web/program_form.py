"""A program's settings as a form: what was typed, and the same put back into the fields."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from letters.domain.documents import MEGABYTE
from letters.domain.errors import InvalidInput, Problem
from letters.domain.policy import DEFAULT_MIN_LETTERS, RequestPolicy
from letters.domain.words import N_
from letters.services.program_cleaning import NewProgram

TEXTS = (
    "slug",
    "title",
    "organization",
    "contact_email",
    "timezone",
    "description",
    "instructions",
    "waiver_wording",
    "sender_name",
    "accent",
)
NUMBERS = (
    "grace_hours",
    "min_letters",
    "max_letters",
    "wished_pages",
    "kept_days",
    "most_reminders",
)
CHOICES = ("takes_word", "notices_on_submission")
MEGABYTES = "largest_megabytes"
FIELDS = (*TEXTS, *NUMBERS, *CHOICES, MEGABYTES, "due_at", "request_policy", "reminder_days")
LONGEST_NUMBER = 6
LOCAL = "%Y-%m-%dT%H:%M"


def shown(program: NewProgram) -> dict[str, str]:
    """Return what the fields hold for these settings."""
    fields = {name: str(getattr(program, name)) for name in (*TEXTS, *NUMBERS)}
    fields |= {name: "yes" if getattr(program, name) else "" for name in CHOICES}
    return {
        **fields,
        MEGABYTES: str(program.largest_file // MEGABYTE),
        "due_at": program.due_at.astimezone(zone_of(program.timezone)).strftime(LOCAL),
        "request_policy": program.request_policy.value,
        "reminder_days": ", ".join(map(str, program.reminder_days)),
    }


def usual(timezone: str) -> dict[str, str]:
    """Return what the fields of a program from nothing hold: the usual settings, and no date."""
    nothing = NewProgram(
        slug="",
        title="",
        organization="",
        contact_email="",
        due_at=datetime.max.replace(tzinfo=UTC),
        timezone="UTC",
        max_letters=DEFAULT_MIN_LETTERS + 2,
    )
    return {**shown(nothing), "timezone": timezone, "due_at": ""}


def typed(fields: Mapping[str, str], before: NewProgram | None = None) -> NewProgram:
    """Return the settings that the fields say; `before` are those that were shown in them.

    What the fields cannot show, such as seconds, stays as it was. Raises InvalidInput for what is
    no number, no date or none of the choices.
    """
    problems: list[Problem] = []
    numbers: dict[str, Any] = {
        name: _number(name, fields.get(name, ""), problems) for name in NUMBERS
    }
    due_at = _due(fields, problems)
    largest = _number(MEGABYTES, fields.get(MEGABYTES, ""), problems) * MEGABYTE
    days = [
        _number("reminder_days", day, problems)
        for day in fields.get("reminder_days", "").replace(",", " ").split()
    ]
    policy = fields.get("request_policy", "")
    if policy not in list(RequestPolicy):
        problems.append(Problem("request_policy", N_("Choose one of the two.")))
    if problems:
        raise InvalidInput(problems)
    made = NewProgram(
        **{
            **{name: fields.get(name, "") for name in TEXTS},
            **numbers,
            **{name: bool(fields.get(name)) for name in CHOICES},
            "due_at": due_at,
            "request_policy": RequestPolicy(policy),
            "largest_file": largest,
            "reminder_days": days,
        }
    )
    return made if before is None else _with_what_is_not_shown(made, before)


def _with_what_is_not_shown(made: NewProgram, before: NewProgram) -> NewProgram:
    fields, earlier = shown(made), shown(before)
    if fields["due_at"] == earlier["due_at"] and made.timezone == before.timezone:
        made = replace(made, due_at=before.due_at)
    if fields[MEGABYTES] == earlier[MEGABYTES]:
        made = replace(made, largest_file=before.largest_file)
    return made


def zone_of(name: str) -> tzinfo:
    """Return the zone; for an unknown one any will do, since the service refuses the name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _number(field: str, text: str, problems: list[Problem]) -> int:
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER:
        return int(text)
    problems.append(Problem(field, N_("Use digits only, such as 3.")))
    return 0


def _due(fields: Mapping[str, str], problems: list[Problem]) -> datetime:
    text = fields.get("due_at", "").strip()[:16]
    zone = zone_of(fields.get("timezone", ""))
    try:
        return datetime.strptime(text, LOCAL).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        problems.append(Problem("due_at", N_("Give a date and a time, such as 2027-04-01T23:59.")))
        return datetime.max.replace(tzinfo=UTC)
