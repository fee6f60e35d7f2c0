"""What coordinators do about the letters of an application, each act in a transaction of its own.

A function takes the story it happens in first. Positions of referees count from 1.
"""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import update

from letters.domain.errors import LettersError
from letters.domain.journal import MessageKind
from letters.domain.managing import RequestAct
from letters.records import OutboxMessage, OutboxStatus
from letters.services import entering, finding, managing, releasing, remarks
from letters.services.applying import NewApplication
from tests.services import news, scenes
from tests.services.scenes import (
    COORDINATOR,
    mail_all,
    nothing_changed,
    outbox,
    upload_of,
)
from tests.support.once import played_once
from tests.support.people import MIRA, REFEREES, SYSTEM, Story

THREE = replace(MIRA, referees=REFEREES)
"""An applicant with one referee more than the program asks letters of."""


def enough(story: Story, new: NewApplication = THREE) -> UUID:
    """Take in an application of which two letters are in, as many as asked for, and one is open."""
    return news.complete(story, new)


@played_once
def release(story: Story, application_id: UUID) -> None:
    """Let a coordinator release whoever's letter is open."""
    with story.house.works.change(COORDINATOR) as work:
        application = finding.application(work, application_id, lock=True)
        releasing.release_open(work, application)


def keep_what_was_returned(story: Story, new: NewApplication = THREE) -> UUID:
    """Let a letter be returned, with its mail handed over, and kept after all."""
    application_id = enough(story, new)
    manage(story, application_id, 1, RequestAct.RETURN, "Another candidate.")
    _hand_over_what_says_so(story, application_id)
    manage(story, application_id, 1, RequestAct.KEEP)
    return application_id


@played_once
def _hand_over_what_says_so(story: Story, application_id: UUID) -> None:
    with story.house.works.change(COORDINATOR) as work:
        returned = OutboxMessage.kind == MessageKind.LETTER_RETURNED
        of_application = OutboxMessage.application_id == application_id
        gone = {"status": OutboxStatus.SENT, "sent_at": work.now, "sent_to": "ada@example.edu"}
        work.session.execute(update(OutboxMessage).where(returned, of_application).values(gone))


@played_once
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


@played_once
def enter(
    story: Story, application_id: UUID, position: int = 1, words: str = "I recommend her."
) -> UUID:
    """Let a coordinator enter a letter that came by post; return its id."""
    with story.house.works.change(COORDINATOR) as work:
        application = finding.application(work, application_id, lock=True)
        request = application.requests[position - 1]
        remarks.because(work, application, "It came by post.", request, needed=True)
        return entering.enter(work, application, request, upload_of(story.house, words)).id


# --- what came of it --------------------------------------------------------------------------


def mailed(story: Story, kind: MessageKind) -> list[str]:
    """Deliver everything; return whom a kind of mail reached."""
    mail_all(story.house)
    return [row.sent_to for row in outbox(story.house, kind) if row.sent_to]


def refused(
    story: Story, application_id: UUID, position: int, act: RequestAct, why: type[LettersError]
) -> None:
    """Check that an act is refused and changes nothing, and that no button offers it."""
    with nothing_changed(story.house), pytest.raises(why):
        manage(story, application_id, position, act)
    assert act not in offered(story, application_id, position)


def offered(story: Story, application_id: UUID, position: int) -> tuple[RequestAct, ...]:
    """Return what there are buttons for."""
    with story.house.works.look(SYSTEM) as work:
        application = finding.application(work, application_id)
        return managing.possible(work, application, application.requests[position - 1])


def sound(story: Story) -> None:
    """Check that every invariant holds."""
    assert scenes.breaches(story.house) == []
