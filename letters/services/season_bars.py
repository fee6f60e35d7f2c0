"""Where the applications of programs stand, in one statement: for the dashboard and the digest."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal, select

from letters.domain.season import Bar
from letters.domain.status import ApplicationStatus
from letters.records import Application, LetterRequest
from letters.services.work import Work


def season_bars(work: Work, program_ids: Collection[UUID]) -> Mapping[UUID, Bar]:
    """Return the bar of each program that has submitted applications."""
    part = case(
        (Application.completed_at.is_not(None), "complete"),
        (_has_one(LetterRequest.received_at.is_not(None)), "partly"),
        (_has_one(LetterRequest.requested_at.is_not(None)), "nothing"),
        else_="not_asked",
    )
    found = (
        select(Application.program_id, part.label("part"))
        .where(
            Application.program_id.in_(program_ids),
            Application.status.in_([ApplicationStatus.SUBMITTED, ApplicationStatus.SELECTED]),
            Application.unproved.is_(False),
        )
        .subquery()
    )
    rows = work.session.execute(
        select(found.c.program_id, found.c.part, func.count()).group_by(
            found.c.program_id, found.c.part
        )
    )
    counts: dict[UUID, dict[str, int]] = {}
    for program_id, name, count in rows:
        counts.setdefault(program_id, {})[name] = count
    return {program_id: Bar(**parts) for program_id, parts in counts.items()}


def _has_one(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Look by an index for the first one; for EXISTS PostgreSQL reads the requests of everybody."""
    one = select(literal(1)).where(LetterRequest.application_id == Application.id, condition)
    return one.limit(1).scalar_subquery().is_not(None)
