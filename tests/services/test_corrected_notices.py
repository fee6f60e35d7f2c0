"""A referee puts right where they are reached, and the notice is mailed once more."""

import pytest

from letters.domain.errors import (
    InvalidInput,
    LinkReplaced,
)
from letters.domain.journal import Fact, MessageKind
from letters.domain.status import RequestStatus
from tests.services import scenes
from tests.services.replies import (
    NEW,
    REPLIES,
    alerted,
    answer,
    composed,
    correct,
    decline_early,
    send_notice_again,
    welcome,
)
from tests.services.scenes import nothing_changed, outbox, request_of
from tests.support.clock import TestClock
from tests.support.people import A_DAY, REFEREES, START, Story

# --- the address ------------------------------------------------------------------------------


def test_a_corrected_address_gets_the_notice_and_the_old_link_ends(
    story: Story, clock: TestClock
) -> None:
    application_id = alerted(story)
    old = story.notice_token(application_id)
    clock.advance(A_DAY)
    correct(story, application_id, f"  {NEW} ")
    request = request_of(story, application_id)
    assert (request.referee_email, request.former_email) == (NEW, REFEREES[0].email)
    assert (request.referee_key, request.link_generation) == (NEW.lower(), 2)
    assert (request.status, request.noticed_at) == (RequestStatus.NAMED, START + A_DAY)
    assert scenes.facts(story, application_id)[-1] is Fact.ADDRESS_CORRECTED

    mail = composed(story, outbox(story.house, MessageKind.ADVANCE_NOTICE)[-1])
    assert mail is not None
    assert (mail.to, str(mail.facts["url"]).rpartition("/")[2]) == (
        NEW,
        story.notice_token(application_id),
    )
    for name, reply in REPLIES.items():
        with nothing_changed(story.house), pytest.raises(LinkReplaced) as refused:
            answer(story, reply, old)
        assert (name, refused.value.row_id) == (name, request.id)
    written = [entry.details for entry in scenes.journal(story.house)]
    assert "@" not in str((written, [row.details for row in outbox(story.house)]))
    assert scenes.breaches(story.house) == []


def test_what_is_asked_later_goes_to_the_corrected_address(story: Story) -> None:
    application_id = alerted(story)
    correct(story, application_id, NEW)
    scenes.select_for_letters(story, application_id)
    mails = [composed(story, row) for row in outbox(story.house, MessageKind.LETTER_REQUEST)]
    assert [mail.to for mail in mails if mail] == [NEW, REFEREES[1].email]


def test_correcting_takes_an_early_decline_back_and_leaves_a_welcome(story: Story) -> None:
    application_id = alerted(story)
    decline_early(story, application_id)
    welcome(story, application_id, 2)
    correct(story, application_id, NEW)
    correct(story, application_id, "bram@home.example.net", 2)
    assert scenes.statuses(story, application_id) == ["submitted", "named", "named"]
    assert request_of(story, application_id).welcomed_at is None
    assert request_of(story, application_id, 2).welcomed_at == START
    facts = scenes.facts(story, application_id)
    assert facts[-3:-1] == [Fact.NOTICE_RECONSIDERED, Fact.ADDRESS_CORRECTED]


def test_the_same_address_changes_nothing_however_it_is_written(story: Story) -> None:
    application_id = alerted(story)
    decline_early(story, application_id, 2)
    with nothing_changed(story.house):
        correct(story, application_id, REFEREES[0].email)
        correct(story, application_id, f" {REFEREES[0].email.upper()}")
        correct(story, application_id, REFEREES[1].email, 2)


def test_an_address_that_cannot_be_right_is_refused(story: Story) -> None:
    application_id = alerted(story)
    wrong = (
        "",
        "nobody",
        "a@b@example.org",
        "ada@example.org\r\nBcc: all@example.org",
        "ada\x00@example.org",
        "ada\u202e@example.org",
        "ada@exa mple.org",
        f"ada@{'a.' * 130}org",
        "mira@example.com",
        "MIRA@Example.com",
        REFEREES[1].email,
        REFEREES[1].email.upper(),
    )
    for email in wrong:
        with nothing_changed(story.house), pytest.raises(InvalidInput) as refused:
            correct(story, application_id, email)
        assert [problem.field for problem in refused.value.problems] == ["email"]


def test_the_address_of_who_is_no_longer_named_is_free(story: Story) -> None:
    application_id = alerted(story)
    scenes.change_request(
        story, application_id, 2, status=RequestStatus.CANCELLED, cancelled_at=START
    )
    correct(story, application_id, REFEREES[1].email)
    assert request_of(story, application_id).referee_email == REFEREES[1].email


# --- the notice once more ---------------------------------------------------------------------


def test_the_notice_is_sent_again_to_who_was_alerted(story: Story) -> None:
    application_id = story.apply()
    with nothing_changed(story.house):
        assert send_notice_again(story, application_id) is False
    scenes.give_notices(story, application_id)
    assert send_notice_again(story, application_id) is True
    welcome(story, application_id)
    assert send_notice_again(story, application_id) is True
    facts = scenes.facts(story, application_id)
    assert facts.count(Fact.NOTICE_SENT_AGAIN) == 2
    assert len(outbox(story.house, MessageKind.ADVANCE_NOTICE)) == 4
    assert scenes.breaches(story.house) == []

    decline_early(story, application_id)
    with nothing_changed(story.house):
        assert send_notice_again(story, application_id) is False


def test_a_notice_is_dropped_once_it_says_nothing_true(story: Story) -> None:
    application_id = alerted(story)
    first, second = outbox(story.house, MessageKind.ADVANCE_NOTICE)
    decline_early(story, application_id)
    assert composed(story, first) is None
    assert composed(story, second) is not None
    scenes.select_for_letters(story, application_id)
    assert composed(story, second) is None
