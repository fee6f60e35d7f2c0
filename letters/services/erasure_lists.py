"""The lists of what is erased soon: made a week before, and mailed to managers.

A list names each letter once. The week before it is erased begins when its list was made, and anew
with each mail of it that is handed over: whoever is told, is told for a week.
"""

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy import select, update

from letters.domain.journal import Fact
from letters.domain.keeping import LISTED_BEFORE, is_to_be_listed
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

AT_A_TIME = 500


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
