"""What is wrong with a request before its meaning is looked at."""

import json
from http import HTTPStatus
from typing import Any

import pytest

from letters.services import administering
from tests.support.people import Story
from tests.support.rows import unchanged
from tests.web.api.portal import APPLICATION, HERE, NOBODY, PROGRAM, Portal, check

JSON = "application/json"
NOT_JSON = {
    "nothing": b"",
    "a word": b"hello",
    "cut off": b'{"program": "alpine',
    "a comma too many": b'{"program": "alpine-summer",}',
    "not UTF-8": b'{"program": "\xff\xfe"}',
    "half a character": b'{"program": "\\ud800"}',
    "very deep": b"[" * 100_000,
    "a form": b"program=alpine-summer",
    "two values": b"{} {}",
}
NO_OBJECT = {"null": b"null", "a list": b"[]", "text": b'"alpine"', "a number": b"1"}


def test_malformed_json(portal: Portal, story: Story, subtests: pytest.Subtests) -> None:
    with unchanged(story.house.database):
        for mistake, body in NOT_JSON.items():
            with subtests.test(mistake):
                answer = portal.call("POST", "/applications", data=body, content_type=JSON)
                assert answer.status_code == 400
                assert answer.json["detail"].startswith("The body is not well-formed JSON")


def test_json_that_is_no_object(portal: Portal, story: Story, subtests: pytest.Subtests) -> None:
    expected = [{"field": "", "detail": "Give an object: fields between curly braces."}]
    with unchanged(story.house.database):
        for path in ("/applications", f"/applications/{NOBODY}/notices"):
            for mistake, body in NO_OBJECT.items():
                with subtests.test(mistake, path=path):
                    answer = portal.call("POST", path, data=body, content_type=JSON)
                    assert answer.status_code == 422
                    assert answer.json["errors"] == expected


def test_another_content_type(portal: Portal, story: Story, subtests: pytest.Subtests) -> None:
    body = json.dumps(APPLICATION).encode()

    with unchanged(story.house.database):
        for kind in (None, "text/plain", "application/x-www-form-urlencoded", "json"):
            with subtests.test(kind):
                answer = portal.call("POST", "/applications", data=body, content_type=kind)
                assert answer.status_code == 415
                assert "Content-Type: application/json" in answer.json["detail"]


def test_a_charset_may_be_named(portal: Portal) -> None:
    body = json.dumps(APPLICATION).encode()

    answer = portal.call(
        "POST", "/applications", data=body, content_type="application/json; charset=utf-8"
    )

    assert answer.status_code == 201


def test_a_body_that_is_too_large(portal: Portal, story: Story) -> None:
    with unchanged(story.house.database):
        answer = portal.post("/applications", APPLICATION | {"external_id": "x" * 1024 * 1024})

    assert answer.status_code == 413


def test_fields_where_none_are_taken(portal: Portal, story: Story) -> None:
    found = portal.post("/applications", APPLICATION).json["id"]

    with unchanged(story.house.database):
        answer = portal.post(f"/applications/{found}/submit", {"now": True})

    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "now"


def test_a_method_that_is_not_taken(portal: Portal, subtests: pytest.Subtests) -> None:
    for method, path, allowed in (
        ("GET", "/programs", "OPTIONS, POST"),
        ("PUT", "/applications", "GET, HEAD, OPTIONS, POST"),
        ("PUT", "/programs", "OPTIONS, POST"),
        ("DELETE", "/programs/alpine-summer", "GET, HEAD, OPTIONS, PATCH"),
        ("POST", f"/applications/{NOBODY}", "GET, HEAD, OPTIONS"),
    ):
        with subtests.test(method, path=path):
            answer = portal.call(method, path)
            assert answer.status_code == 405
            assert answer.headers["Allow"] == allowed


def test_an_address_without_anything(portal: Portal) -> None:
    for path in ("", "/", "/nothing", "/applications/", "/applications/1/submit"):
        answer = portal.get(path)
        assert answer.status_code == 404
        assert "nothing at this address" in answer.json["detail"]


def test_a_foreign_host(portal: Portal, story: Story) -> None:
    with unchanged(story.house.database):
        answer = portal.call(
            "POST", "/programs", json=PROGRAM, base_url="http://letters.example.net"
        )

    assert answer.status_code == 400


def test_a_mistake_of_ours(portal: Portal, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        message = "a secret of the program"
        raise RuntimeError(message)

    monkeypatch.setattr(administering, "cleaned", broken)

    with unchanged(story.house.database):
        answer = portal.post("/programs", PROGRAM, once="a")

    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "secret" not in answer.text


def test_people_are_still_answered_with_pages(portal: Portal) -> None:
    page = portal.app.test_client().get("/nothing", base_url=HERE)

    assert page.status_code == 404
    assert page.mimetype == "text/html"


def test_the_answer_to_head_has_no_body(portal: Portal) -> None:
    headers: dict[str, Any] = {"Authorization": f"Bearer {portal.key}"}

    answer = portal.app.test_client().head(
        "/api/v1/programs/alpine-summer", headers=headers, base_url=HERE
    )

    check(answer)
    assert answer.data == b""
