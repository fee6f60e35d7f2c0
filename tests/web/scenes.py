"""States of an application to look at, each reached the way it is reached in the service."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from uuid import UUID

from sqlalchemy import delete, update

from letters.domain.status import ApplicationStatus, RequestStatus
from letters.house import House
from letters.records import (
    Application,
    Coordinator,
    LetterRequest,
    OutboxMessage,
    Program,
    program_coordinators,
)
from letters.services import answering, noticing, receiving, requesting
from letters.services.applying import NewApplication, NewReferee
from letters.services.inspecting import look_at
from tests.support import pdfs
from tests.support.once import played_once
from tests.support.people import API, MIRA, REFEREE, SYSTEM, Story
from tests.support.wanted import any_letter


def people(count: int, new: NewApplication = MIRA) -> Sequence[NewApplication]:
    """Return that many applicants, who differ in name, address and id."""
    return [
        replace(
            new,
            applicant_name=f"Applicant No. {number:03}",
            applicant_email=f"applicant.{number}@example.com",
            external_id=f"X-{number:03}",
        )
        for number in range(1, count + 1)
    ]


def with_referees(new: NewApplication, referees: Sequence[NewReferee]) -> NewApplication:
    """Return the application with other referees."""
    return replace(new, referees=referees)


@played_once
def requested(story: Story, new: NewApplication = MIRA) -> UUID:
    """Take in an application, select it, and return its id."""
    application_id = story.apply(new)
    with story.house.works.change(API) as work:
        requesting.select(work, application_id)
    return application_id


@played_once
def alerted(story: Story, new: NewApplication = MIRA, *, submit: bool = True) -> UUID:
    """Take in an application, give its referees the advance notice, and return its id."""
    application_id = story.apply(new, submit=submit)
    with story.house.works.change(API) as work:
        noticing.give_notices(work, application_id)
    return application_id


@played_once
def letter_in(
    story: Story,
    application_id: UUID,
    position: int = 1,
    content: bytes | None = None,
    name: str = "Letter.pdf",
) -> None:
    """Let the referee at `position` send a letter, or another one."""
    file = BytesIO(pdfs.letter_pdf() if content is None else content)
    sent = look_at(file, name, any_letter(), story.house.examiners)
    with story.house.works.change(REFEREE) as work:
        receiving.receive(work, story.upload_token(application_id, position), sent)


@played_once
def decline(story: Story, application_id: UUID, position: int = 1, reason: str = "") -> None:
    """Let the referee at `position` decline."""
    with story.house.works.change(REFEREE) as work:
        answering.decline(work, story.upload_token(application_id, position), reason)


def cancel(story: Story, application_id: UUID, position: int = 1) -> None:
    """Cancel one request: no page does that yet, the pages show it all the same."""
    request = story.application(application_id).requests[position - 1]
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(
            update(LetterRequest)
            .where(LetterRequest.id == request.id)
            .values(status=RequestStatus.CANCELLED, cancelled_at=work.now)
        )


def withdraw(story: Story, application_id: UUID) -> None:
    """Withdraw an application: no page does that yet, the pages show it all the same."""
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(
            update(Application)
            .where(Application.id == application_id)
            .values(status=ApplicationStatus.WITHDRAWN, withdrawn_at=work.now)
        )


def extend(story: Story, application_id: UUID, position: int, due_at: datetime) -> None:
    """Give one request a due date of its own."""
    request = story.application(application_id).requests[position - 1]
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(
            update(LetterRequest)
            .where(LetterRequest.id == request.id)
            .values(extended_due_at=due_at)
        )


def take_word(story: Story) -> None:
    """Let the program take Word files: no page does that yet."""
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(
            update(Program).where(Program.slug == story.slug).values(takes_word=True)
        )


def wish_pages(story: Story, pages: int) -> None:
    """Let the program wish for letters of at most so many pages: no page does that yet."""
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(
            update(Program).where(Program.slug == story.slug).values(wished_pages=pages)
        )


def remove_coordinators(house: House) -> None:
    """Remove them from the database, as an operator would: no page does that."""
    with house.works.change(SYSTEM) as work:
        work.session.execute(delete(OutboxMessage).where(OutboxMessage.coordinator_id.is_not(None)))
        work.session.execute(delete(program_coordinators))
        work.session.execute(delete(Coordinator))
