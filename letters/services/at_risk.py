"""Letters that are missing and due within days: for the dashboard and the digest."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select

from letters.domain.status import ApplicationStatus, RequestStatus
from letters.records import Application, LetterRequest, Program
from letters.services import finding
from letters.services.needs import LINES_SHOWN
from letters.services.work import Work


@dataclass(frozen=True)
class AtRisk:
    """A letter that an application lacks, and when it is due; `total` counts its program's."""

    program_id: UUID
    application_id: UUID
    applicant_name: str
    referee_name: str
    due_at: datetime
    total: int


def risk_counts(work: Work, program_ids: Collection[UUID], days: int) -> Mapping[UUID, int]:
    """Return how many letters are at risk, by program; nought is left out."""
    found = _missing_soon(work, program_ids, days).subquery()
    rows = work.session.execute(
        select(found.c.program_id, func.count()).group_by(found.c.program_id)
    )
    return dict(rows.all())


def risk_lines(work: Work, program_ids: Collection[UUID], days: int) -> list[AtRisk]:
    """Return the first ten of each program, soonest due first and then by name."""
    found = _missing_soon(work, program_ids, days).subquery()
    order = (found.c.due_at, found.c.applicant_name, found.c.position)
    place = func.row_number().over(partition_by=found.c.program_id, order_by=order)
    total = func.count().over(partition_by=found.c.program_id)
    numbered = select(found, place.label("place"), total.label("total")).subquery()
    rows = work.session.execute(
        select(
            numbered.c.program_id,
            numbered.c.application_id,
            numbered.c.applicant_name,
            numbered.c.referee_name,
            numbered.c.due_at,
            numbered.c.total,
        )
        .where(numbered.c.place <= LINES_SHOWN)
        .order_by(numbered.c.program_id, numbered.c.place)
    )
    return [AtRisk(*row) for row in rows]


def _missing_soon(
    work: Work, program_ids: Collection[UUID], days: int
) -> Select[UUID, UUID, str, str, int, datetime]:
    due_at, until = finding.due_at_of(Program.due_at), work.now + timedelta(days=days)
    return (
        select(
            Application.program_id.label("program_id"),
            Application.id.label("application_id"),
            Application.applicant_name.label("applicant_name"),
            LetterRequest.referee_name.label("referee_name"),
            LetterRequest.position.label("position"),
            due_at.label("due_at"),
        )
        .join(LetterRequest, LetterRequest.application_id == Application.id)
        .join(Program, Program.id == Application.program_id)
        .where(
            Application.program_id.in_(program_ids),
            Application.status != ApplicationStatus.WITHDRAWN,
            Application.completed_at.is_(None),
            LetterRequest.status == RequestStatus.REQUESTED,
            due_at > work.now,
            due_at <= until,
            # No letter is due before its program's date: most programs are left out by theirs.
            Program.due_at <= until,
        )
    )
