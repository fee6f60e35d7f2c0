"""Which applications an act is done to: those that were ticked, or all that a list's filters match.

What an act would do to them is foreseen page after page: memory does not grow with their number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, selectinload
from sqlalchemy.sql import ColumnElement

from letters.domain.bulk import MOST_AT_ONCE, Order
from letters.domain.errors import NothingChosen, TooManyChosen
from letters.domain.lists import Filters
from letters.records import Application, Program
from letters.services import bulk_acts
from letters.services.bulk_acts import Preview
from letters.services.listing_filters import conditions
from letters.services.work import Actor, Work, Works

PAGE = 200


@dataclass(frozen=True)
class Choice:
    """Applications of a program: all that `filters` match, or those of them with these ids."""

    filters: Filters
    ids: frozenset[UUID] | None = None

    def conditions(self, program: Program, now: datetime) -> list[ColumnElement[bool]]:
        """Return what an application must fulfil to be chosen at the instant `now`."""
        if self.ids is None:
            return conditions(program, self.filters, now)
        # Who was ticked is meant, also where the list would not show them any more.
        return [*conditions(program, Filters(), now), Application.id.in_(self.ids)]


def preview(works: Works, actor: Actor, program: Program, choice: Choice, order: Order) -> Preview:
    """Return what an act would do to the chosen applications. Nothing is changed.

    Raises NothingChosen or TooManyChosen.
    """
    with works.look(actor) as work:
        check_number(_count(work, program, choice))
    foreseen, after, page = Preview(), UUID(int=0), PAGE
    while page == PAGE:
        with works.look(actor) as work:
            found = _page(work, program, choice, after)
            foreseen += bulk_acts.preview(work, order, found)
        page, after = len(found), found[-1].id if found else after
    return foreseen


def check_number(chosen: int) -> None:
    """Say whether an act may be done to so many applications.

    Raises NothingChosen or TooManyChosen.
    """
    if not chosen:
        raise NothingChosen
    if chosen > MOST_AT_ONCE:
        raise TooManyChosen(most=MOST_AT_ONCE)


def _count(work: Work, program: Program, choice: Choice) -> int:
    """Count the chosen applications, and one more at most than an act is done to."""
    some = select(Application.id).where(*choice.conditions(program, work.now))
    query = select(func.count()).select_from(some.limit(MOST_AT_ONCE + 1).subquery())
    return work.session.scalar(query) or 0


def _page(work: Work, program: Program, choice: Choice, after: UUID) -> Sequence[Application]:
    query = (
        select(Application)
        .join(Application.program)
        .options(contains_eager(Application.program), selectinload(Application.requests))
        .where(*choice.conditions(program, work.now), Application.id > after)
        .order_by(Application.id)
        .limit(PAGE)
    )
    return work.session.scalars(query).all()
