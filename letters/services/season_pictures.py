"""A season in pictures, summed up by the database: as many statements however large it is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, SQLColumnExpression, func, literal, select, union_all

from letters.domain.needs import Need, needs_shown
from letters.domain.progress import Standing
from letters.domain.roles import Right
from letters.domain.season_pictures import Days, Took, by_day, days_of, median, took
from letters.domain.status import ApplicationStatus
from letters.records import Application, Coordinator, LetterRequest, Program
from letters.records.slots import SLOTS_A_DAY, slot_of
from letters.services import dashboard
from letters.services.listing_filters import in_state
from letters.services.needs import need_counts
from letters.services.work import Work

OPEN = (
    Standing.DRAFT,
    Standing.WAITING,
    Standing.REQUESTED,
    Standing.PARTLY,
    Standing.OVERDUE,
    Standing.INCOMPLETE,
)
"""Where an application can be stuck, in the order of the way that it goes."""


@dataclass(frozen=True)
class Pictures:
    """A program's season.

    `former` is the program that it was copied from, for who may see that, too. `took` counts
    letters; half of them took `median` whole days, and in the season before `former_median`.
    `stuck` counts applications, `needs` what needs somebody.
    """

    program: Program
    former: Program | None
    days: Days
    took: Mapping[Took, int]
    median: int | None
    former_median: int | None
    stuck: Mapping[Standing, int]
    needs: Mapping[Need, int]


def pictures_of(work: Work, coordinator: Coordinator, slug: str) -> Pictures:
    """Return the season of a program. Raises UnknownProgram or AccessDenied."""
    program = dashboard.program_run_by(work, coordinator, slug)
    former = _former(work, coordinator, program)
    ids = [one.id for one in (program, former) if one is not None]
    letters, lasted = _letters(work, ids), _lasted(work, ids)
    mine = lasted.get(program.id, {})
    return Pictures(
        program=program,
        former=former,
        days=days_of(_by_day(letters, program), _by_day(letters, former) if former else None),
        took=took(mine),
        median=median(mine),
        former_median=median(lasted.get(former.id, {})) if former else None,
        stuck=_stuck(work, program),
        needs=_needs(work, coordinator, program),
    )


def _former(work: Work, coordinator: Coordinator, program: Program) -> Program | None:
    if program.copied_from is None:
        return None
    if not dashboard.has_right(work, coordinator, program.copied_from, Right.SEE):
        return None
    return work.session.get(Program, program.copied_from)


Counts = Mapping[UUID, Mapping[int, int]]


def _by_day(letters: Counts, program: Program) -> dict[int, int]:
    return by_day(letters.get(program.id, {}), program.due_at, program.timezone)


def _letters(work: Work, program_ids: Collection[UUID]) -> Counts:
    """Return how many letters came in which quarter of an hour."""
    return _counted(work, program_ids, slot_of(LetterRequest.received_at))


def _lasted(work: Work, program_ids: Collection[UUID]) -> Counts:
    """Return how many letters took how many whole days."""
    slots = slot_of(LetterRequest.received_at) - slot_of(LetterRequest.requested_at)
    return _counted(work, program_ids, slots // SLOTS_A_DAY)


def _counted(work: Work, program_ids: Collection[UUID], by: SQLColumnExpression[int]) -> Counts:
    query: Select[UUID, int, int] = (
        select(Application.program_id, by.label("what"), func.count())
        .join(LetterRequest, LetterRequest.application_id == Application.id)
        .where(
            Application.program_id.in_(program_ids),
            Application.status != ApplicationStatus.WITHDRAWN,
            LetterRequest.received_at.is_not(None),
            LetterRequest.requested_at.is_not(None),
        )
        .group_by(Application.program_id, "what")
    )
    found: dict[UUID, dict[int, int]] = {}
    for program_id, what, letters in work.session.execute(query):
        found.setdefault(program_id, {})[what] = letters
    return found


def _stuck(work: Work, program: Program) -> Mapping[Standing, int]:
    """Count each place by itself, so that a database can join: a CASE asks row by row."""
    counts = (
        select(literal(state.value).label("stands"), func.count().label("applications")).where(
            Application.program_id == program.id,
            Application.unproved.is_(False),
            in_state(state, program, work.now),
        )
        for state in OPEN
    )
    found = dict(work.session.execute(union_all(*counts)).all())
    return {state: found[state.value] for state in OPEN}


def _needs(work: Work, coordinator: Coordinator, program: Program) -> Mapping[Need, int]:
    """Return what needs somebody and is shown to this coordinator, but for what only waits."""
    role = dashboard.role_on(work, coordinator, program.id)
    shown = needs_shown(role, administrator=coordinator.is_administrator)
    asked = [need for need in shown if need is not Need.WAITING]
    counts = need_counts(work, [program.id], asked).get(program.id, {})
    return {need: counts[need] for need in asked if need in counts}
