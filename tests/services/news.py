"""What brings about the mails that applicants get without having caused them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from letters.domain.journal import MessageKind
from letters.domain.telling import MailChoice
from letters.records import OutboxMessage, Program
from letters.services import bouncing, finding
from letters.services.applying import NewApplication
from letters.services.composing import Composed, compose
from letters.services.counting_down import tell_of_time_left
from tests.services import scenes
from tests.support.once import played_once
from tests.support.people import INTERNSHIP, MIRA, SYSTEM, Story, tell

LONG_AGO = timedelta(days=30)


def somebody(number: int) -> NewApplication:
    """Return an applicant with a mailbox of their own."""
    return replace(MIRA, applicant_email=f"somebody.{number}@example.com")


def complete(story: Story, new: NewApplication = MIRA) -> UUID:
    """Take in an application and send the two letters that its program asks for."""
    application_id = scenes.requested(story, new)
    for position in (1, 2):
        scenes.send_letter(story, application_id, position)
    return application_id


@played_once
def bounce(
    story: Story, application_id: UUID, position: int = 1, address: str | None = None
) -> bool:
    """Let a referee's address take no mail; return whether that was news."""
    with story.house.works.change(SYSTEM) as work:
        application = finding.application(work, application_id, lock=True)
        request = application.requests[position - 1]
        return bouncing.record_bounce(work, application, request, address or request.referee_email)


def choose(story: Story, application_id: UUID, choice: MailChoice) -> None:
    """Let the applicant choose which mails to get."""
    scenes.change_application(story, application_id, mail_choice=choice)


@played_once
def move_due_date(story: Story, due_at: datetime) -> None:
    """Let the program have another due date."""
    with story.house.works.change(SYSTEM) as work:
        moved = update(Program).where(Program.slug == story.slug).values(due_at=due_at)
        work.session.execute(moved)


@played_once
def told_elsewhere(story: Story, new: NewApplication, due_at: datetime) -> UUID:
    """Ask for the letters of an application elsewhere, due at `due_at`, and have told of that."""
    elsewhere = tell(story.house, replace(INTERNSHIP, slug=f"due-{due_at:%Y%m%d%H}"))
    application_id = scenes.requested(elsewhere, new)
    for position in (1, 2):
        asked_at = story.house.works.tools.clock.now() - LONG_AGO
        scenes.change_request(elsewhere, application_id, position, requested_at=asked_at)
    move_due_date(elsewhere, due_at)
    tell_of_time_left(story.house.works, SYSTEM)
    return application_id


def of_kind(story: Story, kind: MessageKind) -> Sequence[Composed | None]:
    """Compose all mails of a kind as they are true now, oldest first; None for what is dropped."""
    with story.house.works.look(SYSTEM) as work:
        rows = scenes.outbox(story.house, kind)
        return [compose(work, work.session.get_one(OutboxMessage, row.id)) for row in rows]
