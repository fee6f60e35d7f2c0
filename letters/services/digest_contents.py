"""What a digest says, read when the mail is written.

What is new comes from a window of the journal for each program; what needs somebody, what is at
risk and the season are as they are by then.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from letters.domain.digest import (
    Frequency,
    Line,
    SectionLines,
    needs_raised,
    news,
)
from letters.domain.needs import Need, needs_shown
from letters.domain.roles import Role
from letters.domain.season import Bar, days_left
from letters.records import (
    Coordinator,
    Program,
    program_coordinators,
)
from letters.services.at_risk import AtRisk, risk_lines
from letters.services.digest_changes import Window, changes_in, late_in
from letters.services.needs import Needed, needed_lines
from letters.services.season_bars import season_bars
from letters.services.work import Work

OfProgram = TypeVar("OfProgram", Needed, AtRisk)


@dataclass(frozen=True)
class DigestLine:
    """One line, with the address of the page where it is dealt with."""

    applicant_name: str
    referee_name: str | None
    at: datetime
    url: str


@dataclass(frozen=True)
class DigestSection:
    """One section of a program: at most ten lines, and how many there are in all."""

    section: str
    total: int
    lines: Sequence[DigestLine]


@dataclass(frozen=True)
class ProgramDigest:
    """One program: what needs somebody, what is at risk, what is new, and its season.

    `bar` holds the lengths of its four parts, of 100 in all; `days_left` is below nought once the
    due date has passed.
    """

    title: str
    organization: str
    due_at: datetime
    zone: str
    url: str
    season: Bar
    bar: Sequence[int]
    days_left: int
    needs: Sequence[DigestSection]
    at_risk: DigestSection | None
    sections: Sequence[DigestSection]


def program_digests(
    work: Work, coordinator: Coordinator, windows: Mapping[UUID, Window]
) -> list[ProgramDigest]:
    """Return what is to be said of the programs in `windows`, soonest due first.

    Empty where nothing is new in any of them, unless the coordinator wants to be told that. Of
    those that they do not work on any more, or whose digest they have turned off, nothing is said.
    """
    told = _told(work, coordinator, windows)
    if not told:
        return []
    programs = [_program_digest(work, one) for one in told]
    if coordinator.digest_when_empty:
        return programs
    if not any(one.is_news for one in told):
        return []
    return [one for one in programs if one.needs or one.at_risk or one.sections]


BAR_LENGTH = 100


@dataclass(frozen=True)
class _Told:
    """All that was read of one program."""

    program: Program
    season: Bar
    needed: Sequence[Needed]
    at_risk: Sequence[AtRisk]
    news: Sequence[SectionLines]
    raised: Collection[Need]

    @property
    def is_news(self) -> bool:
        return bool(self.news) or any(one.need in self.raised for one in self.needed)


def _told(work: Work, coordinator: Coordinator, windows: Mapping[UUID, Window]) -> list[_Told]:
    """Read everything with a constant number of statements."""
    members = _members(work, coordinator, windows)
    ids = [program.id for program, _ in members]
    if not ids:
        return []
    changes, late = changes_in(work, ids, windows), late_in(work, ids, windows)
    bars, needed = season_bars(work, ids), _by_program(needed_lines(work, ids))
    at_risk = _by_program(risk_lines(work, ids, coordinator.risk_days))
    return [
        _Told(
            program=program,
            season=bars.get(program.id, Bar()),
            needed=[one for one in needed.get(program.id, ()) if one.need in needs_shown(role)],
            at_risk=at_risk.get(program.id, ()),
            news=news(changes.get(program.id, ()), late.get(program.id, ())),
            raised=needs_raised(changes.get(program.id, ())),
        )
        for program, role in members
    ]


def _members(
    work: Work, coordinator: Coordinator, windows: Mapping[UUID, Window]
) -> Sequence[tuple[Program, Role]]:
    rows = work.session.execute(
        select(Program, program_coordinators.c.role)
        .join(program_coordinators, program_coordinators.c.program_id == Program.id)
        .where(
            program_coordinators.c.coordinator_id == coordinator.id,
            program_coordinators.c.digest_frequency != Frequency.OFF,
            Program.id.in_(windows),
        )
        .order_by(Program.due_at, Program.id)
    )
    return rows.all()


def _by_program(lines: Iterable[OfProgram]) -> Mapping[UUID, Sequence[OfProgram]]:
    found: dict[UUID, list[OfProgram]] = {}
    for line in lines:
        found.setdefault(line.program_id, []).append(line)
    return found


# --- what is put down -------------------------------------------------------------------------


def _program_digest(work: Work, told: _Told) -> ProgramDigest:
    program, base_url = told.program, work.tools.base_url
    at_risk = [_line(work, one, one.due_at) for one in told.at_risk]
    return ProgramDigest(
        title=program.title,
        organization=program.organization,
        due_at=program.due_at,
        zone=program.timezone,
        url=f"{base_url}/coordinate/programs/{program.slug}",
        season=told.season,
        bar=told.season.parts(BAR_LENGTH),
        days_left=days_left(program.due_at, work.now, program.timezone),
        needs=[_need_section(work, lines) for lines in _by_need(told.needed)],
        at_risk=DigestSection("at_risk", told.at_risk[0].total, at_risk) if at_risk else None,
        sections=[
            DigestSection(
                section.section.value,
                section.total,
                [_line(work, line, line.at) for line in section.lines],
            )
            for section in told.news
        ],
    )


def _by_need(needed: Sequence[Needed]) -> Sequence[Sequence[Needed]]:
    kinds = ([one for one in needed if one.need is need] for need in Need)
    return [lines for lines in kinds if lines]


def _need_section(work: Work, lines: Sequence[Needed]) -> DigestSection:
    first = lines[0]
    return DigestSection(first.need.value, first.total, [_line(work, one, one.at) for one in lines])


def _line(work: Work, line: Line | Needed | AtRisk, at: datetime) -> DigestLine:
    url = f"{work.tools.base_url}/coordinate/applications/{line.application_id}"
    return DigestLine(line.applicant_name, line.referee_name, at, url)
