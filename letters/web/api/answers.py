"""What clients are told: of an application no more than its applicant may see.

A portal may show these answers to its applicants as they are. What they are made of is therefore
the applicant's own view, which has no room for anything about a letter.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from letters.domain.applicant_view import Outlook
from letters.domain.policy import RequestPolicy
from letters.domain.progress import Progress, Standing
from letters.domain.referee_line import Next, RefereeLine
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.ports import Purpose
from letters.records import Application, LetterRequest, Program
from letters.services import viewing
from letters.services.listing_for_portals import Page
from letters.services.work import Work
from letters.web.api import examples

Facts = dict[str, Any]
"""An answer as JSON has it."""


class Answer(BaseModel):
    """The ground of all answers."""

    model_config = ConfigDict(frozen=True)


class FieldAnswer(Answer):
    """A field that the program's applications can come with; without choices it has any value."""

    name: str
    label: str
    choices: list[str]


class ProgramAnswer(Answer):
    """A program."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PROGRAM_ANSWER]})

    slug: str
    title: str
    organization: str
    description: str
    instructions: str
    due_at: datetime
    grace_hours: int
    closes_at: Annotated[
        datetime, Field(description="The due date plus the grace time: nothing is taken after it.")
    ]
    timezone: str
    min_letters: int
    max_letters: int
    request_policy: RequestPolicy
    wished_pages: int
    kept_days: int
    takes_word: bool
    notices_on_submission: bool
    most_reminders: int
    reminder_days: list[int]
    waiver_wording: str
    sender_name: str
    accent: str
    contact_email: str
    fields: list[FieldAnswer]
    created_at: datetime


class ApplicantAnswer(Answer):
    """Who applies."""

    name: str
    email: str


class RefereeAnswer(Answer):
    """Who is to write a letter."""

    name: str
    email: str
    affiliation: str | None
    relationship: str | None


class RequestAnswer(Answer):
    """One letter request, from the referee being named to the letter being in."""

    id: UUID
    status: RequestStatus
    referee: RefereeAnswer
    next: Annotated[Next, Field(description="What happens next with this referee.")]
    due_at: datetime
    noticed_at: datetime | None
    requested_at: datetime | None
    received_at: datetime | None
    declined_at: datetime | None
    cancelled_at: datetime | None


class ProgressAnswer(Answer):
    """The roll-up of an application."""

    standing: Standing
    wanted: Annotated[int, Field(description="How many letters make it complete.")]
    received: int
    open: Annotated[int, Field(description="How many were requested and are still awaited.")]
    overdue: int
    declined: int
    short: Annotated[
        bool, Field(description="Whether too many declined: another referee is needed.")
    ]


class ApplicationFacts(Answer):
    """An application, with all but its link: a link never rests in the database."""

    id: UUID
    program: Annotated[str, Field(description="The program's short name.")]
    external_id: str | None
    status: ApplicationStatus
    applicant: ApplicantAnswer
    waived: bool
    fields: Annotated[dict[str, str], Field(description="What it came with, by name of the field.")]
    tags: list[str]
    created_at: datetime
    submitted_at: datetime | None
    selected_at: datetime | None
    completed_at: datetime | None
    withdrawn_at: datetime | None
    outlook: Annotated[
        Outlook, Field(description="Whether letters are asked for, now or later on.")
    ]
    progress: ProgressAnswer
    requests: list[RequestAnswer]


class ApplicationAnswer(ApplicationFacts):
    """An application."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.APPLICATION_ANSWER]})

    status_url: Annotated[
        str,
        Field(
            json_schema_extra={"format": "uri"},
            description="The applicant's status view. Whoever has it can open it.",
        ),
    ]


class ApplicationsAnswer(Answer):
    """A page of applications."""

    applications: list[ApplicationAnswer]
    next: Annotated[
        UUID | None, Field(description="The `cursor` of the next page; null on the last one.")
    ]


def program_facts(program: Program) -> Facts:
    """Return a program as JSON has it."""
    return ProgramAnswer(
        slug=program.slug,
        title=program.title,
        organization=program.organization,
        description=program.description,
        instructions=program.instructions,
        due_at=program.due_at,
        grace_hours=program.grace_hours,
        closes_at=program.terms.closes_at,
        timezone=program.timezone,
        min_letters=program.min_letters,
        max_letters=program.max_letters,
        request_policy=program.request_policy,
        wished_pages=program.wished_pages,
        kept_days=program.kept_days,
        takes_word=program.takes_word,
        notices_on_submission=program.notices_on_submission,
        most_reminders=program.most_reminders,
        reminder_days=program.reminder_days,
        waiver_wording=program.waiver_wording,
        sender_name=program.sender_name,
        accent=program.accent,
        contact_email=program.contact_email,
        fields=[FieldAnswer.model_validate(kept) for kept in program.fields],
        created_at=program.created_at,
    ).model_dump(mode="json")


def application_facts(work: Work, application: Application) -> Facts:
    """Return an application as JSON has it, without its link."""
    view = viewing.view_of(work, application)
    return ApplicationFacts(
        id=application.id,
        program=application.program.slug,
        external_id=application.external_id,
        status=application.status,
        applicant=ApplicantAnswer(
            name=application.applicant_name, email=application.applicant_email
        ),
        waived=application.waived,
        fields=application.fields,
        tags=application.tags,
        created_at=application.created_at,
        submitted_at=application.submitted_at,
        selected_at=application.selected_at,
        completed_at=application.completed_at,
        withdrawn_at=application.withdrawn_at,
        outlook=view.outlook,
        progress=_progress(view.progress),
        requests=[
            _request(request, line)
            for request, line in zip(application.requests, view.referees, strict=True)
        ],
    ).model_dump(mode="json")


def with_status_url(work: Work, facts: Mapping[str, Any]) -> Facts:
    """Return an application's facts with its link, minted now."""
    application_id = UUID(facts["id"])
    generation = select(Application.link_generation).where(Application.id == application_id)
    url = work.tools.links.url(
        Purpose.STATUS, application_id, work.session.execute(generation).scalar_one()
    )
    return {**facts, "status_url": url}


def page_facts(work: Work, page: Page) -> Facts:
    """Return a page of applications as JSON has it, each with its link."""
    links = work.tools.links
    return {
        "applications": [
            {
                **application_facts(work, found),
                "status_url": links.url(Purpose.STATUS, found.id, found.link_generation),
            }
            for found in page.applications
        ],
        "next": None if page.next is None else str(page.next),
    }


def _progress(progress: Progress) -> ProgressAnswer:
    return ProgressAnswer(
        standing=progress.standing,
        wanted=progress.wanted,
        received=progress.received,
        open=progress.open,
        overdue=progress.overdue,
        declined=progress.declined,
        short=progress.short,
    )


def _request(request: LetterRequest, line: RefereeLine) -> RequestAnswer:
    return RequestAnswer(
        id=request.id,
        status=line.status,
        referee=RefereeAnswer(
            name=line.name,
            email=request.referee_email,
            affiliation=request.affiliation or None,
            relationship=request.relation or None,
        ),
        next=line.next,
        due_at=line.due_at,
        noticed_at=request.noticed_at,
        requested_at=request.requested_at,
        received_at=request.received_at,
        declined_at=request.declined_at,
        cancelled_at=request.cancelled_at,
    )
