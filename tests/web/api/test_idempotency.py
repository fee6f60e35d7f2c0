"""The same call again: answered again, done once."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from letters.records import Application, IdempotentAnswer
from tests.support.clock import TestClock
from tests.support.people import DUE, GRACE_HOURS, START, SYSTEM, Story
from tests.support.rows import all_rows, count, unchanged
from tests.web.api.portal import APPLICATION, PROGRAM, Answer, Portal, make_key

REPLAYED = "Idempotency-Replayed"


def is_replay_of(first: Answer, second: Answer) -> bool:
    """Say whether the second is the first one's answer, given again."""
    same = (first.status_code, first.data) == (second.status_code, second.data)
    headers = first.headers.get("Location") == second.headers.get("Location")
    return same and headers and REPLAYED not in first.headers and second.headers[REPLAYED] == "true"


def test_every_post_can_be_made_again(portal: Portal, story: Story) -> None:
    created = portal.post("/applications", APPLICATION, once="create")
    path = f"/applications/{created.json['id']}"
    first = [
        portal.post("/programs", PROGRAM, once="program"),
        created,
        portal.post(f"{path}/notices", {}, once="notices"),
        portal.post(f"{path}/submit", once="submit"),
        portal.post(f"{path}/select", once="select"),
    ]

    with unchanged(story.house.database):
        again = [
            portal.post("/programs", PROGRAM, once="program"),
            portal.post("/applications", APPLICATION, once="create"),
            portal.post(f"{path}/notices", {}, once="notices"),
            portal.post(f"{path}/submit", once="submit"),
            portal.post(f"{path}/select", once="select"),
        ]

    assert all(map(is_replay_of, first, again))


def test_the_earlier_answer_stands_whatever_came_after(portal: Portal, clock: TestClock) -> None:
    created = portal.post("/applications", APPLICATION, once="a")
    portal.post(f"/applications/{created.json['id']}/submit")
    clock.set(DUE + timedelta(hours=GRACE_HOURS + 1))

    assert is_replay_of(created, portal.post("/applications", APPLICATION, once="a"))


def test_without_a_key_each_call_is_a_new_one(portal: Portal, story: Story) -> None:
    for _ in range(2):
        portal.post("/applications", APPLICATION | {"external_id": None})

    assert count(story.house.database, Application) == 2
    assert count(story.house.database, IdempotentAnswer) == 0


def test_a_key_is_for_one_request(portal: Portal, story: Story) -> None:
    found = portal.post("/applications", APPLICATION, once="a").json["id"]

    with unchanged(story.house.database):
        answers = [
            portal.post("/applications", APPLICATION | {"waived": False}, once="a"),
            portal.post(f"/applications/{found}/submit", once="a"),
            portal.call(
                "POST",
                "/applications",
                data=json.dumps(APPLICATION, indent=4).encode(),
                content_type="application/json",
                headers={"Idempotency-Key": "a"},
            ),
        ]

    for answer in answers:
        assert answer.status_code == 422
        assert answer.json["type"] == "urn:letters:problem:KeyUsedBefore"
        assert answer.json["errors"][0]["field"] == "Idempotency-Key"
        assert "Use a new key for a new request." in answer.json["detail"]


def test_a_key_is_for_one_path_even_with_the_same_body(portal: Portal, story: Story) -> None:
    path, other = (
        f"/applications/{portal.post('/applications', APPLICATION | {'external_id': n}).json['id']}"
        for n in ("1", "2")
    )
    portal.post(f"{path}/submit", {}, once="a")

    with unchanged(story.house.database):
        answers = [
            portal.post(f"{path}/select", {}, once="a"),
            portal.post(f"{other}/submit", {}, once="a"),
        ]

    kinds = [answer.json["type"] for answer in answers]
    assert kinds == ["urn:letters:problem:KeyUsedBefore"] * 2


def test_two_clients_may_choose_the_same_key(portal: Portal, story: Story) -> None:
    other = portal.with_key(make_key(story.house, "other"))

    first = portal.post("/applications", APPLICATION | {"external_id": "1"}, once="a")
    second = other.post("/applications", APPLICATION | {"external_id": "2"}, once="a")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["id"] != second.json["id"]
    for client, number, answer in ((portal, "1", first), (other, "2", second)):
        again = client.post("/applications", APPLICATION | {"external_id": number}, once="a")
        assert is_replay_of(answer, again)


def test_what_was_refused_is_not_kept(portal: Portal, story: Story, clock: TestClock) -> None:
    found = portal.post("/applications", APPLICATION).json["id"]
    now = clock.now()
    clock.set(DUE + timedelta(hours=GRACE_HOURS + 1))
    with unchanged(story.house.database):
        refused = portal.post(f"/applications/{found}/submit", once="a")
    clock.set(now)

    accepted = portal.post(f"/applications/{found}/submit", once="a")

    assert (refused.status_code, accepted.status_code) == (409, 200)
    assert REPLAYED not in accepted.headers


def test_keys_that_are_none(portal: Portal, story: Story, subtests: pytest.Subtests) -> None:
    with unchanged(story.house.database):
        for key in ("", "x" * 201, "two words", "é", "\t", "a\x7f"):
            with subtests.test(key):
                answer = portal.post("/applications", APPLICATION, once=key)
                assert answer.status_code == 400
                assert "1 to 200 visible ASCII characters" in answer.json["detail"]


def test_the_longest_key(portal: Portal) -> None:
    first = portal.post("/applications", APPLICATION, once="~" * 200)

    assert is_replay_of(first, portal.post("/applications", APPLICATION, once="~" * 200))


def test_no_link_is_kept(portal: Portal, story: Story) -> None:
    created = portal.post("/applications", APPLICATION | {"submit": True}, once="a")
    portal.post(f"/applications/{created.json['id']}/select", once="b")
    replayed = portal.post("/applications", APPLICATION | {"submit": True}, once="a")

    kept = str(all_rows(story.house.database))

    token = story.status_token(UUID(created.json["id"]))
    assert created.json["status_url"].endswith(token)
    assert replayed.json["status_url"].endswith(token)
    assert token not in kept
    assert "status_url" not in kept
    assert "/application/" not in kept


def test_a_key_in_a_get_means_nothing(portal: Portal, story: Story) -> None:
    with unchanged(story.house.database):
        answer = portal.get(f"/programs/{story.slug}", **{"Idempotency-Key": "not a key"})

    assert answer.status_code == 200


def test_the_answer_is_kept_with_the_deed(portal: Portal, story: Story) -> None:
    answer = portal.post("/applications", APPLICATION, once="a")

    with story.house.works.look(SYSTEM) as work:
        kept = work.session.scalars(select(IdempotentAnswer)).one()

    assert kept.status_code == 201
    assert kept.answer | {"status_url": answer.json["status_url"]} == answer.json
    assert kept.created_at == START
