"""A program's applications, listed in pages with a constant number of statements.

A page begins beside an application, not at a number: what comes in or goes meanwhile moves nobody
to another page. The ids are read in the order of an index, and no more of them than are counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, selectinload
from sqlalchemy.sql import ColumnElement

from letters.domain.errors import AccessDenied
from letters.domain.lists import Filters, Sort, Wrong
from letters.domain.progress import Progress
from letters.domain.roles import Right, may
from letters.records import Application, Coordinator, Program
from letters.services import finding
from letters.services.dashboard import Season, role_on, season_counts, season_of
from letters.services.listing_filters import conditions
from letters.services.viewing import progress_of
from letters.services.work import Work

PAGE_SIZE = 50
COUNTED = 1000
"""Of more applications than this it is said that there are more, and not how many."""
EVERYTHING = Filters()


@dataclass(frozen=True)
class Row:
    """One line of the list of applications."""

    application: Application
    progress: Progress


@dataclass(frozen=True)
class Beside:
    """Where a page is: the next one after an application, or the one `before` it."""

    application_id: UUID
    before: bool = False


@dataclass(frozen=True)
class Page:
    """A page of applications.

    `first` is the place of its first one and `total` how many match; None for more than COUNTED.
    `before` and `after` are where the pages on both sides are; None where there is none.
    """

    season: Season
    rows: Sequence[Row]
    first: int | None
    total: int | None
    before: UUID | None
    after: UUID | None
    wrongs: Sequence[Wrong]
    """What this coordinator may be told of what is wrong."""
    may_manage: bool


def applications_page(
    work: Work,
    coordinator: Coordinator,
    slug: str,
    filters: Filters = EVERYTHING,
    sort: Sort = Sort.NEWEST,
    beside: Beside | None = None,
) -> Page:
    """Return a page of a program's applications.

    Raises UnknownProgram, or AccessDenied, also where `filters` tell what this coordinator may
    not see.
    """
    program = finding.program_by_slug(work, slug)
    role, everywhere = role_on(work, coordinator, program.id), coordinator.is_administrator
    rights = {right for right in Right if may(role, right, administrator=everywhere)}
    needed = {Right.SEE} if filters.wrong is None else {Right.SEE, filters.wrong.right}
    if not needed <= rights:
        raise AccessDenied
    query = select(Application.id).where(*conditions(program, filters, work.now))
    ahead, shown, behind = _around(work, query, sort, _place(work, program, sort, beside))
    place, total = len(ahead) + 1, len(ahead) + len(shown) + len(behind)
    return Page(
        season=season_of(program, season_counts(work, [program.id])),
        rows=_rows(work, shown),
        first=place if place <= COUNTED else None,
        total=total if total <= COUNTED else None,
        before=shown[0] if shown and ahead else None,
        after=shown[-1] if shown and behind else None,
        wrongs=[wrong for wrong in Wrong if wrong.right in rights],
        may_manage=Right.MANAGE in rights,
    )


def _rows(work: Work, ids: Sequence[UUID]) -> list[Row]:
    query = select(Application).where(Application.id.in_(ids))
    found = work.session.scalars(query.options(selectinload(Application.requests))).all()
    by_id = {application.id: application for application in found}
    return [Row(by_id[one], progress_of(work, by_id[one])) for one in ids]


# --- where a page begins ----------------------------------------------------------------------

Key = tuple[InstrumentedAttribute[str] | InstrumentedAttribute[UUID], ...]

_KEYS: dict[Sort, Key] = {
    Sort.NEWEST: (Application.id,),
    Sort.OLDEST: (Application.id,),
    Sort.NAME: (Application.applicant_name, Application.id),
}


@dataclass(frozen=True)
class _Place:
    """The key of the application that a page is beside."""

    key: Sequence[object]
    before: bool


def _place(work: Work, program: Program, sort: Sort, beside: Beside | None) -> _Place | None:
    """An application that is there no more leads to the beginning."""
    if beside is None:
        return None
    row = work.session.execute(
        select(*_KEYS[sort]).where(
            Application.id == beside.application_id, Application.program_id == program.id
        )
    ).one_or_none()
    return None if row is None else _Place(tuple(row), beside.before)


def _around(
    work: Work, query: Select[UUID], sort: Sort, place: _Place | None
) -> tuple[Sequence[UUID], Sequence[UUID], Sequence[UUID]]:
    """Return the ids ahead of a page, of the page, and behind it; no more than are counted."""
    if place is None:
        found = _ids(work, query, sort)
        return (), found[:PAGE_SIZE], found[PAGE_SIZE:]
    onward = _ids(work, query.where(_past(sort, place, including=place.before)), sort)
    back = query.where(_past(sort, place, backward=True, including=not place.before))
    ahead = _ids(work, back, sort, backward=True)[::-1]
    if not place.before or not ahead:
        return ahead, onward[:PAGE_SIZE], onward[PAGE_SIZE:]
    return ahead[:-PAGE_SIZE], ahead[-PAGE_SIZE:], onward


def _ids(work: Work, query: Select[UUID], sort: Sort, *, backward: bool = False) -> Sequence[UUID]:
    descending = (sort is Sort.NEWEST) != backward
    order = [column.desc() if descending else column.asc() for column in _KEYS[sort]]
    # One page more than is counted: what is behind the last page that is counted is seen.
    return work.session.scalars(query.order_by(*order).limit(COUNTED + PAGE_SIZE)).all()


def _past(
    sort: Sort, place: _Place, *, backward: bool = False, including: bool = False
) -> ColumnElement[bool]:
    """Say of an application whether it is past a place, going on or going back."""
    columns = tuple_(*_KEYS[sort])
    key = tuple_(*(literal(value, c.type) for value, c in zip(place.key, _KEYS[sort], strict=True)))
    if (sort is Sort.NEWEST) != backward:
        return columns <= key if including else columns < key
    return columns >= key if including else columns > key
