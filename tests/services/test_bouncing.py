"""An address that takes no mail is told to the applicant, once, until it is corrected."""

from uuid import UUID

import pytest

from letters.domain.errors import AddressRefused
from letters.domain.journal import Fact, MessageKind
from letters.domain.status import RequestStatus
from letters.ports import Message
from tests.services import acts, news, scenes
from tests.services.failing import REFUSED
from tests.services.scenes import BLINK, CLOSES, Postbox, nothing_changed
from tests.support.clock import TestClock
from tests.support.people import START, Story

NOBODY_THERE = AddressRefused(reason="550 5.1.1 no such mailbox")
ADA = "ada.ferreira@example.edu"


def bounced(story: Story, application_id: UUID) -> list[bool]:
    requests = story.application(application_id).requests
    return [request.bounced_at is not None for request in requests]


def refuse_the_request(story: Story, application_id: UUID, error: Exception) -> Postbox:
    """Deliver all; the first letter request is refused."""
    box = Postbox([None, error])
    scenes.deliver_to(story.house, box)
    assert scenes.facts(story, application_id).count(Fact.MAIL_GIVEN_UP) == 1
    return box


def test_a_refused_address_is_written_down_and_told(story: Story) -> None:
    application_id = scenes.requested(story)
    refuse_the_request(story, application_id, NOBODY_THERE)
    assert bounced(story, application_id) == [True, False]
    assert scenes.request_of(story, application_id).bounced_at == START
    assert scenes.facts(story, application_id)[-2:] == [Fact.MAIL_GIVEN_UP, Fact.ADDRESS_BOUNCED]
    (told,) = news.of_kind(story, MessageKind.ADDRESS_BOUNCED)
    assert told is not None
    assert (told.to, told.facts["referee_name"]) == ("mira@example.com", "Prof. Ada Ferreira")
    assert told.facts["referee_email"] == ADA
    assert scenes.breaches(story.house) == []


def test_a_mail_refused_for_its_content_says_nothing_of_the_address(story: Story) -> None:
    application_id = scenes.requested(story)
    refuse_the_request(story, application_id, REFUSED)
    assert bounced(story, application_id) == [False, False]
    assert scenes.outbox(story.house, MessageKind.ADDRESS_BOUNCED) == []


def test_a_refused_applicant_is_no_referee_who_bounced(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    box = Postbox([None, None, None, None, NOBODY_THERE, NOBODY_THERE])
    scenes.deliver_to(story.house, box)
    assert bounced(story, application_id) == [False, False]


def test_an_address_corrected_while_the_mail_was_underway_has_not_bounced(story: Story) -> None:
    application_id = scenes.requested(story)

    def correct(message: Message) -> None:
        if message.to == ADA:
            scenes.change_request(story, application_id, referee_email="ada@new.example.edu")

    box = Postbox([None, NOBODY_THERE], while_sending=correct)
    scenes.deliver_to(story.house, box)
    assert bounced(story, application_id) == [False, False]


def test_a_bounce_is_news_once(story: Story) -> None:
    application_id = scenes.requested(story)
    assert news.bounce(story, application_id, address=ADA.upper()) is True
    with nothing_changed(story.house):
        assert news.bounce(story, application_id) is False


def test_a_bounce_is_no_news_once_nothing_more_is_mailed(
    story: Story, subtests: pytest.Subtests
) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id, 1)
    scenes.decline(story, application_id, 2)
    withdrawn = scenes.requested(story)
    acts.withdraw(story, withdrawn)
    for of, position in ((application_id, 1), (application_id, 2), (withdrawn, 1)):
        status = scenes.request_of(story, of, position).status
        with subtests.test(status.value), nothing_changed(story.house):
            assert news.bounce(story, of, position) is False


def test_the_applicant_is_not_told_once_that_is_of_no_use(
    story: Story, clock: TestClock, subtests: pytest.Subtests
) -> None:
    corrected, answered, withdrawn, again = (scenes.requested(story) for _ in range(4))
    for application_id in (corrected, answered, withdrawn, again):
        news.bounce(story, application_id)
    scenes.change_request(story, corrected, bounced_at=None)
    scenes.send_letter(story, answered)
    acts.withdraw(story, withdrawn)
    scenes.change_request(story, again, bounced_at=None)
    clock.advance(BLINK)
    news.bounce(story, again)
    told = [one is not None for one in news.of_kind(story, MessageKind.ADDRESS_BOUNCED)]
    assert told == [False, False, False, False, True]
    with subtests.test("the time is over"):
        clock.set(CLOSES + BLINK)
        assert not any(news.of_kind(story, MessageKind.ADDRESS_BOUNCED))


def test_correcting_the_address_ends_the_bounce_and_hides_the_new_one(story: Story) -> None:
    application_id = story.apply()
    scenes.give_notices(story, application_id)
    news.bounce(story, application_id)
    acts.correct_address(story, application_id, "ada@new.example.edu")
    request = scenes.request_of(story, application_id)
    assert (request.status, request.bounced_at) == (RequestStatus.NAMED, None)
    assert news.of_kind(story, MessageKind.ADDRESS_BOUNCED) == [None]
    news.bounce(story, application_id)
    *_, told = news.of_kind(story, MessageKind.ADDRESS_BOUNCED)
    assert told is not None
    assert told.facts["referee_email"] == ""
