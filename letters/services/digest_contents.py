"""What a digest says: what is new in a window of the journal, read when the mail is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import case, select

from letters.domain.digest import NEWSWORTHY, Change, Late, SectionLines, news
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.records import Application, Coordinator, JournalEntry, LetterRequest, Program
from letters.services import finding
from letters.services.dashboard import Season, seasons
from letters.services.work import Work


@dataclass(frozen=True)
class Window:
    """What a digest covers: journal entries after `since_seq` up to and with `until_seq`,

    and due dates after `since_at` up to and with `until_at` (aware, UTC).
    """

    since_seq: int
    until_seq: int
    since_at: datetime
    until_at: datetime

    def details(self) -> dict[str, Any]:
        """Return the window as it is kept in an outbox row."""
        return {
            "since_seq": self.since_seq,
            "until_seq": self.until_seq,
            "since_at": self.since_at.isoformat(),
            "until_at": self.until_at.isoformat(),
        }

    @classmethod
    def from_details(cls, details: Mapping[str, Any]) -> Self:
        """Read a window from an outbox row."""
        return cls(
            since_seq=details["since_seq"],
            until_seq=details["until_seq"],
            since_at=datetime.fromisoformat(details["since_at"]),
            until_at=datetime.fromisoformat(details["until_at"]),
        )


@dataclass(frozen=True)
class DigestLine:
    """One line, with the address of the page where it is dealt with."""

    applicant_name: str
    referee_name: str | None
    at: datetime
    url: str


@dataclass(frozen=True)
class DigestSection:
    """One section of a program: at most ten lines, and how many there are in all."""

    section: str
    total: int
    lines: Sequence[DigestLine]


@dataclass(frozen=True)
class ProgramDigest:
    """One program with something new, and its season in numbers."""

    title: str
    organization: str
    due_at: datetime
    zone: str
    url: str
    applications: int
    complete: int
    waiting: int
    sections: Sequence[DigestSection]


def program_digests(work: Work, coordinator: Coordinator, window: Window) -> list[ProgramDigest]:
    """Return the programs with something new in `window`, soonest due first."""
    changes = _changes(work, coordinator, window)
    late = _late(work, coordinator, window)
    found = []
    for season in seasons(work, coordinator):
        program = season.program
        sections = news(
            program.request_policy, changes.get(program.id, ()), late.get(program.id, ())
        )
        if sections:
            found.append(_program_digest(work, season, sections))
    return found


def _program_digest(work: Work, season: Season, sections: Sequence[SectionLines]) -> ProgramDigest:
    program, base_url = season.program, work.tools.base_url
    return ProgramDigest(
        title=program.title,
        organization=program.organization,
        due_at=program.due_at,
        zone=program.timezone,
        url=f"{base_url}/coordinate/programs/{program.slug}",
        applications=season.submitted,
        complete=season.complete,
        waiting=season.waiting,
        sections=[
            DigestSection(
                section=section.section.value,
                total=section.total,
                lines=[
                    DigestLine(
                        line.applicant_name,
                        line.referee_name,
                        line.at,
                        f"{base_url}/coordinate/applications/{line.application_id}",
                    )
                    for line in section.lines
                ],
            )
            for section in sections
        ],
    )


def _program_ids(coordinator: Coordinator) -> list[UUID]:
    return [program.id for program in coordinator.programs]


def _changes(
    work: Work, coordinator: Coordinator, window: Window
) -> Mapping[UUID, Sequence[Change]]:
    rows = work.session.execute(
        select(JournalEntry, Application, LetterRequest)
        .join(Application, Application.id == JournalEntry.application_id)
        .outerjoin(LetterRequest, LetterRequest.id == JournalEntry.request_id)
        .where(
            JournalEntry.program_id.in_(_program_ids(coordinator)),
            JournalEntry.seq > window.since_seq,
            JournalEntry.seq <= window.until_seq,
            JournalEntry.fact.in_(NEWSWORTHY),
            Application.unproved.is_(False),
        )
        .order_by(JournalEntry.seq)
    )
    changes: dict[UUID, list[Change]] = {}
    for entry, application, joined in rows:
        request: LetterRequest | None = joined
        change = Change(
            fact=entry.fact,
            at=entry.at,
            application_id=application.id,
            applicant_name=application.applicant_name,
            application_status=application.status,
            complete=application.completed_at is not None,
            request_id=request.id if request else None,
            referee_name=request.referee_name if request else None,
            request_status=request.status if request else None,
            replaced=request is not None and request.replaced_at is not None,
        )
        changes.setdefault(entry.program_id, []).append(change)
    return changes


def _late(work: Work, coordinator: Coordinator, window: Window) -> Mapping[UUID, Sequence[Late]]:
    due_at = finding.due_at_of(Program.due_at)
    # What is asked for in the grace time is late from the moment it is asked.
    late_at = case((LetterRequest.requested_at > due_at, LetterRequest.requested_at), else_=due_at)
    rows = work.session.execute(
        select(Application, LetterRequest, late_at)
        .join(LetterRequest, LetterRequest.application_id == Application.id)
        .join(Program, Program.id == Application.program_id)
        .where(
            Application.program_id.in_(_program_ids(coordinator)),
            Application.status != ApplicationStatus.WITHDRAWN,
            LetterRequest.status == RequestStatus.REQUESTED,
            late_at > window.since_at,
            late_at <= window.until_at,
        )
    )
    late: dict[UUID, list[Late]] = {}
    for application, request, at in rows:
        line = Late(application.id, application.applicant_name, request.referee_name, at)
        late.setdefault(application.program_id, []).append(line)
    return late
