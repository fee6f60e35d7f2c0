"""The guard: which keys are let in, how often, and how the others are answered."""

import pytest

from letters.services import administering
from letters.web.api import keys
from tests.support.people import Story
from tests.support.rows import all_rows, unchanged
from tests.web.api.portal import APPLICATION, Portal

CALLS = (("GET", "/programs/alpine-summer"), ("POST", "/applications"), ("POST", "/programs"))


def test_without_a_key(portal: Portal, story: Story, subtests: pytest.Subtests) -> None:
    nobody = portal.with_key(None)
    with unchanged(story.house.database):
        for header in (None, "", "Bearer", "Bearer ", "Basic YTpi", "Token x"):
            headers = {} if header is None else {"Authorization": header}
            for method, path in CALLS:
                with subtests.test(header, method=method, path=path):
                    answer = nobody.call(method, path, headers=headers)
                    assert answer.status_code == 401
                    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="letters"'
                    assert "Authorization: Bearer" in answer.json["detail"]


def test_with_an_unknown_key(portal: Portal, story: Story, subtests: pytest.Subtests) -> None:
    with unchanged(story.house.database):
        for key in ("letters_nothing", "x" * 20_000, "null\\", "letters_é"):
            for method, path in CALLS:
                with subtests.test(key[:20], method=method, path=path):
                    answer = portal.with_key(key).call(method, path)
                    assert answer.status_code == 401
                    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
                    assert key not in answer.text


def test_a_part_of_a_key_is_no_key(portal: Portal) -> None:
    assert portal.key is not None

    assert portal.with_key(portal.key[:-1]).get("/programs/alpine-summer").status_code == 401
    assert portal.with_key(portal.key + "A").get("/programs/alpine-summer").status_code == 401


def test_only_the_hash_of_a_key_is_kept(portal: Portal, story: Story) -> None:
    assert portal.key is not None
    portal.post("/applications", APPLICATION, once="a")

    kept = str(all_rows(story.house.database))

    assert portal.key not in kept
    assert administering.key_hash(portal.key) in kept


def test_a_key_can_be_used_too_often(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "CALLS_PER_KEY", "3 per minute")

    statuses = [portal.get("/programs/alpine-summer").status_code for _ in range(4)]
    refused = portal.get("/programs/alpine-summer")

    assert statuses == [200, 200, 200, 429]
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert "Wait a minute" in refused.json["detail"]
    assert portal.with_key("another").get("/programs/alpine-summer").status_code == 401


def test_the_limit_is_generous() -> None:
    assert keys.calls_per_key() == "600 per minute"
