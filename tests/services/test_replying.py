"""A referee who was alerted answers, and changes the answer."""

import pytest

from letters.domain.errors import (
    InvalidInput,
    LettersError,
)
from letters.domain.journal import Fact, MessageKind
from letters.domain.status import RequestStatus
from letters.house import House
from tests.services import scenes
from tests.services.replies import NEW, alerted, composed, correct, decline_early, welcome
from tests.services.scenes import BLINK, CLOSES, nothing_changed, outbox, request_of
from tests.support.clock import TestClock
from tests.support.people import A_DAY, REFEREES, START, Story

# --- “I can write” ----------------------------------------------------------------------------


@pytest.mark.parametrize("submit", [False, True])
def test_a_referee_says_that_they_can_write(story: Story, clock: TestClock, submit: bool) -> None:
    application_id = alerted(story, submit=submit)
    mails = len(outbox(story.house))
    clock.advance(A_DAY)
    welcome(story, application_id)
    request = request_of(story, application_id)
    assert (request.status, request.welcomed_at) == (RequestStatus.NAMED, START + A_DAY)
    assert request_of(story, application_id, 2).welcomed_at is None
    assert scenes.facts(story, application_id)[-1] is Fact.NOTICE_WELCOMED
    assert len(outbox(story.house)) == mails
    clock.advance(A_DAY)
    with nothing_changed(story.house):
        welcome(story, application_id)
    assert scenes.breaches(story.house) == []


def test_who_can_write_is_asked_with_the_others(story: Story) -> None:
    application_id = alerted(story)
    welcome(story, application_id)
    scenes.select_for_letters(story, application_id)
    assert scenes.statuses(story, application_id) == ["selected", "requested", "requested"]
    assert request_of(story, application_id).welcomed_at == START


# --- declining early --------------------------------------------------------------------------


def test_a_referee_declines_before_being_asked_and_the_applicant_is_told(story: Story) -> None:
    application_id = alerted(story)
    welcome(story, application_id)
    decline_early(story, application_id, reason="  A private\r\nmatter ")
    request = request_of(story, application_id)
    assert (request.status, request.declined_at) == (RequestStatus.DECLINED, START)
    assert (request.requested_at, request.welcomed_at) == (None, None)
    assert request.decline_reason == "A private\nmatter"
    row = scenes.mail(story.house, MessageKind.REFEREE_DECLINED)
    mail = composed(story, row)
    assert mail is not None
    assert (row.request_id, mail.to) == (request.id, "mira@example.com")
    assert mail.facts["referee_name"] == REFEREES[0].name
    written = [entry.details for entry in scenes.journal(story.house)]
    assert "private" not in str((written, [row.details for row in outbox(story.house)], mail))
    with nothing_changed(story.house):
        decline_early(story, application_id, reason="Another")
    assert scenes.breaches(story.house) == []


def test_a_reason_that_cannot_be_kept_is_refused(story: Story) -> None:
    application_id = alerted(story)
    for reason in ("bell\x07", "nul\x00", "lone\ud800", "x" * 2001):
        with nothing_changed(story.house), pytest.raises(InvalidInput) as refused:
            decline_early(story, application_id, reason=reason)
        assert [problem.field for problem in refused.value.problems] == ["reason"]
    decline_early(story, application_id, reason="x" * 2000)


def test_who_declined_early_is_not_asked(story: Story) -> None:
    application_id = alerted(story)
    decline_early(story, application_id)
    scenes.select_for_letters(story, application_id)
    assert scenes.statuses(story, application_id) == ["selected", "declined", "requested"]
    (mail,) = outbox(story.house, MessageKind.LETTER_REQUEST)
    assert mail.request_id == request_of(story, application_id, 2).id


def test_where_nobody_is_left_to_ask_the_application_is_selected_all_the_same(
    story: Story,
) -> None:
    application_id = alerted(story)
    for position in (1, 2):
        decline_early(story, application_id, position)
    scenes.select_for_letters(story, application_id)
    assert scenes.statuses(story, application_id) == ["selected", "declined", "declined"]
    assert outbox(story.house, MessageKind.LETTER_REQUEST) == []
    assert scenes.breaches(story.house) == []


def test_a_draft_whose_referee_declined_asks_the_others_when_submitted(house: House) -> None:
    story = scenes.automatic(house, min_letters=2)
    application_id = alerted(story, scenes.NOOR, submit=False)
    decline_early(story, application_id, 2)
    scenes.submit(story, application_id)
    expected = ["submitted", "requested", "declined", "requested"]
    assert scenes.statuses(story, application_id) == expected


def test_the_applicant_is_told_only_while_it_is_true_and_helps(
    story: Story, clock: TestClock
) -> None:
    for ending in ("reconsidered", "withdrawn", "closed"):
        application_id = alerted(story)
        decline_early(story, application_id)
        row = outbox(story.house, MessageKind.REFEREE_DECLINED)[-1]
        assert composed(story, row) is not None
        if ending == "reconsidered":
            welcome(story, application_id)
        if ending == "withdrawn":
            scenes.withdraw(story, application_id)
        if ending == "closed":
            clock.set(CLOSES + BLINK)
        assert composed(story, row) is None


# --- changing the answer ----------------------------------------------------------------------


def test_a_referee_reconsiders_before_anything_is_asked(story: Story) -> None:
    application_id = alerted(story)
    for _ in range(2):
        decline_early(story, application_id, reason="No time")
        welcome(story, application_id)
    request = request_of(story, application_id)
    assert (request.status, request.welcomed_at) == (RequestStatus.NAMED, START)
    assert (request.declined_at, request.decline_reason) == (None, None)
    changes = [Fact.NOTICE_DECLINED, Fact.NOTICE_RECONSIDERED, Fact.NOTICE_WELCOMED]
    assert scenes.facts(story, application_id)[-6:] == [*changes, *changes]
    assert len(outbox(story.house, MessageKind.REFEREE_DECLINED)) == 2
    assert outbox(story.house, MessageKind.LETTER_REQUEST) == []
    assert scenes.breaches(story.house) == []


@pytest.mark.parametrize("email", [None, NEW])
def test_who_reconsiders_after_the_others_were_asked_is_asked_at_once(
    story: Story, clock: TestClock, email: str | None
) -> None:
    application_id = alerted(story)
    decline_early(story, application_id, reason="No time")
    scenes.select_for_letters(story, application_id)
    clock.advance(A_DAY)
    if email is None:
        welcome(story, application_id)
    else:
        correct(story, application_id, email)
    request = request_of(story, application_id)
    assert (request.status, request.requested_at) == (RequestStatus.REQUESTED, START + A_DAY)
    assert (request.declined_at, request.decline_reason) == (None, None)
    assert scenes.facts(story, application_id)[-1] is Fact.LETTER_REQUESTED
    mail = composed(story, outbox(story.house, MessageKind.LETTER_REQUEST)[-1])
    assert mail is not None
    assert mail.to == email or REFEREES[0].email
    scenes.send_letter(story, application_id)
    assert scenes.breaches(story.house) == []


def test_who_declined_early_has_nothing_behind_an_upload_link(story: Story) -> None:
    application_id = alerted(story)
    decline_early(story, application_id)
    with nothing_changed(story.house):
        for act in (scenes.send_letter, scenes.decline, scenes.take_back):
            with pytest.raises(LettersError) as refused:
                act(story, application_id)
            assert type(refused.value).__name__ == "NotRequestedYet"
