"""What coordinators do about the letters of an application, each act in a transaction of its own.

A function takes the story it happens in first. Positions of referees count from 1.
"""

from dataclasses import replace
from uuid import UUID

from letters.domain.managing import RequestAct
from letters.services import entering, finding, managing, releasing, remarks
from letters.services.applying import NewApplication
from tests.services import news
from tests.services.scenes import COORDINATOR, upload_of
from tests.support.people import MIRA, REFEREES, Story

THREE = replace(MIRA, referees=REFEREES)
"""An applicant with one referee more than the program asks letters of."""


def enough(story: Story, new: NewApplication = THREE) -> UUID:
    """Take in an application of which two letters are in, as many as asked for, and one is open."""
    return news.complete(story, new)


def release(story: Story, application_id: UUID) -> None:
    """Let a coordinator release whoever's letter is open."""
    with story.house.works.change(COORDINATOR) as work:
        application = finding.application(work, application_id, lock=True)
        releasing.release_open(work, application)


def manage(
    story: Story, application_id: UUID, position: int, act: RequestAct, reason: str = "Because."
) -> None:
    """Let a coordinator do one act about a referee."""
    with story.house.works.change(COORDINATOR) as work:
        application = finding.application(work, application_id, lock=True)
        request = application.requests[position - 1]
        managing.check(work, act, application, request)
        remarks.because(work, application, reason, request)
        managing.do(work, act, application, request)


def enter(
    story: Story, application_id: UUID, position: int = 1, words: str = "I recommend her."
) -> UUID:
    """Let a coordinator enter a letter that came by post; return its id."""
    with story.house.works.change(COORDINATOR) as work:
        application = finding.application(work, application_id, lock=True)
        request = application.requests[position - 1]
        remarks.because(work, application, "It came by post.", request, needed=True)
        return entering.enter(work, application, request, upload_of(story.house, words)).id
