"""A return is taken back, and one referee is asked by hand."""

import pytest

from letters.domain.errors import (
    LettersNotRequested,
    NobodyToAsk,
    NotAllowed,
    NothingToKeep,
    ProgramClosed,
)
from letters.domain.managing import RequestAct
from tests.services import letter_acts, scenes
from tests.services.letter_acts import manage, refused, sound
from tests.services.scenes import BLINK, CLOSES, Postbox, deliver_to, mail_all, nothing_changed
from tests.support.clock import TestClock
from tests.support.people import START, Story


def _to_ada(story: Story) -> list[str]:
    """Deliver everything; return the subjects of what reaches Ada."""
    postbox = Postbox()
    deliver_to(story.house, postbox)
    to = "ada.ferreira@example.edu"
    return [message.subject for message in postbox.messages if message.to == to]


# --- a return that is taken back ----------------------------------------------------------------


def test_a_return_is_taken_back_until_another_letter_came(story: Story, clock: TestClock) -> None:
    application_id = letter_acts.enough(story)
    before = story.application(application_id).requests[0]
    mail_all(story.house)
    manage(story, application_id, 1, RequestAct.RETURN, "It is about somebody else.")
    mail_all(story.house)
    clock.set(CLOSES + BLINK)
    manage(story, application_id, 1, RequestAct.KEEP)
    kept = story.application(application_id)
    request = kept.requests[0]
    assert (request.current_version, request.received_at) == (1, before.received_at)
    assert (request.returned_at, kept.completed_at) == (None, clock.now())
    assert _to_ada(story) == ["Your letter for Mira Lindqvist is kept after all"]
    sound(story)
    refused(story, application_id, 1, RequestAct.KEEP, NothingToKeep)


def test_taken_back_before_the_mail_went_out_nobody_hears_of_it(story: Story) -> None:
    application_id = letter_acts.enough(story)
    mail_all(story.house)
    manage(story, application_id, 1, RequestAct.RETURN)
    manage(story, application_id, 1, RequestAct.KEEP)
    assert _to_ada(story) == []
    sound(story)


def test_after_another_letter_there_is_nothing_to_take_back(story: Story) -> None:
    application_id = letter_acts.enough(story)
    manage(story, application_id, 1, RequestAct.RETURN)
    scenes.send_letter(story, application_id, 1)
    refused(story, application_id, 1, RequestAct.KEEP, NothingToKeep)
    asked = scenes.requested(story)
    refused(story, asked, 1, RequestAct.KEEP, NothingToKeep)


# --- asking one referee by hand -----------------------------------------------------------------


def test_who_declined_is_asked_again(story: Story, clock: TestClock) -> None:
    asked = scenes.requested(story)
    scenes.decline(story, asked, 1, "No time.")
    mail_all(story.house)
    manage(story, asked, 1, RequestAct.REQUEST)
    request = story.application(asked).requests[0]
    assert (request.status, request.declined_at) == ("requested", None)
    assert _to_ada(story) == ["Letter for Mira Lindqvist, due 1 April 2027"]
    sound(story)
    scenes.decline(story, asked, 1)
    clock.set(CLOSES + BLINK)
    refused(story, asked, 1, RequestAct.REQUEST, ProgramClosed)


def test_nobody_is_asked_twice_nor_where_no_letters_are_requested(story: Story) -> None:
    asked = scenes.requested(story)
    refused(story, asked, 1, RequestAct.REQUEST, NobodyToAsk)
    scenes.send_letter(story, asked, 1)
    refused(story, asked, 1, RequestAct.REQUEST, NobodyToAsk)
    refused(story, story.apply(), 1, RequestAct.REQUEST, LettersNotRequested)


@pytest.mark.parametrize(
    ("event", "act"), [("declined", RequestAct.REQUEST), ("cancelled", RequestAct.RESTORE)]
)
def test_who_was_erased_is_asked_no_more(story: Story, event: str, act: RequestAct) -> None:
    asked = scenes.requested(story)
    scenes.change_request(story, asked, 1, status=event, **{f"{event}_at": START})
    scenes.change_request(story, asked, 1, referee_email="", erased_at=START)
    with nothing_changed(story.house), pytest.raises(NotAllowed):
        manage(story, asked, 1, act)
    with nothing_changed(story.house), pytest.raises(NotAllowed):
        letter_acts.enter(story, asked)
