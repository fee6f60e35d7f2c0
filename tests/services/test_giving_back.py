"""A worker that is asked to stop gives back what it has not sent, and says so."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from letters.domain.journal import MessageKind
from letters.ports import Message, Outcome, TimeIsUp
from letters.records import OutboxStatus
from letters.services.claiming import (
    LEASE,
    claim_next,
    give_back,
    settle,
    settle_sent,
    take_over,
)
from tests.services import scenes
from tests.services.failing import BUSY, REFUSED
from tests.services.scenes import BLINK, Postbox, postman_with
from tests.support.clock import TestClock
from tests.support.people import A_DAY, START, SYSTEM, Story


def asked_after(answers: int) -> Callable[[], bool]:
    """Say so many times that nobody has asked for the end."""
    left = iter([True] * answers)
    return lambda: next(left, False)


def test_asked_between_taking_and_sending_it_gives_the_mail_back(story: Story) -> None:
    story.apply()
    box = Postbox()
    assert postman_with(story.house, box).deliver_all_due(asked_after(1)) == 1
    row = scenes.only_mail(story.house)
    assert (row.status, row.attempts, row.lease_until) == (OutboxStatus.QUEUED, 0, None)
    assert (row.not_before, row.last_error, box.messages) == (START, None, [])

    assert scenes.deliver_to(story.house, box) == 1
    row = scenes.only_mail(story.house)
    assert (row.status, row.attempts, row.claim) == (OutboxStatus.SENT, 1, 2)


def _out_of_time(*, nothing_left: bool) -> TimeIsUp:
    end = TimeIsUp()
    end.nothing_left = nothing_left
    return end


def test_out_of_time_before_anything_left_it_gives_the_mail_back(story: Story) -> None:
    story.apply()
    with pytest.raises(TimeIsUp):
        scenes.deliver_to(story.house, Postbox([_out_of_time(nothing_left=True)]))
    row = scenes.only_mail(story.house)
    assert (row.status, row.attempts, row.lease_until) == (OutboxStatus.QUEUED, 0, None)
    assert scenes.mail_all(story.house) == 1


def test_out_of_time_after_something_may_have_left_the_lease_runs_out(
    story: Story, clock: TestClock
) -> None:
    story.apply()
    box = Postbox()
    with pytest.raises(TimeIsUp):
        scenes.deliver_to(story.house, Postbox([_out_of_time(nothing_left=False)]))
    row = scenes.only_mail(story.house)
    assert (row.status, row.attempts, row.lease_until) == ("sending", 1, START + LEASE)
    assert scenes.deliver_to(story.house, box) == 0
    clock.advance(LEASE)
    assert scenes.deliver_to(story.house, box) == 1
    assert [message.message_id for message in box.messages] == [row.message_id]


def test_of_a_mail_that_was_given_back_nothing_is_recorded(story: Story) -> None:
    story.apply()
    with story.house.works.change(SYSTEM) as work:
        given = claim_next(work)
        assert given is not None
        give_back(work, given)
        assert settle_sent(work, given, "mira@example.com") is False
        assert settle(work, given, OutboxStatus.DEAD) is False
    assert scenes.mail_statuses(story.house) == [OutboxStatus.QUEUED]


def test_a_worker_that_comes_back_late_gives_nothing_back(story: Story, clock: TestClock) -> None:
    story.apply()
    with story.house.works.change(SYSTEM) as work:
        late = claim_next(work)
    assert late is not None
    clock.advance(LEASE)
    with story.house.works.change(SYSTEM) as work:
        assert claim_next(work) is not None
    with story.house.works.change(SYSTEM) as work:
        assert give_back(work, late) is None
    row = scenes.only_mail(story.house)
    assert (row.status, row.attempts, row.claim) == ("sending", 2, 2)


def test_the_only_worker_takes_over_what_another_left_and_had_not_tried_before(
    story: Story, clock: TestClock
) -> None:
    scenes.apply_many(story, 3)
    scenes.deliver_to(story.house, Postbox([BUSY]))
    clock.advance(A_DAY)
    scenes.apply_many(story, 2)
    with story.house.works.change(SYSTEM) as work:
        left = [claim_next(work) for _ in range(3)]
    assert [claim.attempt for claim in left if claim is not None] == [2, 1, 1]
    clock.advance(BLINK)
    with story.house.works.change(SYSTEM) as work:
        assert take_over(work) == 2
    assert scenes.mail_all(story.house) == 2
    clock.advance(LEASE)
    assert scenes.mail_all(story.house) == 1
    assert set(scenes.mail_statuses(story.house)) == {OutboxStatus.SENT}


# --- what is said of each mail ----------------------------------------------------------------


def _lines(story: Story, box: Postbox) -> list[Mapping[str, Any]]:
    with capture_logs() as logged:
        scenes.deliver_to(story.house, box)
    return [line for line in logged if line["event"] == "mail"]


def test_each_mail_is_one_line_without_its_address(story: Story, clock: TestClock) -> None:
    scenes.requested(story)
    lines = _lines(story, Postbox([BUSY, REFUSED]))
    assert [line["outcome"] for line in lines] == ["retried", "dead", "sent", "sent"]
    first = lines[0]
    row = scenes.mail(story.house, MessageKind.APPLICATION_SUBMITTED)
    hashed = hashlib.sha256(b"example.com").hexdigest()[:12]
    assert {**first, "ms": 0} == {
        "event": "mail",
        "log_level": "info",
        "mail": str(row.id),
        "kind": "application_submitted",
        "outcome": "retried",
        "attempt": 1,
        "ms": 0,
        "domain": hashed,
    }
    assert "example" not in str(lines)
    clock.set(row.not_before)
    (again,) = [each for each in _lines(story, Postbox()) if each["mail"] == first["mail"]]
    assert (again["outcome"], again["attempt"], again["domain"]) == ("sent", 2, hashed)


def test_each_ending_is_counted(story: Story) -> None:
    scenes.requested(story)
    counted: list[tuple[MessageKind, Outcome]] = []
    postman = replace(
        postman_with(story.house, Postbox([BUSY, REFUSED])),
        count=lambda kind, outcome, _seconds: counted.append((kind, outcome)),
    )
    postman.deliver_all_due(asked_after(6))
    assert counted == [
        (MessageKind.APPLICATION_SUBMITTED, Outcome.RETRIED),
        (MessageKind.LETTER_REQUEST, Outcome.DEAD),
        (MessageKind.LETTER_REQUEST, Outcome.SENT),
    ]


def test_one_that_comes_late_says_that_nothing_was_recorded(story: Story, clock: TestClock) -> None:
    story.apply()

    def overtake(_: Message) -> None:
        clock.advance(LEASE)
        scenes.mail_all(story.house)

    lines = _lines(story, Postbox(while_sending=overtake))
    assert [line["outcome"] for line in lines] == ["sent", "late"]
