"""A mail server that fails as a whole is left alone, and no mail that waits for it is the worse."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from letters.domain.backoff import GIVE_UP_AFTER
from letters.domain.errors import MailServerUnavailable
from letters.records import OutboxStatus
from letters.services.delivering import Postman
from tests.services import scenes
from tests.services.failing import BUSY, REFUSED
from tests.services.scenes import BLINK, Postbox, outbox, postman_with
from tests.support.clock import TestClock
from tests.support.people import START, Story

WRONG_PASSWORD = MailServerUnavailable(reason="535 5.7.8 letters@example.org: bad credentials")
FIVE_SECONDS = timedelta(seconds=5)


def _knocks(postman: Postman, clock: TestClock, for_so_long: timedelta) -> int:
    """Let a worker look for mails again and again; return how many it took on."""
    over, taken = clock.now() + for_so_long, 0
    while clock.now() < over:
        taken += postman.deliver_all_due()
        next_at = postman.next_turn_at()
        clock.set(min(over, max(next_at or over, clock.now() + BLINK)))
    return taken


def _lines(postman: Postman, event: str) -> list[Mapping[str, Any]]:
    with capture_logs() as logged:
        postman.deliver_all_due()
    return [line for line in logged if line["event"] == event]


def test_one_mail_meets_the_closed_door_and_the_others_are_given_back(
    story: Story, clock: TestClock
) -> None:
    scenes.apply_many(story, 25)
    box = Postbox([WRONG_PASSWORD])
    postman = postman_with(story.house, box)
    assert postman.deliver_all_due() == 1
    met, *others = outbox(story.house)
    assert (met.status, met.attempts, met.last_error) == ("queued", 1, str(WRONG_PASSWORD))
    assert met.not_before == START + timedelta(seconds=30)
    unharmed = ("queued", 0, None, None, START)
    assert {
        (row.status, row.attempts, row.lease_until, row.last_error, row.not_before)
        for row in others
    } == {unharmed}

    clock.set(START + FIVE_SECONDS - BLINK)
    assert (postman.deliver_all_due(), box.messages) == (0, [])
    assert postman.next_turn_at() == START + FIVE_SECONDS
    clock.set(START + FIVE_SECONDS)
    assert (postman.deliver_all_due(), postman.next_turn_at()) == (24, None)
    clock.set(met.not_before)
    assert postman.deliver_all_due() == 1
    assert set(scenes.mail_statuses(story.house)) == {OutboxStatus.SENT}
    assert scenes.breaches(story.house) == []


def test_with_a_wrong_password_an_hour_has_few_logins_however_many_mails_are_due(
    story: Story, clock: TestClock
) -> None:
    scenes.apply_many(story, 8)
    postman = postman_with(story.house, Postbox([WRONG_PASSWORD] * 1000))
    knocks = _knocks(postman, clock, timedelta(hours=1))
    assert knocks == sum(row.attempts for row in outbox(story.house)) == 20
    assert _knocks(postman, clock, timedelta(hours=1)) == 15
    assert set(scenes.mail_statuses(story.house)) == {OutboxStatus.QUEUED}


def test_after_a_success_the_first_pause_is_short_again(story: Story, clock: TestClock) -> None:
    scenes.apply_many(story, 6)
    faults = [WRONG_PASSWORD, WRONG_PASSWORD, None, WRONG_PASSWORD]
    postman = postman_with(story.house, Postbox(list(faults)))
    pauses = []
    for _ in range(3):
        postman.deliver_all_due()
        until = postman.next_turn_at()
        assert until is not None
        pauses.append((until - clock.now()).total_seconds())
        clock.set(until)
    assert pauses == [5, 15, 5]


@pytest.mark.parametrize("fault", [BUSY, REFUSED, ZeroDivisionError()])
def test_what_is_about_one_mail_holds_up_no_other(story: Story, fault: Exception) -> None:
    scenes.apply_many(story, 3)
    postman = postman_with(story.house, Postbox([fault]))
    assert (postman.deliver_all_due(), postman.next_turn_at()) == (3, None)


def test_a_mail_that_meets_it_again_and_again_is_given_up_after_five_days(
    story: Story, clock: TestClock
) -> None:
    story.apply()
    postman = postman_with(story.house, Postbox([WRONG_PASSWORD] * 100))
    while scenes.only_mail(story.house).status is OutboxStatus.QUEUED:
        clock.set(max(clock.now(), scenes.only_mail(story.house).not_before))
        clock.set(max(clock.now(), postman.next_turn_at() or clock.now()))
        postman.deliver_all_due()
    assert GIVE_UP_AFTER <= clock.now() - START < GIVE_UP_AFTER + timedelta(hours=6)
    assert scenes.breaches(story.house) == []


def test_a_mail_that_never_met_it_waits_for_as_long_as_it_takes(
    story: Story, clock: TestClock
) -> None:
    scenes.apply_many(story, 2)
    shut = postman_with(story.house, Postbox([WRONG_PASSWORD]))
    shut.deliver_all_due()
    clock.advance(2 * GIVE_UP_AFTER)
    assert scenes.mail_all(story.house) == 2
    assert scenes.mail_statuses(story.house) == [OutboxStatus.SENT] * 2


def test_the_days_of_trying_begin_with_the_first_failure_however_long_it_waited_before(
    story: Story, clock: TestClock
) -> None:
    story.apply()
    clock.advance(2 * GIVE_UP_AFTER)
    scenes.deliver_to(story.house, Postbox([BUSY]))
    assert scenes.mail_statuses(story.house) == [OutboxStatus.QUEUED]
    clock.advance(GIVE_UP_AFTER)
    scenes.deliver_to(story.house, Postbox([BUSY]))
    assert scenes.mail_statuses(story.house) == [OutboxStatus.DEAD]


def test_one_line_says_what_is_wrong_what_to_do_and_when_it_is_tried_again(
    story: Story, clock: TestClock
) -> None:
    scenes.apply_many(story, 3)
    postman = postman_with(story.house, Postbox([WRONG_PASSWORD]))
    (line,) = _lines(postman, "mail.server_unavailable")
    assert "user and password in LETTERS_MAIL_URL" in line["advice"]
    assert {**line, "advice": ""} == {
        "event": "mail.server_unavailable",
        "log_level": "error",
        "reason": "535 5.7.8 [address] bad credentials",
        "advice": "",
        "in_a_row": 1,
        "next_at": (START + FIVE_SECONDS).isoformat(),
    }
    assert postman.pause.failures == 1
    clock.advance(FIVE_SECONDS)
    (line,) = _lines(postman, "mail.server_answers_again")
    assert (line["after"], postman.pause.failures) == (1, 0)
