"""What is new for a coordinator since their last digest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from letters.domain.journal import Fact
from letters.domain.policy import RequestPolicy
from letters.domain.status import ApplicationStatus, RequestStatus

LINES_SHOWN = 10
DEFAULT_HOUR = 7


class Section(StrEnum):
    """The parts of a digest, most urgent first."""

    MAIL_GIVEN_UP = "mail_given_up"
    WAITING = "waiting"
    OVERDUE = "overdue"
    DECLINED = "declined"
    COMPLETE = "complete"
    LETTERS_IN = "letters_in"


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


def news(
    policy: RequestPolicy, changes: Iterable[Change], late: Iterable[Late]
) -> tuple[SectionLines, ...]:
    """Return the sections of one program that have something to say, most urgent first.

    What is no longer true is left out: a submission that has been selected since, a decline
    that was taken back, or whose referee was replaced. Each application or request stands at most
    once in a section, with its newest entry; lines are in the order of time. Nothing new gives an
    empty tuple.
    """
    lines: dict[Section, dict[UUID, Line]] = {section: {} for section in Section}
    for change in changes:
        section = _section(policy, change)
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


def _section(policy: RequestPolicy, change: Change) -> Section | None:
    if change.fact is Fact.MAIL_GIVEN_UP:
        return Section.MAIL_GIVEN_UP
    if change.application_status is ApplicationStatus.WITHDRAWN:
        return None
    if change.fact is Fact.APPLICATION_SUBMITTED:
        waiting = change.application_status is ApplicationStatus.SUBMITTED
        return Section.WAITING if policy is RequestPolicy.SELECTED and waiting else None
    if change.fact is Fact.LETTER_RECEIVED:
        return Section.LETTERS_IN if change.request_status is RequestStatus.RECEIVED else None
    if change.fact in {Fact.NOTICE_DECLINED, Fact.REQUEST_DECLINED}:
        still_so = change.request_status is RequestStatus.DECLINED and not change.replaced
        return Section.DECLINED if still_so else None
    if change.fact is Fact.APPLICATION_COMPLETED:
        return Section.COMPLETE if change.complete else None
    return None


def _cut(section: Section, lines: Sequence[Line]) -> SectionLines:
    return SectionLines(section, len(lines), tuple(lines[:LINES_SHOWN]))


NEWSWORTHY = frozenset(
    {
        Fact.APPLICATION_SUBMITTED,
        Fact.APPLICATION_COMPLETED,
        Fact.LETTER_RECEIVED,
        Fact.NOTICE_DECLINED,
        Fact.REQUEST_DECLINED,
        Fact.MAIL_GIVEN_UP,
    }
)
"""The facts that can put a line into a digest."""


def last_slot(now: datetime, zone: str, hour: int) -> datetime:
    """Return the newest digest hour of `zone` that is not after `now`, as an aware instant.

    There is one slot per local day. An hour that a clock change skips falls an hour later, and
    of an hour that a clock change repeats the first one counts.
    """
    local = now.astimezone(ZoneInfo(zone))
    slot = local.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    if slot.astimezone(now.tzinfo) > now:
        slot = (slot - timedelta(days=1)).replace(fold=0)
    return slot.astimezone(now.tzinfo)


def is_due(last_at: datetime, now: datetime, zone: str, hour: int) -> bool:
    """Say whether a slot has come since the digest of `last_at`."""
    return last_at < last_slot(now, zone, hour)
