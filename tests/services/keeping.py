"""Lists of what is erased soon, and legal holds, as tests bring them about."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from letters.domain.journal import Fact
from letters.domain.keeping import LISTED_BEFORE
from letters.house import House
from letters.records import Hold, Program
from letters.services import administering, erasure_lists, finding, holding
from tests.services import scenes
from tests.support.clock import TestClock
from tests.support.once import played_once
from tests.support.people import INTERNSHIP, MIRA, OPERATOR, SYSTEM, Story, tell

OLE = replace(MIRA, applicant_name="Ole Berg", applicant_email="ole@example.com")


@played_once
def list_erasures(house: House) -> int:
    """Let the worker list what is erased in a week; return how many letters."""
    return erasure_lists.make_lists(house.works, SYSTEM)


def listed_by(house: House, clock: TestClock, at: datetime) -> None:
    """Let the list be mailed a week before `at`, and come to that instant."""
    clock.set(at - LISTED_BEFORE)
    list_erasures(house)
    scenes.mail_all(house)
    clock.set(at)


def hold(story: Story, application_id: UUID | None = None, reason: str = "A lawsuit.") -> Hold:
    """Set a legal hold on the program, or on one application."""
    with story.house.works.change(OPERATOR) as work:
        program = finding.program_by_slug(work, story.slug)
        about = finding.application(work, application_id, lock=True) if application_id else None
        return holding.set_hold(work, program, reason, about)


def lift(story: Story, application_id: UUID | None = None, reason: str = "It is over.") -> Hold:
    """Lift a legal hold."""
    with story.house.works.change(OPERATOR) as work:
        program = finding.program_by_slug(work, story.slug)
        about = finding.application(work, application_id, lock=True) if application_id else None
        return holding.lift_hold(work, program, reason, about)


def facts_of_program(story: Story) -> list[Fact]:
    """Return what happened to the program itself, oldest first."""
    return [entry.fact for entry in scenes.journal(story.house) if entry.application_id is None]


def listed_elsewhere(story: Story, manager: str) -> UUID:
    """Have a letter of another program listed now, for a manager; return its application."""
    now = story.house.works.tools.clock.now()
    elsewhere = tell(story.house, replace(INTERNSHIP, slug="kept-for-a-day", kept_days=1))
    with story.house.works.change(OPERATOR) as work:
        administering.add_coordinator(work, manager, "Cora", [elsewhere.slug])
    application_id = scenes.requested(elsewhere, OLE)
    scenes.send_letter(elsewhere, application_id)
    with story.house.works.change(SYSTEM) as work:
        over = update(Program).where(Program.slug == elsewhere.slug)
        work.session.execute(over.values(due_at=now - timedelta(days=3)))
    list_erasures(story.house)
    return application_id
