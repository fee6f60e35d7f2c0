"""Which mail a report means: that of the tag, in the sending of the tag, for a month."""

from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError

from letters.domain.bounces import LONGEST_AFTER
from letters.ports import Message
from letters.records import OutboxStatus, new_id
from letters.services.returning import Effect
from tests.services import scenes
from tests.services.failing import BUSY
from tests.services.returns import (
    BOUNCES,
    asked,
    back_to,
    come_back,
    returns_of,
    row_of,
    sent_to,
    settings,
)
from tests.services.scenes import BLINK, Postbox, nothing_changed
from tests.support import bounces
from tests.support.bounces import ADA
from tests.support.clock import TestClock
from tests.support.people import A_DAY, START, Story

MIRA = "mira@example.com"

__all__ = ["asked", "settings"]


def test_each_sending_of_each_mail_comes_back_to_an_address_of_its_own(
    story: Story, clock: TestClock
) -> None:
    scenes.requested(story)
    box = Postbox([BUSY])
    scenes.deliver_to(story.house, box)
    clock.advance(A_DAY)
    scenes.deliver_to(story.house, box)
    senders = [message.envelope_from for message in box.messages]
    assert len(set(senders)) == len(senders) == 4
    read = [story.house.works.tools.returns.read(sender) for sender in senders]
    said = {(tag.mail_id, tag.claim) for tag in read if tag is not None}
    assert said == {(row.id, row.claim) for row in scenes.outbox(story.house)}


def test_without_a_genuine_tag_nothing_is_read(
    story: Story, asked: UUID, logged: list[MutableMapping[str, Any]]
) -> None:
    back = back_to(story, sent_to(story))
    wrong = [BOUNCES, ADA, "", back.replace("+", "-"), back[:20] + "7" + back[21:], back[1:][::-1]]
    wrong = [one for one in wrong if story.house.works.tools.returns.read(one) is None]
    assert len(wrong) >= 5
    with nothing_changed(story.house):
        assert returns_of(story).take(wrong, bounces.postfix()) is Effect.UNTAGGED
    assert scenes.request_of(story, asked).bounced_at is None
    assert logged[-1] == {"event": "return", "log_level": "info", "effect": "untagged"}


def test_of_several_addresses_the_one_with_a_tag_counts(story: Story, asked: UUID) -> None:
    back = back_to(story, sent_to(story))
    assert returns_of(story).take([BOUNCES, back], bounces.postfix()) is Effect.UNREACHABLE
    assert scenes.request_of(story, asked).bounced_at == START


def test_what_is_logged_names_nobody(
    story: Story, asked: UUID, logged: list[MutableMapping[str, Any]]
) -> None:
    row = sent_to(story)
    come_back(story, row)
    assert logged[-1] == {
        "event": "return",
        "log_level": "info",
        "mail": str(row.id),
        "effect": "unreachable",
        "report": "failed",
        "status": "5.1.1",
    }
    assert "@" not in str(logged)
    assert scenes.request_of(story, asked).bounced_at is not None


def test_a_tag_means_its_mail_for_a_month(story: Story, clock: TestClock, asked: UUID) -> None:
    row = sent_to(story)
    clock.advance(LONGEST_AFTER + BLINK)
    with nothing_changed(story.house):
        assert come_back(story, row) is Effect.STALE
    clock.advance(-BLINK)
    assert come_back(story, row) is Effect.UNREACHABLE
    assert scenes.request_of(story, asked).bounced_at is not None


def test_a_mail_that_is_not_there_any_more_means_nothing(story: Story) -> None:
    tag = story.house.works.tools.returns.mint(new_id(), 1)
    with nothing_changed(story.house):
        assert returns_of(story).take([tag], bounces.postfix()) is Effect.STALE


def test_what_comes_back_before_the_mail_is_recorded_is_to_come_again(story: Story) -> None:
    asked = scenes.requested(story)
    effects: list[Effect] = []

    def come_back_at_once(message: Message) -> None:
        if message.to == ADA:
            effects.append(returns_of(story).take([message.envelope_from], bounces.postfix()))

    scenes.deliver_to(story.house, Postbox(while_sending=come_back_at_once))
    assert effects == [Effect.TOO_EARLY]
    assert scenes.request_of(story, asked).bounced_at is None
    assert come_back(story, sent_to(story)) is Effect.UNREACHABLE
    assert scenes.request_of(story, asked).bounced_at == START


def test_an_earlier_sending_that_comes_back_says_nothing_of_a_later_one(
    story: Story, clock: TestClock
) -> None:
    asked = scenes.requested(story)
    box = Postbox([None, BUSY])
    scenes.deliver_to(story.house, box)
    (waits,) = [row for row in scenes.outbox(story.house) if row.status is OutboxStatus.QUEUED]
    with nothing_changed(story.house):
        assert come_back(story, waits) is Effect.STALE
    clock.advance(timedelta(minutes=1))
    scenes.deliver_to(story.house, box)
    row = row_of(story, waits.id)
    assert (row.status, row.claim) == (OutboxStatus.SENT, 2)
    with nothing_changed(story.house):
        earlier = back_to(story, row, claim=1)
        assert returns_of(story).take([earlier], bounces.postfix()) is Effect.STALE
    assert scenes.request_of(story, asked).bounced_at is None


def test_a_database_that_is_away_is_said_and_nothing_is_lost(
    story: Story, asked: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = sent_to(story)

    def fail(*_arguments: object) -> None:
        raise OperationalError("SELECT", {}, Exception("the database is away"))

    with monkeypatch.context() as away:
        away.setattr("letters.services.returning.record_lost", fail)
        with pytest.raises(OperationalError):
            come_back(story, row)
    assert row_of(story, row.id).bounced_at is None
    assert come_back(story, row) is Effect.UNREACHABLE
    assert scenes.request_of(story, asked).bounced_at == START
