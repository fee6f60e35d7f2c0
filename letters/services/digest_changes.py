"""What happened in the windows of the journal, and of the clock, that a digest covers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import case, select

from letters.domain.digest import NEWSWORTHY, Change, Late
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.records import Application, JournalEntry, LetterRequest, Program
from letters.services import finding
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


def details_of(windows: Mapping[UUID, Window]) -> dict[str, Any]:
    """Return the windows of programs as they are kept in an outbox row."""
    return {"windows": {str(key): window.details() for key, window in windows.items()}}


def windows_in(details: Mapping[str, Any]) -> Mapping[UUID, Window]:
    """Read the windows of programs from an outbox row."""
    return {UUID(key): Window.from_details(one) for key, one in details["windows"].items()}


def changes_in(
    work: Work, program_ids: Collection[UUID], windows: Mapping[UUID, Window]
) -> Mapping[UUID, Sequence[Change]]:
    """Return what happened in the window of each program, oldest first."""
    rows = work.session.execute(
        select(JournalEntry, Application, LetterRequest)
        .join(Application, Application.id == JournalEntry.application_id)
        .outerjoin(LetterRequest, LetterRequest.id == JournalEntry.request_id)
        .where(
            JournalEntry.program_id.in_(program_ids),
            JournalEntry.seq > min(window.since_seq for window in windows.values()),
            JournalEntry.seq <= max(window.until_seq for window in windows.values()),
            JournalEntry.fact.in_(NEWSWORTHY),
            Application.unproved.is_(False),
        )
        .order_by(JournalEntry.seq)
    )
    changes: dict[UUID, list[Change]] = {}
    for entry, application, request in rows:
        window = windows[entry.program_id]
        if window.since_seq < entry.seq <= window.until_seq:
            change = _change(entry, application, request)
            changes.setdefault(entry.program_id, []).append(change)
    return changes


def _change(entry: JournalEntry, application: Application, request: LetterRequest | None) -> Change:
    return Change(
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


def late_in(
    work: Work, program_ids: Collection[UUID], windows: Mapping[UUID, Window]
) -> Mapping[UUID, Sequence[Late]]:
    """Return the requests that became late in the window of each program.

    Those of one application are in the order of its referees.
    """
    due_at = finding.due_at_of(Program.due_at)
    until = max(window.until_at for window in windows.values())
    # What is asked for in the grace time is late from the moment it is asked.
    late_at = case((LetterRequest.requested_at > due_at, LetterRequest.requested_at), else_=due_at)
    rows = work.session.execute(
        select(Application, LetterRequest, late_at)
        .join(LetterRequest, LetterRequest.application_id == Application.id)
        .join(Program, Program.id == Application.program_id)
        .where(
            Application.program_id.in_(program_ids),
            Application.status != ApplicationStatus.WITHDRAWN,
            LetterRequest.status == RequestStatus.REQUESTED,
            late_at > min(window.since_at for window in windows.values()),
            late_at <= until,
            # Nothing is late before its program's date: most programs are left out by theirs.
            Program.due_at <= until,
        )
        .order_by(Application.id, LetterRequest.position)
    )
    late: dict[UUID, list[Late]] = {}
    for application, request, at in rows:
        window = windows[application.program_id]
        if window.since_at < at <= window.until_at:
            line = Late(application.id, application.applicant_name, request.referee_name, at)
            late.setdefault(application.program_id, []).append(line)
    return late
