"""Whoever keeps watch sees that mails do not go out, and nobody else learns how they stand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from letters.house import House
from letters.services.claiming import LEASE, claim_next
from tests.services import scenes
from tests.services.failing import BUSY, REFUSED
from tests.services.scenes import BLINK, Postbox
from tests.support.apps import shared_app_on
from tests.support.clock import TestClock
from tests.support.people import SYSTEM, Story
from tests.web.visiting import Visitor, on_sqlite, visitor_of

LATE = timedelta(minutes=15)
TOKEN = "a-token-for-the-metrics-of-32-characters"


def readiness(client: Visitor) -> tuple[int, str]:
    answer = client.get("/readyz")
    return answer.status_code, answer.get_json()["status"]


# --- ready ------------------------------------------------------------------------------------


def test_a_stopped_worker_shows_after_a_quarter_of_an_hour(
    client: Visitor, story: Story, clock: TestClock
) -> None:
    story.apply()
    clock.advance(LATE)
    assert readiness(client) == (200, "ok")
    clock.advance(timedelta(minutes=2))
    late = (
        "a mail has been due for 17 minutes: is `letters worker` running, and does the mail server "
        "take mail? Its log says, and so does `letters check`"
    )
    assert readiness(client) == (503, late)
    assert client.get("/healthz").status_code == 200
    story.deliver()
    assert readiness(client) == (200, "ok")


def test_a_worker_that_died_with_a_mail_in_hand_shows_too(
    client: Visitor, story: Story, clock: TestClock
) -> None:
    story.apply()
    with story.house.works.change(SYSTEM) as work:
        assert claim_next(work) is not None
    clock.advance(LEASE + LATE)
    assert readiness(client) == (200, "ok")
    clock.advance(BLINK)
    assert readiness(client)[0] == 503


def test_what_waits_for_another_attempt_or_was_given_up_is_not_late(
    client: Visitor, story: Story, clock: TestClock
) -> None:
    for fault in (BUSY, REFUSED):
        story.apply()
        scenes.deliver_to(story.house, Postbox([fault]))
    assert readiness(client) == (200, "ok")
    clock.advance(timedelta(seconds=30) + LATE)
    assert readiness(client) == (200, "ok")
    clock.advance(BLINK)
    assert readiness(client)[0] == 503


@on_sqlite
@pytest.mark.parametrize(("late_after", "status"), [(timedelta(minutes=1), 503), (None, 200)])
def test_the_operator_says_when_a_mail_is_late(
    story: Story, clock: TestClock, late_after: timedelta | None, status: int
) -> None:
    settings = replace(story.house.settings, late_after=late_after)
    client = visitor_of(shared_app_on(replace(story.house, settings=settings)))
    story.apply()
    clock.advance(timedelta(minutes=2))
    assert readiness(client)[0] == status


# --- metrics ----------------------------------------------------------------------------------


def watcher(house: House) -> Visitor:
    settings = replace(house.settings, metrics_token=TOKEN)
    return visitor_of(shared_app_on(replace(house, settings=settings)))


def figures(client: Visitor) -> Mapping[tuple[str, str], float]:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    return {
        (sample.name, sample.labels.get("kind", "")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.value
    }


def test_the_queue_is_told_by_kind(story: Story, clock: TestClock) -> None:
    client = watcher(story.house)
    assert figures(client) == {}
    scenes.requested(story)
    scenes.deliver_to(story.house, Postbox([BUSY, REFUSED]))
    scenes.requested(story)
    with story.house.works.change(SYSTEM) as work:
        assert claim_next(work) is not None
    clock.advance(timedelta(seconds=10))
    assert figures(client) == {
        ("letters_mail_queued", "application_submitted"): 1,
        ("letters_mail_queued", "letter_request"): 2,
        ("letters_mail_queued", "requests_sent"): 1,
        ("letters_mail_due", "letter_request"): 2,
        ("letters_mail_due", "requests_sent"): 1,
        ("letters_mail_sending", "application_submitted"): 1,
        ("letters_mail_dead", "letter_request"): 1,
        ("letters_mail_oldest_due_seconds", ""): 10,
    }


@on_sqlite
@pytest.mark.parametrize(
    "shown", ["", "Bearer", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", "Bearer törichter-Token"]
)
def test_without_the_token_nothing_is_told(story: Story, shown: str) -> None:
    headers = {"Authorization": shown} if shown else {}
    answer = watcher(story.house).get("/metrics", headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (
        401,
        'Bearer realm="metrics"',
    )
    assert "letters_mail" not in answer.text


@on_sqlite
def test_where_no_token_is_set_there_are_no_metrics(client: Visitor) -> None:
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}"}):
        assert client.get("/metrics", headers=headers).status_code == 404
