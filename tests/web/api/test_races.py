"""Many calls at once, through two applications on one database, as two processes would."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from letters.domain.journal import MessageKind
from letters.records import Application, IdempotentAnswer, OutboxMessage
from letters.settings import Settings
from tests.support.apps import app_on, moved_into
from tests.support.clock import TestClock
from tests.support.houses import house_on
from tests.support.people import Story
from tests.support.rows import count
from tests.web.api.portal import APPLICATION, PROGRAM, Answer, Portal, changed, referees

AT_ONCE = 20
BODY = APPLICATION | {"program": PROGRAM["slug"], "referees": referees(3), "submit": True}

Call = Callable[[Portal, int], Answer]


@pytest.fixture(scope="module")
def made() -> list[Flask]:
    """The other application, once it was made."""
    return []


@pytest.fixture
def portals(
    portal: Portal, settings: Settings, clock: TestClock, made: list[Flask]
) -> Iterator[list[Portal]]:
    """The same key at two applications, with a program under the policy `automatic`."""
    portal.post("/programs", PROGRAM)
    with house_on(settings, clock) as second:
        if not made:
            made.append(app_on(second))
        yield [portal, Portal(moved_into(made[0], second), portal.key)]


def all_at_once(portals: list[Portal], call: Call) -> list[Answer]:
    """Make the call twenty times, all at the same moment."""
    barrier = Barrier(AT_ONCE)

    def one(number: int) -> Answer:
        barrier.wait()
        return call(portals[number % len(portals)], number)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(one, range(AT_ONCE)))


def statuses(answers: list[Answer]) -> Counter[int]:
    """Count the answers by status."""
    return Counter(answer.status_code for answer in answers)


def mails(story: Story) -> Counter[str]:
    """Count the mails in the outbox: requests to referees, and others."""
    with story.house.database.reading() as session:
        kinds = session.scalars(select(OutboxMessage.kind)).all()
    return Counter(
        "letter_request" if kind is MessageKind.LETTER_REQUEST else "other" for kind in kinds
    )


def test_the_double_click(portals: list[Portal], story: Story) -> None:
    answers = all_at_once(portals, lambda portal, _: portal.post("/applications", BODY, once="a"))

    assert statuses(answers) == {201: AT_ONCE}
    assert len({answer.data for answer in answers}) == 1
    replayed = [answer for answer in answers if "Idempotency-Replayed" in answer.headers]
    assert len(replayed) == AT_ONCE - 1
    assert count(story.house.database, Application) == 1
    assert mails(story) == {"letter_request": 3, "other": 1}


def test_the_double_click_on_a_program(portals: list[Portal]) -> None:
    body = changed(PROGRAM, "slug", "another")

    answers = all_at_once(portals, lambda portal, _: portal.post("/programs", body, once="a"))

    assert statuses(answers) == {201: AT_ONCE}


def test_one_key_for_different_requests(portals: list[Portal], story: Story) -> None:
    answers = all_at_once(
        portals,
        lambda portal, number: portal.post(
            "/applications", BODY | {"external_id": str(number)}, once="a"
        ),
    )

    assert statuses(answers) == {201: 1, 422: AT_ONCE - 1}
    assert count(story.house.database, Application) == 1


def test_one_key_for_requests_that_are_all_refused(portals: list[Portal], story: Story) -> None:
    body = BODY | {"referees": referees(2)}

    answers = all_at_once(portals, lambda portal, _: portal.post("/applications", body, once="a"))

    assert statuses(answers) == {409: AT_ONCE}
    assert count(story.house.database, IdempotentAnswer) == 0


def test_one_external_id(portals: list[Portal], story: Story) -> None:
    answers = all_at_once(portals, lambda portal, _: portal.post("/applications", BODY))

    assert statuses(answers) == {201: 1, 409: AT_ONCE - 1}
    assert count(story.house.database, Application) == 1
    assert mails(story) == {"letter_request": 3, "other": 1}


def test_selecting_at_once_without_a_key(portals: list[Portal], story: Story) -> None:
    created = portals[0].post("/applications", APPLICATION | {"submit": True})
    path = f"/applications/{created.json['id']}/select"

    answers = all_at_once(portals, lambda portal, _: portal.post(path))

    assert statuses(answers) == {200: 1, 409: AT_ONCE - 1}
    assert mails(story) == {"letter_request": 2, "other": 2}  # submitted; letters requested
