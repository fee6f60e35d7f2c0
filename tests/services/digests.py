"""Planning digests, and reading what they say."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from letters.domain.journal import MessageKind
from letters.house import House
from letters.records import Coordinator, OutboxMessage, program_coordinators
from letters.services import finding
from letters.services.composing import compose
from letters.services.digest_changes import Window, windows_in
from letters.services.digest_contents import ProgramDigest
from letters.services.digesting import plan_digests
from tests.services import scenes
from tests.services.scenes import outbox
from tests.support.once import played_once
from tests.support.people import (
    START,
    SYSTEM,
    Story,
)

AN_HOUR = timedelta(hours=1)
SEVEN_IN_ZURICH = START.replace(hour=6)
"""The digest's hour on the day the tests begin; they begin three hours later."""


@played_once
def plan(story: Story, *, at_once: bool = False) -> int:
    return plan_digests(story.house.works, SYSTEM, at_once=at_once)


def digests(house: House) -> list[OutboxMessage]:
    return list(outbox(house, MessageKind.DIGEST))


def reached(story: Story, coordinator_id: UUID) -> tuple[int, datetime]:
    """Return up to where a coordinator has been told."""
    with story.house.works.look(SYSTEM) as work:
        member = program_coordinators.c
        query = select(member.digested_seq, member.digested_at).where(
            member.coordinator_id == coordinator_id,
            member.program_id == finding.program_by_slug(work, story.slug).id,
        )
        return work.session.execute(query).one()


def window_of(row: OutboxMessage) -> Window:
    """Return the window of a digest of one program."""
    (window,) = windows_in(row.details).values()
    return window


@played_once
def choose(story: Story, /, coordinator_id: UUID, **values: object) -> None:
    """Write a choice about digests into a coordinator, or into how they work on the program."""
    with story.house.works.change(SYSTEM) as work:
        member = program_coordinators.c
        if values.keys() <= set(member.keys()):
            query = update(program_coordinators).where(
                member.coordinator_id == coordinator_id,
                member.program_id == finding.program_by_slug(work, story.slug).id,
            )
            work.session.execute(query.values(**values))
        else:
            query = update(Coordinator).where(Coordinator.id == coordinator_id)
            work.session.execute(query.values(**values))


def newest(story: Story) -> int:
    return scenes.journal(story.house)[-1].seq


def programs_in(house: House, row: OutboxMessage) -> list[ProgramDigest]:
    with house.works.look(SYSTEM) as work:
        composed = compose(work, work.session.get_one(OutboxMessage, row.id))
    programs = composed.facts["programs"] if composed else []
    assert isinstance(programs, list)
    return programs


def told(house: House) -> dict[str, list[tuple[str, str | None]]]:
    """Return what the newest digest says: applicants and referees by section."""
    (program,) = programs_in(house, digests(house)[-1])
    return {
        section.section: [(line.applicant_name, line.referee_name) for line in section.lines]
        for section in program.sections
    }
