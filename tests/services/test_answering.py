"""Referees decline and take it back, exactly where the table says so."""

import pytest

from letters.domain.errors import (
    AnswerTooLate,
    DeclineNotPossible,
    InvalidInput,
    LettersError,
    LinkInvalid,
    NotRequestedYet,
    RequestCancelled,
)
from letters.domain.journal import Fact, MessageKind
from letters.domain.slots import Slot
from letters.services import answering
from tests.services import scenes
from tests.services.scenes import nothing_changed
from tests.support.clock import TestClock
from tests.support.people import A_DAY, START, Story

NOT_DECLINED: dict[Slot, type[LettersError]] = {
    Slot.NOT_REQUESTED: NotRequestedYet,
    Slot.RECEIVED: DeclineNotPossible,
    Slot.RECEIVED_FINAL: DeclineNotPossible,
    Slot.DECLINED_FINAL: DeclineNotPossible,
    Slot.CANCELLED: RequestCancelled,
    Slot.CLOSED: AnswerTooLate,
}
NOT_TAKEN_BACK: dict[Slot, type[LettersError]] = {
    Slot.NOT_REQUESTED: NotRequestedYet,
    Slot.RECEIVED: DeclineNotPossible,
    Slot.RECEIVED_FINAL: DeclineNotPossible,
    Slot.DECLINED_FINAL: AnswerTooLate,
    Slot.CANCELLED: RequestCancelled,
    Slot.CLOSED: AnswerTooLate,
}


# --- declining --------------------------------------------------------------------------------


def test_a_referee_declines(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.decline(story, application_id, reason="  On leave,\r\nsorry. ")
    request = scenes.request_of(story, application_id)
    assert (request.status, request.declined_at) == ("declined", START)
    assert request.decline_reason == "On leave,\nsorry."
    assert (request.requested_at, request.current_version) == (START, None)
    told = [Fact.REQUEST_DECLINED, Fact.REFEREE_LOST]
    assert scenes.facts(story, application_id)[-2:] == told


def test_a_reason_need_not_be_given(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.decline(story, application_id, reason=" \n ")
    assert scenes.request_of(story, application_id).decline_reason is None


def test_a_reason_is_neither_in_the_journal_nor_in_a_mail_to_be_sent(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.decline(story, application_id, reason="A private matter")
    written = [entry.details for entry in scenes.journal(story.house)]
    written += [row.details for row in scenes.outbox(story.house)]
    assert "private" not in str(written)


def test_declining_mails_the_applicant_alone(story: Story) -> None:
    application_id = scenes.requested(story)
    before = len(scenes.outbox(story.house))
    scenes.decline(story, application_id)
    assert [row.kind for row in scenes.outbox(story.house)[before:]] == ["referee_declined"]


def test_a_reason_that_cannot_be_kept_is_refused(story: Story) -> None:
    application_id = scenes.requested(story)
    for reason in ("bell\x07", "nul\x00", "lone\ud800", "x" * 2001):
        with nothing_changed(story.house), pytest.raises(InvalidInput) as refused:
            scenes.decline(story, application_id, reason=reason)
        assert [problem.field for problem in refused.value.problems] == ["reason"]


def test_declining_twice_is_as_good_as_once(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.decline(story, application_id, reason="No time")
    with nothing_changed(story.house):
        scenes.decline(story, application_id, reason="Another reason")


@pytest.mark.parametrize("slot", NOT_DECLINED)
def test_elsewhere_declining_is_refused_and_changes_nothing(
    story: Story, clock: TestClock, slot: Slot
) -> None:
    application_id = scenes.reach(story, clock, slot)
    with nothing_changed(story.house), pytest.raises(NOT_DECLINED[slot]):
        scenes.decline(story, application_id)


def test_only_a_genuine_link_declines(story: Story) -> None:
    application_id = scenes.requested(story)
    token = story.status_token(application_id)
    with (
        nothing_changed(story.house),
        pytest.raises(LinkInvalid),
        story.house.works.change(scenes.APPLICANT) as work,
    ):
        answering.decline(work, token, "")


# --- taking it back ---------------------------------------------------------------------------


def test_a_decline_is_taken_back_and_the_request_mailed_again(
    story: Story, clock: TestClock
) -> None:
    application_id = scenes.requested(story)
    scenes.decline(story, application_id, reason="No time")
    clock.advance(A_DAY)
    scenes.take_back(story, application_id)
    request = scenes.request_of(story, application_id)
    assert (request.status, request.requested_at) == ("requested", START)
    assert (request.declined_at, request.decline_reason) == (None, None)
    assert scenes.facts(story, application_id)[-1] is Fact.DECLINE_TAKEN_BACK
    mails = scenes.outbox(story.house, MessageKind.LETTER_REQUEST)
    assert [row.request_id for row in mails].count(request.id) == 2


def test_what_was_taken_back_can_be_declined_again(story: Story) -> None:
    application_id = scenes.requested(story)
    for _ in range(2):
        scenes.decline(story, application_id)
        scenes.take_back(story, application_id)
    scenes.decline(story, application_id)
    assert scenes.statuses(story, application_id) == ["selected", "declined", "requested"]
    assert scenes.breaches(story.house) == []


def test_where_the_letter_can_be_sent_there_is_nothing_left_to_take_back(story: Story) -> None:
    application_id = scenes.requested(story)
    with nothing_changed(story.house):
        scenes.take_back(story, application_id)


@pytest.mark.parametrize("slot", NOT_TAKEN_BACK)
def test_elsewhere_there_is_nothing_to_take_back(
    story: Story, clock: TestClock, slot: Slot
) -> None:
    application_id = scenes.reach(story, clock, slot)
    with nothing_changed(story.house), pytest.raises(NOT_TAKEN_BACK[slot]):
        scenes.take_back(story, application_id)


def test_both_are_possible_in_the_same_two_slots() -> None:
    assert set(Slot) - set(NOT_DECLINED) == {Slot.OPEN, Slot.DECLINED}
    assert set(Slot) - set(NOT_TAKEN_BACK) == {Slot.OPEN, Slot.DECLINED}
