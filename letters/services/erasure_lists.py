"""The list of what is erased soon: made a week before, mailed to managers, shown on a page.

A list names each letter once. The week before it is erased begins when its list was made, and anew
with each mail of it that is handed over: whoever is told, is told for a week.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from letters.domain.journal import Fact
from letters.domain.keeping import (
    LISTED_BEFORE,
    erased_from,
    is_listed,
    is_to_be_listed,
    kept_until,
)
from letters.domain.roles import Role
from letters.records import (
    Application,
    Coordinator,
    Letter,
    LetterRequest,
    OutboxMessage,
    Program,
    program_coordinators,
)
from letters.services import holding
from letters.services.happening import happened_to_program
from letters.services.retaining import due_at_in, kept_after_due, letters_kept_before
from letters.services.work import Actor, Work, Works

MOST_NAMED = 10
MOST_SHOWN = 200
AT_A_TIME = 500


# --- making the lists -------------------------------------------------------------------------


def make_lists(works: Works, actor: Actor, keep_going: Callable[[], bool] = lambda: True) -> int:
    """List what is erased in a week, program after program; return how many letters were listed.

    Safe to interrupt and to repeat: a letter that stands on a list already is not listed again.
    """
    with works.look(actor) as work:
        ids = work.session.scalars(select(Program.id).order_by(Program.due_at)).all()
    listed = 0
    for program_id in ids:
        if not keep_going():
            break
        with works.look(actor) as work:
            is_due = bool(_to_be_listed(work, work.session.get_one(Program, program_id)))
        if is_due:
            with works.change(actor) as work:
                listed += _make_list(work, program_id)
    return listed


def _make_list(work: Work, program_id: UUID) -> int:
    """Put letters on a list, and promise it to whoever manages the program."""
    program = work.session.get_one(Program, program_id)
    holding.lock_program(work, program)
    letters = _to_be_listed(work, program)
    if not letters:
        return 0
    for start in range(0, len(letters), AT_A_TIME):
        work.session.execute(
            update(Letter)
            .where(Letter.id.in_(letters[start : start + AT_A_TIME]))
            .values(listed_at=work.now)
            .execution_options(synchronize_session=False)
        )
    details = {"letters": len(letters)}
    happened_to_program(work, Fact.ERASURE_LISTED, program, details=details)
    for reader in _readers(work, program):
        told = {"coordinator": str(reader)}
        happened_to_program(work, Fact.TOLD_OF_ERASURE, program, told, coordinator_id=reader)
    return len(letters)


def _to_be_listed(work: Work, program: Program) -> list[UUID]:
    query = (
        letters_kept_before(program, work.now + LISTED_BEFORE)
        .with_only_columns(Letter.id, Letter.listed_at, due_at_in(program))
        .where(~holding.is_held())
    )
    kept_for = kept_after_due(program)
    return [
        letter_id
        for letter_id, listed_at, due_at in work.session.execute(query)
        if is_to_be_listed(due_at + kept_for, listed_at, work.now)
    ]


def _readers(work: Work, program: Program) -> Sequence[UUID]:
    """Return who is told: the managers, or the site's administrators where there are none."""
    managers = (
        select(program_coordinators.c.coordinator_id)
        .where(
            program_coordinators.c.program_id == program.id,
            program_coordinators.c.role == Role.MANAGER,
        )
        .order_by(program_coordinators.c.coordinator_id)
    )
    found = work.session.scalars(managers).all()
    if found:
        return found
    administrators = select(Coordinator.id).where(Coordinator.is_administrator)
    return work.session.scalars(administrators.order_by(Coordinator.id)).all()


def handed_over(work: Work, row: OutboxMessage) -> None:
    """Let the week of a list begin anew, now that somebody was told of it."""
    ids = (
        select(Letter.id)
        .join(LetterRequest, LetterRequest.id == Letter.request_id)
        .join(Application, Application.id == LetterRequest.application_id)
        .where(
            Application.program_id == UUID(row.details["program"]),
            Letter.purged_at.is_(None),
            Letter.listed_at >= row.created_at,
        )
    )
    work.session.execute(
        update(Letter)
        .where(Letter.id.in_(ids))
        .values(listed_at=work.now)
        .execution_options(synchronize_session=False)
    )


# --- reading them -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Soon:
    """Letters of one application that are erased together, from `at` on or a little later.

    `listed` is whether a list has told so. While `held`, nothing of it is erased.
    """

    application_id: UUID
    applicant_name: str
    letters: int
    at: datetime
    listed: bool
    held: bool


@dataclass(frozen=True)
class Erasures:
    """What is erased, soonest first: `shown` of it, of so many letters of applications in all."""

    shown: Sequence[Soon]
    letters: int
    applications: int


def on_list(work: Work, program: Program, since: datetime) -> Erasures:
    """Return what a list says that was made at `since`, as it stands now; cut at ten."""
    listed = [Letter.listed_at >= since, ~holding.is_held()]
    found = [one for one in _soonest(work, program, listed) if one.listed]
    return Erasures(
        found[:MOST_NAMED],
        sum(one.letters for one in found),
        len({one.application_id for one in found}),
    )


def erasures(work: Work, program: Program) -> Erasures:
    """Return all letters that a program keeps, what is erased first coming first; cut at 200."""
    counted = work.session.execute(
        select(func.count(Letter.id), func.count(Application.id.distinct()))
        .join(LetterRequest, LetterRequest.id == Letter.request_id)
        .join(Application, Application.id == LetterRequest.application_id)
        .where(Application.program_id == program.id, Letter.purged_at.is_(None))
    ).one()
    return Erasures(_soonest(work, program, [], MOST_SHOWN), *counted)


def _soonest(
    work: Work, program: Program, which: Sequence[ColumnElement[bool]], most: int | None = None
) -> list[Soon]:
    own_due_at = LetterRequest.extended_due_at
    query = (
        select(
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
        .order_by(due_at_in(program), Application.applicant_name, Application.id)
        .limit(most)
    )
    found: list[Soon] = []
    for application_id, name, held, own, listed_at, letters in work.session.execute(query):
        kept = kept_until(program.terms.for_request(own), program.kept_days)
        at = erased_from(kept, listed_at, work.now)
        found.append(Soon(application_id, name, letters, at, is_listed(kept, listed_at), held))
    return found
