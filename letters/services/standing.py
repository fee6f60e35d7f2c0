"""Where programs stand, for the dashboard: the same numbers that the digest is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from letters.domain.needs import Need, needs_shown
from letters.domain.season import Bar, days_left
from letters.records import Coordinator, Program, program_coordinators
from letters.services.at_risk import risk_counts
from letters.services.needs import need_counts
from letters.services.season_bars import season_bars
from letters.services.work import Work

BAR_LENGTH = 100


@dataclass(frozen=True)
class Standing:
    """One program: its season, the lengths of the bar's parts, and what needs somebody.

    `at_risk` counts the letters that are missing and due within `risk_days`; `days_left` is below
    nought once the due date has passed.
    """

    season: Bar
    bar: Sequence[int]
    days_left: int
    needs: Mapping[Need, int]
    at_risk: int
    risk_days: int


def standings(
    work: Work, coordinator: Coordinator, programs: Sequence[Program]
) -> Mapping[UUID, Standing]:
    """Return where programs stand, as far as this coordinator may see it, in four statements."""
    ids = [program.id for program in programs]
    if not ids:
        return {}
    member = program_coordinators.c
    roles = dict(
        work.session.execute(
            select(member.program_id, member.role).where(member.coordinator_id == coordinator.id)
        ).all()
    )
    bars, needs = season_bars(work, ids), need_counts(work, ids)
    risks = risk_counts(work, ids, coordinator.risk_days)
    found = {}
    for program in programs:
        season, counts = bars.get(program.id, Bar()), needs.get(program.id, {})
        shown = needs_shown(roles.get(program.id), administrator=coordinator.is_administrator)
        found[program.id] = Standing(
            season=season,
            bar=season.parts(BAR_LENGTH),
            days_left=days_left(program.due_at, work.now, program.timezone),
            needs={need: counts[need] for need in shown if need in counts},
            at_risk=risks.get(program.id, 0),
            risk_days=coordinator.risk_days,
        )
    return found
