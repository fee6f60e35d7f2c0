"""The referee chooses when they are reminded of a letter, or that they are not."""

from uuid import UUID

import pytest

from letters.domain.slots import Slot
from tests.services.scenes import reach, request_of
from tests.support.clock import TestClock
from tests.support.people import Story
from tests.web import scenes
from tests.web.visiting import Visitor, content, follow, heading, press

OFF, ON, THEN = "No more reminders for this one", "Remind me as usual", "Remind me then"


@pytest.fixture
def asked(story: Story) -> UUID:
    return scenes.requested(story)


def page_of(story: Story, asked: UUID) -> str:
    return f"/letter/{story.upload_token(asked)}/reminders"


def test_it_says_when_the_next_one_comes(client: Visitor, story: Story, asked: UUID) -> None:
    upload = client.get(f"/letter/{story.upload_token(asked)}")
    assert "Choose when to be reminded" in content(upload)
    page = client.get(page_of(story, asked))
    assert heading(page) == "Reminders of the letter for Mira Lindqvist"
    assert "The next reminder comes on Thursday, 18 March 2027, 09:00" in content(page)


def test_a_day_of_ones_own(client: Visitor, story: Story, asked: UUID) -> None:
    page = client.get(page_of(story, asked))
    after = follow(client, press(client, page, THEN, {"day": "2027-03-02"}))
    assert "You are reminded on Tuesday, 2 March 2027, 09:00" in content(after)
    usual = follow(client, press(client, after, ON))
    assert "The next reminder comes on Thursday, 18 March 2027" in content(usual)


@pytest.mark.parametrize("day", ["", "soon", "2027-02-01", "2030-01-01"])
def test_another_day_is_refused_with_what_was_typed(
    client: Visitor, story: Story, asked: UUID, day: str
) -> None:
    refused = press(client, client.get(page_of(story, asked)), THEN, {"day": day})
    assert refused.status_code == 422
    assert "Choose a day" in content(refused)
    assert request_of(story, asked).remind_wished_at is None


def test_none_at_all_and_back(client: Visitor, story: Story, asked: UUID) -> None:
    off = follow(client, press(client, client.get(page_of(story, asked)), OFF))
    assert "You are not reminded of this letter any more" in content(off)
    assert OFF not in content(off)
    on = follow(client, press(client, off, ON))
    assert "The next reminder comes on" in content(on)


@pytest.mark.parametrize("slot", [Slot.RECEIVED, Slot.DECLINED, Slot.CLOSED, Slot.CANCELLED])
def test_where_nothing_is_awaited_there_is_nothing_to_choose(
    client: Visitor, story: Story, clock: TestClock, slot: Slot
) -> None:
    asked = reach(story, clock, slot)
    assert client.get(page_of(story, asked)).status_code == 409
