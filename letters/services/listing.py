"""A program's applications, listed in pages with a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import false, or_, select
from sqlalchemy.orm import selectinload
from sqlalchemy.sql import ColumnElement

from letters.domain.errors import Problem
from letters.domain.progress import Progress
from letters.domain.status import ApplicationStatus
from letters.domain.text import LONGEST_LINE, clean_line
from letters.records import Application, Coordinator, LetterRequest
from letters.services.dashboard import Season, program_run_by, season_counts, season_of
from letters.services.viewing import progress_of
from letters.services.work import Work

PAGE_SIZE = 50


@dataclass(frozen=True)
class Row:
    """One line of the list of applications."""

    application: Application
    progress: Progress


@dataclass(frozen=True)
class Page:
    """A page of applications, and where the next one begins (None on the last)."""

    season: Season
    rows: Sequence[Row]
    next_after: UUID | None


def applications_page(
    work: Work,
    coordinator: Coordinator,
    slug: str,
    *,
    search: str = "",
    status: ApplicationStatus | None = None,
    after: UUID | None = None,
) -> Page:
    """Return a page of a program's applications, newest first.

    `search` looks for a part of a name, an address or an external id, also of referees.
    Raises UnknownProgram or AccessDenied.
    """
    program = program_run_by(work, coordinator, slug)
    query = (
        select(Application)
        .where(Application.program_id == program.id, Application.unproved.is_(False))
        .options(selectinload(Application.requests))
        .order_by(Application.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if status is not None:
        query = query.where(Application.status == status)
    if after is not None:
        query = query.where(Application.id < after)
    if search:
        query = query.where(_matches(search))
    found = work.session.scalars(query).all()
    shown = found[:PAGE_SIZE]
    return Page(
        season=season_of(program, season_counts(work, [program.id])),
        rows=[Row(application, progress_of(work, application)) for application in shown],
        next_after=shown[-1].id if len(found) > PAGE_SIZE else None,
    )


def _matches(search: str) -> ColumnElement[bool]:
    """What no name can hold is found nowhere; the rest is put into the form that names have."""
    problems: list[Problem] = []
    search = clean_line("search", search, problems, LONGEST_LINE)
    if problems:
        return false()
    referees = select(LetterRequest.application_id).where(
        or_(
            LetterRequest.referee_name.icontains(search, autoescape=True),
            LetterRequest.referee_email.icontains(search, autoescape=True),
        )
    )
    return or_(
        Application.applicant_name.icontains(search, autoescape=True),
        Application.applicant_email.icontains(search, autoescape=True),
        Application.external_id.icontains(search, autoescape=True),
        Application.id.in_(referees),
    )
