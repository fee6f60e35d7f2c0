"""A referee who was alerted answers, changes the answer, and says where they are reached."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest

from letters.domain.errors import (
    InvalidInput,
    LettersError,
    LinkReplaced,
    RequestCancelled,
    RequestedSince,
    UploadClosed,
)
from letters.domain.journal import Fact, MessageKind
from letters.domain.status import RequestStatus
from letters.house import House
from letters.ports import Purpose
from letters.services import finding, noticing, replying
from letters.services.work import Work
from tests.services import replies, scenes
from tests.services.replies import alerted, composed, correct, decline_early, welcome
from tests.services.scenes import BLINK, CLOSES, nothing_changed, outbox, request_of
from tests.support.clock import TestClock
from tests.support.people import A_DAY, REFEREE, REFEREES, START, SYSTEM, Story

NEW = "Ada.F@home.example.net"
Reply = Callable[[Work, str], object]
REPLIES: dict[str, Reply] = {
    "welcome": replying.welcome,
    "decline early": lambda work, token: replying.decline_early(work, token, "No time"),
    "correct the address": lambda work, token: replying.correct_address(work, token, NEW),
}


def send_notice_again(story: Story, application_id: UUID) -> bool:
    with story.house.works.change(REFEREE) as work:
        found = finding.application(work, application_id, lock=True)
        return noticing.send_notice_again(work, found, found.requests[0])


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


# --- where no answer is taken -----------------------------------------------------------------


def asked(story: Story, _: TestClock) -> UUID:
    application_id = alerted(story)
    scenes.select_for_letters(story, application_id)
    return application_id


def declined_when_asked(story: Story, clock: TestClock) -> UUID:
    application_id = asked(story, clock)
    scenes.decline(story, application_id)
    return application_id


def answered(story: Story, clock: TestClock) -> UUID:
    application_id = asked(story, clock)
    scenes.send_letter(story, application_id)
    return application_id


def withdrawn(story: Story, _: TestClock) -> UUID:
    application_id = alerted(story)
    scenes.withdraw(story, application_id)
    return application_id


def cancelled(story: Story, _: TestClock) -> UUID:
    application_id = alerted(story)
    scenes.change_request(story, application_id, status=RequestStatus.CANCELLED, cancelled_at=START)
    return application_id


def closed(story: Story, clock: TestClock) -> UUID:
    application_id = alerted(story)
    clock.set(CLOSES + BLINK)
    return application_id


def closed_after_declining(story: Story, clock: TestClock) -> UUID:
    application_id = alerted(story)
    decline_early(story, application_id)
    clock.set(CLOSES + BLINK)
    return application_id


NO_ANSWER: dict[Callable[[Story, TestClock], UUID], type[LettersError]] = {
    asked: RequestedSince,
    declined_when_asked: RequestedSince,
    answered: RequestedSince,
    withdrawn: RequestCancelled,
    cancelled: RequestCancelled,
    closed: UploadClosed,
    closed_after_declining: UploadClosed,
}


def answer(story: Story, reply: Reply, token: str) -> None:
    with story.house.works.change(REFEREE) as work:
        reply(work, token)


@pytest.mark.parametrize("arrive", NO_ANSWER)
def test_once_it_is_over_or_asked_no_answer_is_taken_and_nothing_changes(
    story: Story, clock: TestClock, arrive: Callable[[Story, TestClock], UUID]
) -> None:
    application_id = arrive(story, clock)
    token = story.notice_token(application_id)
    with nothing_changed(story.house):
        for reply in REPLIES.values():
            with pytest.raises(NO_ANSWER[arrive]):
                answer(story, reply, token)
        assert send_notice_again(story, application_id) is False


def test_only_a_genuine_link_answers(story: Story, subtests: pytest.Subtests) -> None:
    application_id = alerted(story)
    with nothing_changed(story.house):
        for token, refusal in replies.wrong_tokens(story, Purpose.NOTICE, application_id):
            for name, reply in REPLIES.items():
                with subtests.test(name, token=token), pytest.raises(LettersError) as refused:
                    answer(story, reply, token)
                assert type(refused.value) is refusal


def test_an_answer_that_is_not_committed_leaves_nothing(story: Story) -> None:
    application_id = alerted(story)
    token = story.notice_token(application_id)
    for reply in REPLIES.values():
        with nothing_changed(story.house), pytest.raises(KeyboardInterrupt):
            answer_and_break_off(story, reply, token)


def answer_and_break_off(story: Story, reply: Reply, token: str) -> None:
    with story.house.works.change(REFEREE) as work:
        reply(work, token)
        raise KeyboardInterrupt


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


# --- two at once ------------------------------------------------------------------------------


def test_yes_and_no_at_once_leave_one_answer_that_is_whole(story: Story) -> None:
    for _ in range(5):
        application_id = alerted(story)
        outcomes = scenes.at_once(
            partial(welcome, story, application_id), partial(decline_early, story, application_id)
        )
        assert outcomes == [None, None]
        request = request_of(story, application_id)
        declined = request.status is RequestStatus.DECLINED
        assert declined is (request.welcomed_at is None)
    assert scenes.breaches(story.house) == []


def test_a_decline_that_meets_the_selection_is_early_or_refused(story: Story) -> None:
    for _ in range(5):
        application_id = alerted(story)
        early, selected = scenes.at_once(
            partial(decline_early, story, application_id),
            partial(scenes.select_for_letters, story, application_id),
        )
        status = request_of(story, application_id).status
        assert selected is None
        assert (early is None) is (status is RequestStatus.DECLINED)
        assert early is None or isinstance(early, RequestedSince)
    assert scenes.breaches(story.house) == []


def test_of_two_corrections_at_once_one_counts(story: Story) -> None:
    application_id = alerted(story)
    token = story.notice_token(application_id)
    outcomes = scenes.at_once(
        *(partial(replies.correct_by, story, token, f"{name}@example.net") for name in "ab")
    )
    assert sorted(map(type, outcomes), key=str) == sorted([type(None), LinkReplaced], key=str)
    assert request_of(story, application_id).former_email == REFEREES[0].email


def test_two_referees_never_get_the_same_mailbox(story: Story) -> None:
    application_id = alerted(story)
    calls = [partial(correct, story, application_id, NEW, position) for position in (1, 2)]
    outcomes = scenes.at_once(*calls)
    assert sorted(map(type, outcomes), key=str) == sorted([type(None), InvalidInput], key=str)
    with story.house.works.look(SYSTEM) as work:
        keys = [r.referee_key for r in finding.application(work, application_id).requests]
    assert len(set(keys)) == 2
