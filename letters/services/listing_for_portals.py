"""Applications page by page, oldest first, for programs that ask for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import ColumnElement

from letters.domain.status import ApplicationStatus
from letters.records import Application, JournalEntry
from letters.services.work import Work

PAGE_SIZE = 100


@dataclass(frozen=True)
class Wanted:
    """Which applications: of a program, in a status, touched since an instant, after another one.

    None stands for any.
    """

    program_id: UUID | None = None
    status: ApplicationStatus | None = None
    updated_since: datetime | None = None
    after: UUID | None = None


@dataclass(frozen=True)
class Page:
    """Some applications, and the one after which the next page begins; None on the last."""

    applications: Sequence[Application]
    next: UUID | None


def page(work: Work, wanted: Wanted) -> Page:
    """Return a page of applications, in the order in which they came."""
    query = (
        select(Application)
        .where(Application.unproved.is_(False), *_conditions(wanted))
        .options(joinedload(Application.program), selectinload(Application.requests))
        .order_by(Application.id)
        .limit(PAGE_SIZE + 1)
    )
    found = work.session.scalars(query).all()
    shown = found[:PAGE_SIZE]
    return Page(shown, shown[-1].id if len(found) > PAGE_SIZE else None)


def _conditions(wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.program_id is not None:
        conditions.append(Application.program_id == wanted.program_id)
    if wanted.status is not None:
        conditions.append(Application.status == wanted.status)
    if wanted.after is not None:
        conditions.append(Application.id > wanted.after)
    if wanted.updated_since is not None:
        conditions.append(
            select(JournalEntry.seq)
            .where(
                JournalEntry.application_id == Application.id,
                JournalEntry.at >= wanted.updated_since,
            )
            .exists()
        )
    return conditions
