"""What a list of applications is narrowed to, in SQL: search, state, and what is wrong.

Each condition looks at one application by itself, so that a page is full after as few rows as
possible.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, false, literal, not_, or_
from sqlalchemy.sql import ColumnElement

from letters.domain.errors import Problem
from letters.domain.lists import Filters, Wrong
from letters.domain.policy import is_closed
from letters.domain.progress import Standing
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.domain.text import LONGEST_LINE, clean_line
from letters.records import Application, LetterRequest, Program
from letters.records.base import UtcDateTime
from letters.records.came_with import has_tag, has_value
from letters.services import finding
from letters.services.needs import in_need


def conditions(program: Program, filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    """Return what an application of `program` must fulfil to be listed at the instant `now`."""
    found = [Application.program_id == program.id, Application.unproved.is_(False)]
    if filters.state is not None:
        found.append(in_state(filters.state, program, now))
    if filters.wrong is not None:
        found.append(_has_wrong(filters.wrong, program, now, filters.risk_days))
    if filters.search:
        found.append(_matches(filters.search))
    return [*found, *_came_with(program, filters)]


def in_state(state: Standing, program: Program, now: datetime) -> ColumnElement[bool]:
    """Say of an Application of `program` whether it stands there, as `progress.roll_up` does."""
    if state is Standing.DRAFT:
        return Application.status == ApplicationStatus.DRAFT
    if state is Standing.WITHDRAWN:
        return Application.status == ApplicationStatus.WITHDRAWN
    active = Application.status.in_([ApplicationStatus.SUBMITTED, ApplicationStatus.SELECTED])
    if state is Standing.COMPLETE:
        return and_(active, Application.completed_at.is_not(None))
    lacking = and_(active, Application.completed_at.is_(None))
    over = _nothing_can_come(program, now)
    if state is Standing.INCOMPLETE:
        return and_(lacking, over)
    return and_(lacking, not_(over), _on_the_way(program, now)[state])


def _on_the_way(program: Program, now: datetime) -> Mapping[Standing, ColumnElement[bool]]:
    asked = _has_one(LetterRequest.requested_at.is_not(None))
    late = _is_late(program, now)
    some = _has_one(LetterRequest.received_at.is_not(None))
    return {
        Standing.WAITING: not_(asked),
        Standing.OVERDUE: late,
        Standing.PARTLY: and_(asked, not_(late), some),
        Standing.REQUESTED: and_(asked, not_(late), not_(some)),
    }


def _nothing_can_come(program: Program, now: datetime) -> ColumnElement[bool]:
    if not is_closed(program.terms, now):
        return false()
    own = LetterRequest.extended_due_at
    return not_(_awaits(own >= now - program.terms.grace))


def _is_late(program: Program, now: datetime) -> ColumnElement[bool]:
    if now <= program.due_at:
        return false()
    own = LetterRequest.extended_due_at
    return _awaits(or_(own.is_(None), own < now))


def _has_wrong(
    wrong: Wrong, program: Program, now: datetime, risk_days: int
) -> ColumnElement[bool]:
    if wrong.need is not None:
        return in_need(wrong.need)
    due_at = finding.due_at_of(literal(program.due_at, UtcDateTime()))
    soon = now + timedelta(days=risk_days)
    return and_(
        Application.status != ApplicationStatus.WITHDRAWN,
        Application.completed_at.is_(None),
        _awaits(due_at > now, due_at <= soon),
    )


def _matches(search: str) -> ColumnElement[bool]:
    """What no name can hold is found nowhere; the rest is put into the form that names have."""
    problems: list[Problem] = []
    search = clean_line("search", search, problems, LONGEST_LINE)
    if problems:
        return false()
    referee = or_(
        LetterRequest.referee_name.icontains(search, autoescape=True),
        LetterRequest.referee_email.icontains(search, autoescape=True),
    )
    return or_(
        Application.applicant_name.icontains(search, autoescape=True),
        Application.applicant_email.icontains(search, autoescape=True),
        Application.external_id.icontains(search, autoescape=True),
        _has_one(referee),
    )


def _came_with(program: Program, filters: Filters) -> Iterator[ColumnElement[bool]]:
    """A field that the program does not have narrows nothing."""
    names = {definition.name for definition in program.definitions}
    for name, value in filters.fields:
        if name in names:
            line = _line(value)
            yield has_value(name, [line]) if line else false()
    if filters.tag:
        tag = _line(filters.tag)
        yield has_tag(tag) if tag else false()


def _line(typed: str) -> str:
    """Return what was typed in the form that values and tags have; empty if none has."""
    return clean_line("", typed, [], LONGEST_LINE)


def _awaits(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    return _has_one(LetterRequest.status == RequestStatus.REQUESTED, *which)


def _has_one(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(LetterRequest.application_id == Application.id, *which)
