"""What applicants are told without having caused it: when it is written, and when it is dropped."""

from uuid import UUID

import pytest

from letters.domain.journal import MessageKind
from letters.domain.status import RequestStatus
from letters.domain.telling import NEWS, MailChoice, is_wanted
from letters.house import House
from tests.services import acts, news, scenes
from tests.services.scenes import BLINK, CLOSES, NOOR
from tests.support.clock import TestClock
from tests.support.people import A_DAY, REFEREES, START, Story

ADA, BRAM, CHIYO = (referee.name for referee in REFEREES)


def told(story: Story, kind: MessageKind) -> list[bool]:
    """Say of each mail of a kind, oldest first, whether it would be sent now."""
    return [one is not None for one in news.of_kind(story, kind)]


def fact(story: Story, kind: MessageKind, name: str) -> object:
    """Return one fact of the newest mail of a kind."""
    newest = news.of_kind(story, kind)[-1]
    assert newest is not None
    return newest.facts[name]


def give_back(story: Story, application_id: UUID) -> None:
    """Let the first letter count no more."""
    scenes.change_request(
        story,
        application_id,
        status=RequestStatus.REQUESTED,
        current_version=None,
        received_at=None,
    )


# --- the requests -----------------------------------------------------------------------------


def test_selecting_tells_the_applicant_who_was_asked(story: Story) -> None:
    application_id = story.apply(NOOR)
    scenes.give_notices(story, application_id)
    acts.decline_early(story, application_id, 3)
    scenes.select_for_letters(story, application_id)
    assert fact(story, MessageKind.REQUESTS_SENT, "referee_names") == [ADA, BRAM]
    assert fact(story, MessageKind.REQUESTS_SENT, "requested_at") == START
    acts.withdraw(story, application_id)
    assert told(story, MessageKind.REQUESTS_SENT) == [False]


def test_with_nobody_left_to_ask_nothing_is_told(story: Story) -> None:
    application_id = story.apply()
    scenes.give_notices(story, application_id)
    for position in (1, 2):
        acts.decline_early(story, application_id, position)
    scenes.select_for_letters(story, application_id)
    assert told(story, MessageKind.REQUESTS_SENT) == []


def test_where_submitting_requests_the_letters_one_mail_says_both(house: House) -> None:
    story = scenes.automatic(house, min_letters=2)
    application_id = story.apply(NOOR, submit=False)
    scenes.give_notices(story, application_id)
    acts.decline_early(story, application_id, 3)
    scenes.submit(story, application_id)
    assert told(story, MessageKind.REQUESTS_SENT) == []
    assert fact(story, MessageKind.APPLICATION_SUBMITTED, "referee_names") == [ADA, BRAM]


# --- the letters ------------------------------------------------------------------------------


def test_of_the_letter_that_completes_only_one_mail_tells(story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story, NOOR)
    scenes.send_letter(story, application_id, 1)
    assert told(story, MessageKind.LETTER_ARRIVED) == [True]
    clock.advance(A_DAY)
    scenes.send_letter(story, application_id, 2)
    assert told(story, MessageKind.LETTER_ARRIVED) == [False, False]
    assert told(story, MessageKind.ALL_IN) == [True]
    assert fact(story, MessageKind.ALL_IN, "awaited_names") == [CHIYO]
    clock.advance(A_DAY)
    scenes.send_letter(story, application_id, 3)
    assert told(story, MessageKind.LETTER_ARRIVED) == [False, False, True]
    assert told(story, MessageKind.ALL_IN) == [True]


def test_a_better_version_is_no_news(story: Story) -> None:
    application_id = news.complete(story)
    scenes.send_letter(story, application_id, 1)
    assert told(story, MessageKind.LETTER_ARRIVED) == [False, False]
    assert told(story, MessageKind.ALL_IN) == [True]


def test_a_letter_that_does_not_count_any_more_is_not_told(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    give_back(story, application_id)
    assert told(story, MessageKind.LETTER_ARRIVED) == [False]


def test_all_in_is_not_said_where_letters_are_missing_again(story: Story) -> None:
    application_id = news.complete(story)
    give_back(story, application_id)
    assert told(story, MessageKind.ALL_IN) == [False]


# --- a referee who cannot write ---------------------------------------------------------------


def test_a_decline_is_told_with_whether_somebody_else_is_needed(story: Story) -> None:
    application_id = scenes.requested(story, NOOR)
    scenes.decline(story, application_id, 3, reason="We have quarrelled.")
    assert fact(story, MessageKind.REFEREE_DECLINED, "another_needed") is False
    scenes.decline(story, application_id, 2)
    assert fact(story, MessageKind.REFEREE_DECLINED, "another_needed") is True
    assert fact(story, MessageKind.REFEREE_DECLINED, "asked") is True
    (first, _) = news.of_kind(story, MessageKind.REFEREE_DECLINED)
    assert "quarrelled" not in f"{first}"


def test_a_decline_is_not_told_once_that_is_of_no_use(
    story: Story, clock: TestClock, subtests: pytest.Subtests
) -> None:
    taken_back, replaced, completed, withdrawn, again, late = (
        scenes.requested(story, NOOR) for _ in range(6)
    )
    for application_id in (taken_back, replaced, completed, withdrawn, again, late):
        scenes.decline(story, application_id)
    scenes.take_back(story, taken_back)
    scenes.change_request(story, replaced, replaced_at=START)
    for position in (2, 3):
        scenes.send_letter(story, completed, position)
    acts.withdraw(story, withdrawn)
    clock.advance(BLINK)
    scenes.take_back(story, again)
    scenes.decline(story, again)
    expected = [False, False, False, False, False, True, True]
    assert told(story, MessageKind.REFEREE_DECLINED) == expected
    with subtests.test("the time is over"):
        clock.set(CLOSES + BLINK)
        assert not any(told(story, MessageKind.REFEREE_DECLINED))


def test_an_early_decline_is_not_told_of_who_was_asked_since(story: Story) -> None:
    application_id = story.apply()
    scenes.give_notices(story, application_id)
    acts.decline_early(story, application_id)
    scenes.select_for_letters(story, application_id)
    assert told(story, MessageKind.REFEREE_DECLINED) == [True]
    acts.welcome(story, application_id)
    scenes.decline(story, application_id)
    assert told(story, MessageKind.REFEREE_DECLINED) == [False, True]


# --- the choice -------------------------------------------------------------------------------


@pytest.fixture
def everything(story: Story) -> list[UUID]:
    """Applications of which each has news; together they have all kinds of them."""
    declined = scenes.requested(story)
    scenes.decline(story, declined)
    bounced = scenes.requested(story)
    news.bounce(story, bounced)
    arrived = scenes.requested(story)
    scenes.send_letter(story, arrived)
    near = news.told_elsewhere(story, NOOR, START + A_DAY / 2)
    over = news.told_elsewhere(story, NOOR, START - 3 * A_DAY)
    return [declined, bounced, arrived, news.complete(story), near, over]


@pytest.mark.parametrize("choice", MailChoice)
def test_an_applicant_gets_what_they_chose(
    story: Story, everything: list[UUID], choice: MailChoice
) -> None:
    for application_id in everything:
        news.choose(story, application_id, choice)
    sent = {kind for kind in NEWS if any(told(story, kind))}
    assert sent == {kind for kind in NEWS if is_wanted(kind, choice)}
    assert all(told(story, MessageKind.APPLICATION_SUBMITTED))
