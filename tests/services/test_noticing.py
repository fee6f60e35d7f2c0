"""Advance notices go out once to each referee, before anything is asked, and carry no link."""

from collections.abc import Collection
from uuid import UUID

import pytest

from letters.domain.errors import (
    NoticeNotPossible,
    ProgramClosed,
    UnknownApplication,
    UnknownRequest,
    Withdrawn,
)
from letters.domain.journal import Fact, MessageKind
from letters.house import House
from letters.records import new_id
from letters.services import noticing
from tests.services import scenes
from tests.services.scenes import APPLICANT, BLINK, CLOSES, nothing_changed
from tests.support.clock import TestClock
from tests.support.people import A_DAY, START, Story


def give(story: Story, application_id: UUID, only: Collection[UUID] | None = None) -> None:
    with story.house.works.change(APPLICANT) as work:
        noticing.give_notices(work, application_id, only)


def noticed(story: Story, application_id: UUID) -> list[bool]:
    return [r.noticed_at is not None for r in story.application(application_id).requests]


def request_ids(story: Story, application_id: UUID) -> list[UUID]:
    return [request.id for request in story.application(application_id).requests]


@pytest.mark.parametrize("submit", [False, True])
def test_every_referee_is_alerted_before_anything_is_asked(story: Story, submit: bool) -> None:
    application_id = story.apply(submit=submit)
    give(story, application_id)
    found = story.application(application_id)
    assert {request.noticed_at for request in found.requests} == {START}
    assert {request.status for request in found.requests} == {"named"}
    assert scenes.facts(story, application_id)[-2:] == [Fact.NOTICE_GIVEN, Fact.NOTICE_GIVEN]
    mails = scenes.outbox(story.house, MessageKind.ADVANCE_NOTICE)
    assert [mail.request_id for mail in mails] == [request.id for request in found.requests]


def test_some_are_alerted_and_the_others_later(story: Story, clock: TestClock) -> None:
    application_id = story.apply()
    _, second = request_ids(story, application_id)
    give(story, application_id, [second])
    assert noticed(story, application_id) == [False, True]

    clock.advance(A_DAY)
    give(story, application_id)
    found = story.application(application_id)
    assert [request.noticed_at for request in found.requests] == [START + A_DAY, START]
    assert len(scenes.outbox(story.house, MessageKind.ADVANCE_NOTICE)) == 2


def test_nobody_is_alerted_twice(story: Story) -> None:
    application_id = story.apply()
    give(story, application_id)
    with nothing_changed(story.house), pytest.raises(NoticeNotPossible):
        give(story, application_id)


def test_nobody_is_alerted_after_the_request(story: Story) -> None:
    application_id = scenes.requested(story)
    with nothing_changed(story.house), pytest.raises(NoticeNotPossible):
        give(story, application_id)


def test_to_alert_none_of_them_is_not_possible(story: Story) -> None:
    application_id = story.apply()
    with nothing_changed(story.house), pytest.raises(NoticeNotPossible):
        give(story, application_id, [])


def test_under_the_policy_automatic_a_draft_can_be_announced(house: House) -> None:
    story = scenes.automatic(house)
    application_id = story.apply(scenes.NOOR, submit=False)
    give(story, application_id)
    assert noticed(story, application_id) == [True, True, True]


def test_a_stranger_is_not_alerted(story: Story) -> None:
    application_id = story.apply()
    first, _ = request_ids(story, application_id)
    (stranger, *_) = request_ids(story, story.apply(scenes.NOOR))
    with nothing_changed(story.house), pytest.raises(UnknownRequest):
        give(story, application_id, [first, stranger])


def test_an_unknown_application_alerts_nobody(story: Story) -> None:
    with nothing_changed(story.house), pytest.raises(UnknownApplication):
        give(story, new_id())


def test_a_withdrawn_application_alerts_nobody(story: Story) -> None:
    application_id = story.apply()
    scenes.withdraw(story, application_id)
    with nothing_changed(story.house), pytest.raises(Withdrawn):
        give(story, application_id)


def test_a_closed_program_alerts_nobody(story: Story, clock: TestClock) -> None:
    application_id = story.apply()
    clock.set(CLOSES + BLINK)
    with nothing_changed(story.house), pytest.raises(ProgramClosed):
        give(story, application_id)
