"""When a coordinator's digests come: chosen when signed in, or behind the link in each digest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update

from letters.domain.digest import MOST_RISK_DAYS, Frequency
from letters.domain.errors import InvalidInput, LinkInvalid, Problem
from letters.domain.words import N_
from letters.ports import Purpose
from letters.records import Coordinator, JournalEntry, Program, program_coordinators
from letters.services.program_cleaning import check_zone
from letters.services.work import Work

MEMBER = program_coordinators.c


@dataclass(frozen=True)
class Choices:
    """What a coordinator chose: the hour is one of `timezone`, weekly ones come on `weekday`.

    `frequencies` is by program; those that are not named stay as they are.
    """

    hour: int
    timezone: str
    weekday: int
    when_empty: bool
    risk_days: int
    frequencies: Mapping[UUID, Frequency]


@dataclass(frozen=True)
class SettingsPage:
    """A coordinator's choices, with the programs they are about, soonest due first."""

    coordinator: Coordinator
    programs: Sequence[tuple[Program, Frequency]]


def settings_page(work: Work, coordinator_id: UUID) -> SettingsPage:
    """Return what a coordinator has chosen."""
    rows = work.session.execute(
        select(Program, MEMBER.digest_frequency)
        .join(program_coordinators, MEMBER.program_id == Program.id)
        .where(MEMBER.coordinator_id == coordinator_id)
        .order_by(Program.due_at, Program.id)
    )
    coordinator = work.session.get_one(Coordinator, coordinator_id)
    return SettingsPage(coordinator, [(program, frequency) for program, frequency in rows])


def reader_behind(work: Work, token: str) -> UUID:
    """Return whose digests a link is about. Raises LinkInvalid."""
    payload = work.tools.links.read(Purpose.DIGEST, token)
    found = work.session.get(Coordinator, payload.row_id)
    if found is None or payload.generation != found.digest_generation:
        raise LinkInvalid
    return found.id


def save(work: Work, coordinator_id: UUID, choices: Choices) -> None:
    """Keep what a coordinator chose. Raises InvalidInput.

    A digest that was off and is wanted again tells of what happens from now on.
    """
    problems: list[Problem] = []
    check_zone("timezone", choices.timezone, problems)
    if not 0 <= choices.risk_days <= MOST_RISK_DAYS:
        problems.append(
            Problem("risk_days", N_("Choose from 0 to %(most)s days."), {"most": MOST_RISK_DAYS})
        )
    if problems:
        raise InvalidInput(problems)
    coordinator = _locked(work, coordinator_id)
    coordinator.digest_hour = choices.hour
    coordinator.timezone = choices.timezone
    coordinator.digest_weekday = choices.weekday
    coordinator.digest_when_empty = choices.when_empty
    coordinator.risk_days = choices.risk_days
    for program, before in settings_page(work, coordinator_id).programs:
        chosen = choices.frequencies.get(program.id, before)
        if chosen is not before:
            _change(work, coordinator_id, program.id, before, chosen)


def turn_off(work: Work, coordinator_id: UUID) -> None:
    """Send a coordinator no digest of any program any more; doing it twice changes nothing."""
    _locked(work, coordinator_id)
    work.session.execute(
        update(program_coordinators)
        .where(MEMBER.coordinator_id == coordinator_id)
        .values(digest_frequency=Frequency.OFF)
    )


def _locked(work: Work, coordinator_id: UUID) -> Coordinator:
    return work.session.get_one(Coordinator, coordinator_id, with_for_update=True)


def _change(
    work: Work, coordinator_id: UUID, program_id: UUID, before: Frequency, chosen: Frequency
) -> None:
    begins_anew = {
        "digested_at": work.now,
        "digested_seq": work.session.scalar(select(func.max(JournalEntry.seq))) or 0,
    }
    work.session.execute(
        update(program_coordinators)
        .where(MEMBER.coordinator_id == coordinator_id, MEMBER.program_id == program_id)
        .values(digest_frequency=chosen, **(begins_anew if before is Frequency.OFF else {}))
    )
