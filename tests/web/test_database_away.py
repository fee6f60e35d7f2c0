"""While the database is away, everybody is told what to do, and nothing is called done."""

from collections.abc import Callable

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from structlog.testing import capture_logs

from tests.services.failing import away
from tests.support.people import Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.api.portal import APPLICATION, Portal, make_key
from tests.web.visiting import Visitor, assert_words, on_sqlite, press, to_letter, visitor_of

HEADING = "Not possible at the moment"
LOOKED = "Our records cannot be reached at the moment. Try again in a few minutes."
SENT = (
    "Our records cannot be reached at the moment, so what you sent may not have been saved. "
    "Try again in a few minutes, and look first whether it is there."
)


@on_sqlite
@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT", None, OSError("gone")),
        InterfaceError("SELECT", None, OSError("the connection is closed")),
        NoConnection("QueuePool limit of size 10 overflow 0 reached"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_page_says_that_it_is_to_be_opened_later(
    client: Visitor, story: Story, error: Exception
) -> None:
    token = story.upload_token(scenes.requested(story))
    with away(story.house, error), capture_logs() as logged:
        answer = client.get(f"/letter/{token}")
    assert_words(answer, 503, HEADING, LOOKED)
    assert answer.headers["Retry-After"] == "30"
    [entry] = [one for one in logged if one["event"] == "database_away"]
    assert (entry["rule"], entry["error"]) == ("/letter/<token>", type(error).__name__)
    assert token not in str(logged)
    assert client.get(f"/letter/{token}").status_code == 200


@on_sqlite
def test_what_was_sent_may_not_have_been_saved(client: Visitor, story: Story) -> None:
    token = story.upload_token(scenes.requested(story))
    page = client.get(f"/letter/{token}/decline")
    with unchanged(story.house.database):
        with away(story.house):
            answer = press(client, page, "Decline", {"reason": "On leave."})
        assert_words(answer, 503, HEADING, SENT, to_letter(token))
    assert press(client, page, "Decline", {"reason": "On leave."}).status_code == 303


@on_sqlite
def test_who_is_signed_in_stays_so(story: Story, sign_in: Callable[[str], Visitor]) -> None:
    story.add_coordinator()
    cora = sign_in("cora@alpine.example.org")
    with away(story.house):
        answer = cora.get("/coordinate/")
    assert_words(answer, 503, HEADING, LOOKED)
    assert cora.get("/coordinate/").status_code == 200


@on_sqlite
def test_a_portal_is_told_to_send_it_again(client: Visitor, story: Story) -> None:
    portal = Portal(client.application, make_key(story.house, "portal"))
    with unchanged(story.house.database), away(story.house):
        answer = portal.post("/applications", APPLICATION, once="the-same")
    assert answer.headers["Retry-After"] == "30"
    assert (answer.status_code, answer.json["type"]) == (503, "about:blank")
    assert answer.json["title"] == HEADING
    assert answer.json["detail"] == (
        "The database does not answer at the moment. Wait half a minute and send the request "
        "again, with the same Idempotency-Key if it had one."
    )
    assert portal.post("/applications", APPLICATION, once="the-same").status_code == 201


@on_sqlite
def test_a_stranger_sees_nothing_of_the_inside(client: Visitor, story: Story) -> None:
    with away(story.house):
        answer = visitor_of(client.application).get("/programs/alpine-summer")
    assert_words(answer, 503, HEADING, LOOKED)
    assert "secret.example.org" not in answer.text
