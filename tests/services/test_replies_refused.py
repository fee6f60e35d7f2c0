"""Where no reply to an advance notice is taken, and two that come at once."""

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
from letters.domain.status import RequestStatus
from letters.ports import Purpose
from letters.services import finding
from tests.services import replies, scenes
from tests.services.replies import (
    NEW,
    REPLIES,
    Reply,
    alerted,
    answer,
    correct,
    decline_early,
    send_notice_again,
    welcome,
)
from tests.services.scenes import BLINK, CLOSES, nothing_changed, request_of
from tests.support.clock import TestClock
from tests.support.people import REFEREE, REFEREES, START, SYSTEM, Story

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
