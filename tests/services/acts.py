"""What people ask and reply beside sending a letter or declining it, and what they are answered.

Each act is in a transaction of its own. A function takes the story it happens in first; positions
of referees count from 1.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from letters.domain.keeping import Quarantine
from letters.domain.telling import MailChoice
from letters.domain.wrong_letter import Mark
from letters.ports import Purpose
from letters.records import Application
from letters.services import (
    choosing,
    confirming,
    drafting,
    extending,
    finding,
    lost_links,
    moving_due,
    noticing,
    nudging,
    overview,
    program_settings,
    readdressing,
    receiving,
    replacing,
    replying,
    signing_in,
    withdrawing,
)
from letters.services.applying import NewReferee
from tests.services.scenes import APPLICANT, COORDINATOR, request_of, upload_of
from tests.support.once import played_once
from tests.support.people import MIRA, OPERATOR, REFEREE, SYSTEM, Story

# --- to the advance notice --------------------------------------------------------------------


def notice_token(story: Story, application_id: UUID, position: int = 1) -> str:
    """Mint the token that the advance notice of a referee carries."""
    request = request_of(story, application_id, position)
    links = story.house.works.tools.links
    return links.mint(Purpose.NOTICE, request.id, request.link_generation)


@played_once
def decline_early(story: Story, application_id: UUID, position: int = 1, reason: str = "") -> None:
    """Let a referee decline before being asked."""
    token = notice_token(story, application_id, position)
    with story.house.works.change(REFEREE) as work:
        replying.decline_early(work, token, reason)


@played_once
def welcome(story: Story, application_id: UUID, position: int = 1) -> None:
    """Let a referee say that they can write."""
    token = notice_token(story, application_id, position)
    with story.house.works.change(REFEREE) as work:
        replying.welcome(work, token)


@played_once
def correct_address(story: Story, application_id: UUID, email: str, position: int = 1) -> None:
    """Let a referee put right where they are reached."""
    token = notice_token(story, application_id, position)
    with story.house.works.change(REFEREE) as work:
        replying.correct_address(work, token, email)


@played_once
def ask_for_notice_again(story: Story, application_id: UUID, position: int = 1) -> None:
    """Let a referee have the advance notice mailed once more."""
    with story.house.works.change(REFEREE) as work:
        application = finding.application(work, application_id, lock=True)
        noticing.send_notice_again(work, application, application.requests[position - 1])


# --- to the letter request --------------------------------------------------------------------


@played_once
def ask_for_more_time(
    story: Story, application_id: UUID, position: int = 1, note: str = ""
) -> None:
    """Let a referee ask the program for more time."""
    token = story.upload_token(application_id, position)
    with story.house.works.change(REFEREE) as work:
        extending.ask_for_more_time(work, token, note)


@played_once
def extend(story: Story, application_id: UUID, until: datetime, position: int = 1) -> None:
    """Let a coordinator give one referee more time."""
    with story.house.works.change(COORDINATOR) as work:
        application = finding.application(work, application_id, lock=True)
        extending.extend(work, application, application.requests[position - 1], until)


@played_once
def refuse_more_time(story: Story, application_id: UUID, position: int = 1) -> None:
    """Let a coordinator answer that there is no more time."""
    with story.house.works.change(COORDINATOR) as work:
        application = finding.application(work, application_id, lock=True)
        extending.refuse_more_time(work, application, application.requests[position - 1])


@played_once
def ask_for_overview(story: Story, application_id: UUID, position: int = 1) -> None:
    """Let a referee ask for the link that shows all letters asked of them."""
    token = story.upload_token(application_id, position)
    with story.house.works.change(REFEREE) as work:
        overview.mail_overview(work, token)


# --- the applicant ----------------------------------------------------------------------------


@played_once
def nudge(story: Story, application_id: UUID, position: int = 1) -> None:
    """Let the applicant remind a referee."""
    request_id = request_of(story, application_id, position).id
    with story.house.works.change(APPLICANT) as work:
        nudging.nudge(work, story.status_token(application_id), request_id)


@played_once
def correct_for(story: Story, application_id: UUID, email: str, position: int = 1) -> None:
    """Let the applicant put right where a referee is reached."""
    request_id = request_of(story, application_id, position).id
    with story.house.works.change(APPLICANT) as work:
        readdressing.correct(work, story.status_token(application_id), request_id, email)


@played_once
def replace_referee(story: Story, application_id: UUID, new: NewReferee, position: int = 1) -> None:
    """Let the applicant name somebody else in place of a referee."""
    request_id = request_of(story, application_id, position).id
    with story.house.works.change(APPLICANT) as work:
        replacing.replace(work, story.status_token(application_id), request_id, new)


@played_once
def add_referee(story: Story, application_id: UUID, new: NewReferee) -> None:
    """Let the applicant name one referee more."""
    with story.house.works.change(APPLICANT) as work:
        replacing.add(work, story.status_token(application_id), new)


@played_once
def choose_mails(story: Story, application_id: UUID, choice: MailChoice) -> None:
    """Let the applicant choose which mails they get."""
    with story.house.works.change(APPLICANT) as work:
        choosing.choose_mails(work, story.status_token(application_id), choice)


@played_once
def withdraw(story: Story, application_id: UUID) -> None:
    """Let the applicant withdraw."""
    with story.house.works.change(APPLICANT) as work:
        withdrawing.withdraw(work, application_id)


# --- a letter to look at once more ------------------------------------------------------------


@played_once
def send_wrong_letter(
    story: Story,
    application_id: UUID,
    position: int = 1,
    quarantine: Quarantine | None = None,
) -> UUID:
    """Send a letter that was found not to name the applicant; return its id.

    With `quarantine` it is held back besides.
    """
    upload = replace(upload_of(story.house), marks=(Mark.APPLICANT_MISSING,), quarantine=quarantine)
    token = story.upload_token(application_id, position)
    with story.house.works.change(REFEREE) as work:
        return receiving.receive(work, token, upload).id


@played_once
def confirm_letter(story: Story, application_id: UUID, version: int = 1, position: int = 1) -> None:
    """Let a referee say that a letter which looks wrong is the right one."""
    token = story.upload_token(application_id, position)
    with story.house.works.change(REFEREE) as work:
        confirming.confirm(work, token, version)


@played_once
def release_letter(story: Story, application_id: UUID, version: int = 1, position: int = 1) -> None:
    """Let a coordinator release a letter that was held back."""
    with story.house.works.change(COORDINATOR) as work:
        application = finding.application(work, application_id, lock=True)
        confirming.release(work, application, application.requests[position - 1], version)


# --- the applicant ----------------------------------------------------------------------------


@played_once
def lose_status_link(story: Story, typed: str = MIRA.applicant_email) -> bool:
    """Let somebody ask for the links to their applications; return whether they are mailed."""
    with story.house.works.change(SYSTEM) as work:
        return lost_links.mail_status_links(work, typed)


@played_once
def begin_draft(story: Story, email: str = "lea@example.com", name: str = "Lea Aubert") -> UUID:
    """Let somebody begin an application on our page; return its id."""
    with story.house.works.change(SYSTEM) as work:
        drafting.begin(work, story.slug, name, email)
        newest = select(Application).where(Application.applicant_email == email)
        return work.session.scalars(newest.order_by(Application.id)).one().id


@played_once
def move_due(story: Story, due_at: datetime) -> None:
    """Move the program's due date, and let the worker tell of it."""
    save_settings(story, due_at=due_at)
    moving_due.tell_of_moved_dates(story.house.works, SYSTEM)


def reword_waiver(story: Story, words: str) -> None:
    """Give the program's waiver other words."""
    save_settings(story, waiver_wording=words)


@played_once
def save_settings(story: Story, /, **changes: Any) -> None:  # noqa: ANN401 -- any field
    """Save the program's settings with these changes."""
    with story.house.works.change(OPERATOR) as work:
        program = finding.program_by_slug(work, story.slug)
        typed = replace(program_settings.settings_of(program), **changes)
        program_settings.save(work, program, typed, program_settings.version_of(program))


@played_once
def ask_for_sign_in(story: Story) -> None:
    """Let a coordinator ask for a sign-in link."""
    story.add_coordinator()
    with story.house.works.change(SYSTEM) as work:
        signing_in.mail_link(work, "cora@alpine.example.org", "secret")
