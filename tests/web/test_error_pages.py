"""What goes wrong gets a page in words, the right status, and nothing about the inside."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    RequestHeaderFieldsTooLarge,
    RequestURITooLarge,
    ServiceUnavailable,
)

from letters.house import House
from letters.services import viewing
from letters.web.incoming import HEAD_ERROR
from tests.support.people import INTERNSHIP, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    HOME,
    Visitor,
    assert_words,
    on_sqlite,
    press,
    send,
    stored_files,
    to_letter,
)


@on_sqlite
@pytest.mark.parametrize(
    "path",
    ["/nothing", "/letter/", "/coordinate/nothing", "/x/%00", "/<script>", "/static/no.css"],
)
def test_a_page_that_is_not_there(client: Visitor, path: str) -> None:
    assert_words(
        client.get(path),
        404,
        "Page not found",
        "Nothing is at this address. If you copied it from a mail, copy all of it.",
    )


@on_sqlite
def test_a_program_that_is_not_there(client: Visitor) -> None:
    assert_words(
        client.get("/programs/nothing"),
        404,
        "Not found",
        "There is no program “nothing”. Check the spelling of its short name.",
    )


@pytest.mark.parametrize(
    ("slug", "shown"),
    [
        ("%00alpine", "alpine"),
        ("a" * 5000, "a" * 60),
        ("%3Cb%3E", "<b>"),
        ("%ff", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_a_program_by_an_impossible_name(client: Visitor, slug: str, shown: str) -> None:
    assert_words(
        client.get(f"/programs/{slug}"),
        404,
        "Not found",
        f"There is no program “{shown}”. Check the spelling of its short name.",
    )


@on_sqlite
@pytest.mark.parametrize(
    ("method", "path", "allowed", "way_on"),
    [
        ("DELETE", "/", {"GET", "HEAD", "OPTIONS"}, HOME),
        ("PUT", "/letter/x", {"GET", "HEAD", "OPTIONS", "POST"}, to_letter("x")),
        ("GET", "/letter/x/take-back", {"OPTIONS", "POST"}, to_letter("x")),
    ],
)
def test_a_method_that_does_not_fit(
    client: Visitor, method: str, path: str, allowed: set[str], way_on: tuple[str, str]
) -> None:
    answer = client.open(path, method=method)
    sentence = "Go back and use the buttons on the page."
    assert_words(answer, 405, "Not possible this way", sentence, way_on)
    assert set(answer.headers["Allow"].split(", ")) == allowed


@on_sqlite
@pytest.mark.parametrize(
    ("error", "status", "heading", "sentence"),
    [
        (
            RequestURITooLarge(),
            414,
            "This address is too long",
            "No link of ours is as long as that. Copy the link from your mail again, and only it.",
        ),
        (
            RequestHeaderFieldsTooLarge(),
            431,
            "Too much came with the request",
            "Delete the cookies of this site in your browser, open the link again, and try again.",
        ),
        (
            BadRequest(),
            400,
            "The request was not understood",
            "Go back, reload the page and try again. Nothing was changed.",
        ),
        (
            ServiceUnavailable(retry_after=30),
            503,
            "Too many are here at once",
            "So nothing was done. Wait half a minute, then try again.",
        ),
    ],
)
def test_a_head_that_cannot_be_read(
    client: Visitor, error: HTTPException, status: int, heading: str, sentence: str
) -> None:
    foreign = "http://elsewhere.example.net"
    answer = client.get("/", base_url=foreign, environ_overrides={HEAD_ERROR: error})
    assert_words(answer, status, heading, sentence)
    problem = client.get("/api/", environ_overrides={HEAD_ERROR: error})
    assert (problem.status_code, problem.mimetype) == (status, "application/problem+json")
    waits = "30" if status == 503 else None
    assert answer.headers.get("Retry-After") == problem.headers.get("Retry-After") == waits


@on_sqlite
def test_a_form_that_is_far_too_large(client: Visitor, story: Story) -> None:
    token = story.upload_token(scenes.requested(story))
    page = client.get(f"/letter/{token}/decline")
    with unchanged(story.house.database):
        answer = press(client, page, "Decline", {"reason": "long " * 300_000})
    assert_words(
        answer,
        413,
        "Too much was sent",
        "What was sent is larger than we take, so nothing of it was kept. Send less.",
        to_letter(token),
    )


# --- errors of our own ------------------------------------------------------------------------

NOT_SAVED = (
    503,
    "Your letter was not saved",
    "Your letter was not saved. Please try again in a few minutes.",
)
BROKEN = (
    500,
    "Something went wrong on our side",
    "Nothing was changed. Try again in a few minutes; the error was written down.",
)


@on_sqlite
def test_a_programming_error_is_loud_in_the_log_and_calm_on_the_page(
    client: Visitor,
    story: Story,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(f"an internal detail about {INTERNSHIP.contact_email}")

    token = story.upload_token(scenes.requested(story))
    monkeypatch.setattr(viewing, "upload_page", broken)
    with capture_logs() as logged:
        answer = client.get(f"/letter/{token}")
    assert_words(answer, *BROKEN)
    [entry] = [one for one in logged if one["event"] == "unexpected"]
    assert (entry["log_level"], entry["rule"], entry["error"]) == (
        "error",
        "/letter/<token>",
        "RuntimeError",
    )
    assert {place.split(":")[0] for place in entry["where"]} == {"letters/web/referee.py"}
    client.get(f"/letter/{token}")
    printed = "".join(capsys.readouterr())
    assert "RuntimeError" in printed
    assert [
        x for x in (token, "an internal detail", INTERNSHIP.contact_email) if x in printed
    ] == []


def test_an_error_without_words_is_written_down_without_the_address(
    client: Visitor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(_error: Exception) -> None:
        raise RuntimeError

    monkeypatch.setattr("letters.web.errors.way_back", broken)
    with capture_logs() as logged, pytest.raises(RuntimeError):
        client.get("/letter/a-live-token")
    entry = next(one for one in logged if one["event"] == "unexpected")
    assert (entry["log_level"], entry["error"]) == ("error", "RuntimeError")
    assert "letters/web/errors.py" in {place.split(":")[0] for place in entry["where"]}
    assert "a-live-token" not in f"{logged} {caplog.text} {capsys.readouterr()}"


def test_a_database_that_fails_half_way_leaves_nothing_half_done(
    client: Visitor, story: Story
) -> None:
    token = story.upload_token(scenes.requested(story))
    client.get(f"/letter/{token}")
    with unchanged(story.house.database), _failing_at(story.house, "INSERT INTO outbox"):
        answer = send(client, token)
    assert_words(answer, *NOT_SAVED, to_letter(token))
    assert stored_files(story.house) == []
    assert send(client, token).status_code == 303


@contextmanager
def _failing_at(house: House, start: str) -> Iterator[None]:
    """Let the database break down at each statement that begins like this."""

    def fail(*what: object) -> None:
        if str(what[2]).startswith(start):
            raise OperationalError(str(what[2]), None, OSError("the disk is gone"))

    event.listen(house.database.engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(house.database.engine, "before_cursor_execute", fail)


@on_sqlite
def test_no_log_line_of_a_request_holds_its_link(
    client: Visitor, story: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    token = story.upload_token(scenes.requested(story))
    with capture_logs() as logged:
        send(client, token)
        client.get(f"/letter/{token}/receipt?x={token}")
    assert [one["rule"] for one in logged] == [
        "/letter/<token>",
        "/letter/<token>",
        "/letter/<token>/receipt",
    ]
    client.get(f"/letter/{token}")
    assert token not in "".join(capsys.readouterr())
