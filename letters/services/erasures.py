"""What of a program's letters is erased when: in pages for who works on it, cut for a mail.

A page begins beside a letter, not at a number: what is erased meanwhile moves nothing to another
page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    String,
    cast,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute

from letters.domain.keeping import erased_from, is_listed, kept_until
from letters.records import Application, Letter, LetterRequest, Program
from letters.services import holding
from letters.services.retaining import due_at_in
from letters.services.work import Work

MOST_NAMED = 10
PAGE_SIZE = 50
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""Stands for a date that a letter has not, and comes last: databases do not compare nothing."""


@dataclass(frozen=True)
class Soon:
    """Letters of one application that are erased together, from `at` on or a little later.

    `letter_id` is one of them. `listed` is whether a list has told so. While `held`, nothing of it
    is erased.
    """

    letter_id: UUID
    application_id: UUID
    applicant_name: str
    letters: int
    at: datetime
    listed: bool
    held: bool


@dataclass(frozen=True)
class Beside:
    """Where a page is: the next one after the group of a letter, or the one `before` it."""

    letter_id: UUID
    before: bool = False


@dataclass(frozen=True)
class Erasures:
    """What is erased, soonest first: `shown` of it, of so many letters of applications in all.

    `before` and `after` are where the pages on both sides are; None where there is none.
    """

    shown: Sequence[Soon]
    letters: int
    applications: int
    before: UUID | None = None
    after: UUID | None = None


def on_list(work: Work, program: Program, since: datetime) -> Erasures:
    """Return what a list says that was made at `since`, as it stands now; cut at ten."""
    listed = [Letter.listed_at >= since, ~holding.is_held()]
    found = [one for one in _soonest(work, program, listed) if one.listed]
    return Erasures(
        found[:MOST_NAMED],
        sum(one.letters for one in found),
        len({one.application_id for one in found}),
    )


def erasures_page(work: Work, program: Program, beside: Beside | None = None) -> Erasures:
    """Return a page of all letters that a program keeps, what is erased first coming first.

    Beside a letter that is gone it is the first page.
    """
    counted = work.session.execute(
        select(func.count(Letter.id), func.count(Application.id.distinct()))
        .join(LetterRequest, LetterRequest.id == Letter.request_id)
        .join(Application, Application.id == LetterRequest.application_id)
        .where(Application.program_id == program.id, Letter.purged_at.is_(None))
    ).one()
    shown, ahead, behind = _around(work, program, beside)
    return Erasures(
        shown,
        *counted,
        before=shown[0].letter_id if ahead else None,
        after=shown[-1].letter_id if behind else None,
    )


def _around(
    work: Work, program: Program, beside: Beside | None
) -> tuple[Sequence[Soon], bool, bool]:
    """Return what a page shows, and whether there is more ahead of it, and behind it."""
    key = _key_of(work, program, beside.letter_id) if beside else None
    if beside is None or key is None:
        found = _soonest(work, program, [], PAGE_SIZE + 1)
        return found[:PAGE_SIZE], False, len(found) > PAGE_SIZE
    place = tuple_(*(literal(value, c.type) for value, c in zip(key, _key(program), strict=True)))
    here = tuple_(*_key(program))
    past = here < place if beside.before else here > place
    found = _soonest(work, program, [past], PAGE_SIZE + 1, backward=beside.before)
    more = len(found) > PAGE_SIZE
    if not found:
        return _around(work, program, None)
    if beside.before:
        return found[:PAGE_SIZE][::-1], more, True
    return found[:PAGE_SIZE], True, more


def _key(program: Program) -> Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]]:
    """Return what the letters that are erased together share, in the order in which they go."""
    own_due_at, listed_at = LetterRequest.extended_due_at, Letter.listed_at
    return (
        due_at_in(program),
        Application.applicant_name,
        Application.id,
        func.coalesce(own_due_at, literal(_NEVER, own_due_at.type)),
        func.coalesce(listed_at, literal(_NEVER, listed_at.type)),
    )


def _key_of(work: Work, program: Program, letter_id: UUID) -> Sequence[object] | None:
    row = work.session.execute(
        select(*_key(program))
        .join(LetterRequest, LetterRequest.application_id == Application.id)
        .join(Letter, Letter.request_id == LetterRequest.id)
        .where(
            Letter.id == letter_id,
            Letter.purged_at.is_(None),
            Application.program_id == program.id,
        )
    ).one_or_none()
    return None if row is None else tuple(row)


def _soonest(
    work: Work,
    program: Program,
    which: Sequence[ColumnElement[bool]],
    most: int | None = None,
    *,
    backward: bool = False,
) -> list[Soon]:
    own_due_at = LetterRequest.extended_due_at
    order = [key.desc() if backward else key.asc() for key in _key(program)]
    query = (
        select(
            # Not every PostgreSQL knows the least of several ids.
            func.min(cast(Letter.id, String)),
            Application.id,
            Application.applicant_name,
            holding.is_held(),
            own_due_at,
            Letter.listed_at,
            func.count(Letter.id),
        )
        .join(LetterRequest, LetterRequest.application_id == Application.id)
        .join(Letter, Letter.request_id == LetterRequest.id)
        .where(Application.program_id == program.id, Letter.purged_at.is_(None), *which)
        .group_by(Application.id, Application.applicant_name, own_due_at, Letter.listed_at)
        .order_by(*order)
        .limit(most)
    )
    found: list[Soon] = []
    for letter_id, application_id, name, held, own, listed_at, letters in work.session.execute(
        query
    ):
        kept = kept_until(program.terms.for_request(own), program.kept_days)
        at = erased_from(kept, listed_at, work.now)
        listed = is_listed(kept, listed_at)
        found.append(Soon(UUID(letter_id), application_id, name, letters, at, listed, held))
    return found
