"""What is new for a coordinator since their last digest."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID
from zoneinfo import ZoneInfo

from letters.domain.journal import Fact
from letters.domain.needs import Need
from letters.domain.status import ApplicationStatus, RequestStatus

LINES_SHOWN = 10
DEFAULT_HOUR = 7
DEFAULT_RISK_DAYS = 7
MOST_RISK_DAYS = 60
EVERY_DAY = frozenset(range(7))
WORKING_DAYS = frozenset(range(5))


class Frequency(StrEnum):
    """How often somebody wants the digest of a program."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    OFF = "off"


class Section(StrEnum):
    """What can be new since the last digest, most urgent first."""

    OVERDUE = "overdue"
    DECLINED = "declined"
    REPLACED = "replaced"
    SUBMITTED = "submitted"
    COMPLETE = "complete"
    LETTERS_IN = "letters_in"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Change:
    """One journal entry, with what is true of its application and request by now.

    `request_id` and `request_status` are None where the entry speaks of the application alone.
    `replaced` says that somebody else was named in place of the referee.
    """

    fact: Fact
    at: datetime
    application_id: UUID
    applicant_name: str
    application_status: ApplicationStatus
    complete: bool
    request_id: UUID | None = None
    referee_name: str | None = None
    request_status: RequestStatus | None = None
    replaced: bool = False


@dataclass(frozen=True)
class Late:
    """A request whose due date passed between two digests and whose letter is still awaited."""

    application_id: UUID
    applicant_name: str
    referee_name: str
    due_at: datetime


@dataclass(frozen=True)
class Line:
    """One line of a section."""

    application_id: UUID
    applicant_name: str
    referee_name: str | None
    at: datetime


@dataclass(frozen=True)
class SectionLines:
    """A section with something in it: the first lines, and how many there are in all."""

    section: Section
    total: int
    lines: tuple[Line, ...]


def news(changes: Iterable[Change], late: Iterable[Late]) -> tuple[SectionLines, ...]:
    """Return the sections of one program that have something to say, most urgent first.

    What is no longer true is left out: a letter that was returned since, a decline
    that was taken back, or whose referee was replaced. Each application or request stands at most
    once in a section, with its newest entry; lines are in the order of time. Nothing new gives an
    empty tuple.
    """
    lines: dict[Section, dict[UUID, Line]] = {section: {} for section in Section}
    for change in changes:
        section = _section(change)
        if section is None:
            continue
        key = change.request_id or change.application_id
        lines[section].pop(key, None)
        lines[section][key] = Line(
            change.application_id, change.applicant_name, change.referee_name, change.at
        )
    overdue = [
        Line(x.application_id, x.applicant_name, x.referee_name, x.due_at)
        for x in sorted(late, key=lambda x: (x.due_at, x.applicant_name))
    ]
    found = {s: list(by_key.values()) for s, by_key in lines.items()} | {Section.OVERDUE: overdue}
    return tuple(_cut(section, found[section]) for section in Section if found[section])


def needs_raised(changes: Iterable[Change]) -> frozenset[Need]:
    """Return the needs that changes gave rise to, whether or not they still stand."""
    return frozenset(RAISES[change.fact] for change in changes if change.fact in RAISES)


def _section(change: Change) -> Section | None:
    withdrawn = change.application_status is ApplicationStatus.WITHDRAWN
    if change.fact is Fact.APPLICATION_WITHDRAWN:
        return Section.WITHDRAWN
    if withdrawn or change.fact not in _SECTIONS:
        return None
    return _SECTIONS[change.fact] if _still_so(change) else None


def _still_so(change: Change) -> bool:
    match change.fact:
        case Fact.LETTER_RECEIVED | Fact.LETTER_ENTERED:
            return change.request_status is RequestStatus.RECEIVED
        case Fact.NOTICE_DECLINED | Fact.REQUEST_DECLINED:
            return change.request_status is RequestStatus.DECLINED and not change.replaced
        case Fact.APPLICATION_COMPLETED:
            return change.complete
        case _:
            return True


def _cut(section: Section, lines: Sequence[Line]) -> SectionLines:
    return SectionLines(section, len(lines), tuple(lines[:LINES_SHOWN]))


_SECTIONS: Mapping[Fact, Section] = MappingProxyType(
    {
        Fact.APPLICATION_SUBMITTED: Section.SUBMITTED,
        Fact.APPLICATION_COMPLETED: Section.COMPLETE,
        Fact.APPLICATION_WITHDRAWN: Section.WITHDRAWN,
        Fact.LETTER_RECEIVED: Section.LETTERS_IN,
        Fact.LETTER_ENTERED: Section.LETTERS_IN,
        Fact.NOTICE_DECLINED: Section.DECLINED,
        Fact.REQUEST_DECLINED: Section.DECLINED,
        Fact.REFEREE_REPLACED: Section.REPLACED,
    }
)

RAISES: Mapping[Fact, Need] = MappingProxyType(
    {
        Fact.APPLICATION_SUBMITTED: Need.WAITING,
        Fact.MORE_TIME_ASKED: Need.MORE_TIME,
        Fact.ADDRESS_BOUNCED: Need.BOUNCED,
        Fact.LETTER_MARKED: Need.MARKED,
        Fact.SIGNAL_FOUND: Need.SIGNALS,
        Fact.MAIL_GIVEN_UP: Need.GIVEN_UP,
    }
)
"""The facts that give rise to a need: while it stands, a digest has something new to say."""

NEWSWORTHY = frozenset(_SECTIONS) | frozenset(RAISES)
"""The facts that a digest is made of."""


def days_of(frequency: Frequency, weekday: int) -> frozenset[int]:
    """Return the local weekdays, Monday is 0, on which a digest comes; `weekday` is for weekly."""
    match frequency:
        case Frequency.DAILY:
            return EVERY_DAY
        case Frequency.WEEKDAYS:
            return WORKING_DAYS
        case Frequency.WEEKLY:
            return frozenset({weekday})
        case Frequency.OFF:
            return frozenset()


def last_slot(now: datetime, zone: str, hour: int, days: Collection[int] = EVERY_DAY) -> datetime:
    """Return the newest digest hour of `zone` that is not after `now`, as an aware instant.

    There is one slot on each local day that is one of `days`, of which there is at least one. An
    hour that a clock change skips falls an hour later, and of an hour that a clock change repeats
    the first one counts.
    """
    local = now.astimezone(ZoneInfo(zone))
    slot = local.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    while slot.astimezone(now.tzinfo) > now or slot.weekday() not in days:
        slot = (slot - timedelta(days=1)).replace(fold=0)
    return slot.astimezone(now.tzinfo)


def is_due(
    last_at: datetime, now: datetime, zone: str, hour: int, days: Collection[int] = EVERY_DAY
) -> bool:
    """Say whether a slot has come since the digest of `last_at`; without days none ever does."""
    return bool(days) and last_at < last_slot(now, zone, hour, days)
