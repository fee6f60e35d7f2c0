"""What goes wrong gets a page in words, the right status, and nothing about the inside."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from letters.app import create_app
from letters.domain.errors import StoreFull, StoreUnavailable
from letters.house import House
from letters.services import viewing
from letters.services.work import Works
from tests.support.people import INTERNSHIP, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    CORA,
    Visitor,
    content,
    heading,
    links_of,
    on_sqlite,
    press,
    send,
    signed_in,
    stored_files,
    visitor_of,
)


def _is_a_page_of_words(answer: TestResponse, status: int, title: str, sentence: str) -> None:
    assert (answer.status_code, heading(answer)) == (status, title)
    assert content(answer) == f"{title} {sentence} Go to the start page"
    assert links_of(answer)["Go to the start page"] == "/"


@on_sqlite
@pytest.mark.parametrize(
    "path",
    ["/nothing", "/letter/", "/coordinate/nothing", "/x/%00", "/<script>", "/static/no.css"],
)
def test_a_page_that_is_not_there(client: Visitor, path: str) -> None:
    _is_a_page_of_words(
        client.get(path),
        404,
        "Page not found",
        "Nothing is at this address. If you copied it from a mail, copy all of it.",
    )


@on_sqlite
def test_a_program_that_is_not_there(client: Visitor) -> None:
    _is_a_page_of_words(
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
    _is_a_page_of_words(
        client.get(f"/programs/{slug}"),
        404,
        "Not found",
        f"There is no program “{shown}”. Check the spelling of its short name.",
    )


@on_sqlite
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/", {"GET", "HEAD", "OPTIONS"}),
        ("PUT", "/letter/x", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("GET", "/letter/x/take-back", {"OPTIONS", "POST"}),
    ],
)
def test_a_method_that_does_not_fit(
    client: Visitor, method: str, path: str, allowed: set[str]
) -> None:
    answer = client.open(path, method=method)
    _is_a_page_of_words(
        answer, 405, "Not possible this way", "Go back and use the buttons on the page."
    )
    assert set(answer.headers["Allow"].split(", ")) == allowed


@on_sqlite
def test_a_form_that_is_far_too_large(client: Visitor, story: Story) -> None:
    token = story.upload_token(scenes.requested(story))
    page = client.get(f"/letter/{token}/decline")
    with unchanged(story.house.database):
        answer = press(client, page, "Decline", {"reason": "long " * 300_000})
    _is_a_page_of_words(
        answer,
        413,
        "Too much was sent",
        "What was sent is larger than we take, so nothing of it was kept. Send less.",
    )


# --- errors of our own ------------------------------------------------------------------------

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
    _is_a_page_of_words(answer, *BROKEN)
    [entry] = [one for one in logged if one["event"] == "unexpected"]
    assert (entry["log_level"], entry["rule"], entry["error"]) == (
        "error",
        "/letter/<token>",
        "RuntimeError",
    )
    assert [place.split(":")[0] for place in entry["where"]] == ["letters/web/referee.py"] * 2
    client.get(f"/letter/{token}")
    printed = "".join(capsys.readouterr())
    assert "RuntimeError" in printed
    assert [
        x for x in (token, "an internal detail", INTERNSHIP.contact_email) if x in printed
    ] == []


def test_a_database_that_fails_half_way_leaves_nothing_half_done(
    client: Visitor, story: Story
) -> None:
    token = story.upload_token(scenes.requested(story))
    client.get(f"/letter/{token}")
    with unchanged(story.house.database), _failing_at(story.house, "INSERT INTO outbox"):
        answer = send(client, token)
    _is_a_page_of_words(answer, *BROKEN)
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


# --- the store --------------------------------------------------------------------------------


class _Failing:
    """A store that takes and gives nothing; tidying up after it fails too."""

    def __init__(self, error: StoreUnavailable) -> None:
        self._error = error

    def __getattr__(self, _name: str) -> Callable[..., None]:
        def fail(*_: object) -> None:
            raise self._error

        return fail


def _with_store(app: Flask, house: House, error: StoreUnavailable) -> None:
    tools = replace(house.works.tools, store=_Failing(error))  # type: ignore[arg-type]  # it fails at each of its methods
    app.extensions["letters"] = replace(house, works=Works(house.database, tools))


NOT_SAVED = [
    (
        StoreUnavailable(),
        503,
        "Your letter was not saved. Please try again in a few minutes.",
    ),
    (
        StoreFull(),
        507,
        (
            "Your letter was not saved because the storage is full. Please try again in an hour; "
            "the people who run this service have been told."
        ),
    ),
]


@pytest.mark.parametrize(("error", "status", "sentence"), NOT_SAVED, ids=["unavailable", "full"])
def test_a_letter_that_cannot_be_stored_is_never_called_received(
    app: Flask, client: Visitor, story: Story, error: StoreUnavailable, status: int, sentence: str
) -> None:
    token = story.upload_token(scenes.requested(story))
    _with_store(app, story.house, error)
    with unchanged(story.house.database), capture_logs() as logged:
        answer = send(client, token)
    _is_a_page_of_words(answer, status, "Your letter was not saved", sentence)
    assert {"event": "refused", "error": type(error).__name__, "log_level": "error"} in logged
    assert stored_files(story.house) == []
    app.extensions["letters"] = story.house
    assert send(client, token).status_code == 303


@on_sqlite
def test_a_folder_that_cannot_be_written_to_is_such_a_store(
    client: Visitor, story: Story, house: House
) -> None:
    token = story.upload_token(scenes.requested(story))
    folder = Path(house.settings.store_url.removeprefix("file:"))
    folder.write_text("a file where the folder should be")
    with unchanged(house.database):
        answer = send(client, token)
    assert (answer.status_code, heading(answer)) == (503, "Your letter was not saved")
    assert str(folder) not in answer.text


@on_sqlite
def test_a_letter_that_cannot_be_fetched_now_says_so(app: Flask, story: Story) -> None:
    story.add_coordinator()
    asked = scenes.requested(story)
    scenes.letter_in(story, asked)
    cora = signed_in(app, story.house, CORA)
    page = cora.get(f"/coordinate/applications/{asked}")
    _with_store(app, story.house, StoreUnavailable())
    with unchanged(story.house.database):
        answer = press(cora, page, "Download the letter of Prof. Ada Ferreira")
    _is_a_page_of_words(
        answer,
        503,
        "The letter cannot be read",
        "The letter cannot be fetched at the moment. Please try again in a few minutes.",
    )


# --- the address ------------------------------------------------------------------------------


@on_sqlite
@pytest.mark.parametrize(
    "host",
    ["evil.example.com", "127.0.0.1:8001", "127.0.0.1", "127.0.0.1:8000.evil.example.com", "a b"],
)
def test_under_another_host_there_is_nothing_but_the_way_back(client: Visitor, host: str) -> None:
    answer = client.get("/", headers={"Host": host})
    assert (answer.status_code, heading(answer)) == (400, "Not at this address")
    assert "This service answers at http://127.0.0.1:8000 only. Open it there." in content(answer)
    assert host.partition(":")[0] not in answer.text.replace("http://127.0.0.1:8000", "")


@on_sqlite
@pytest.mark.parametrize(
    "path", ["/programs/alpine-summer", "/coordinate/", "/letter/x", "/static/letters.css"]
)
@pytest.mark.usefixtures("story")
def test_no_page_is_there_under_another_host(client: Visitor, path: str) -> None:
    answer = client.get(path, headers={"Host": "evil.example.com"})
    assert (answer.status_code, heading(answer)) == (400, "Not at this address")


@on_sqlite
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_told_under_any_name_the_machine_has(client: Visitor, path: str) -> None:
    answer = client.get(path, headers={"Host": "10.0.0.7:9000"})
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


@on_sqlite
@pytest.mark.parametrize(
    "header", ["X-Forwarded-Host", "X-Original-Host", "X-Host", "Forwarded", "X-Forwarded-Server"]
)
def test_a_forwarded_host_moves_no_link(client: Visitor, story: Story, header: str) -> None:
    path = f"/letter/{story.upload_token(scenes.requested(story))}"
    value = "host=evil.example.com" if header == "Forwarded" else "evil.example.com"
    plain, forwarded = (client.get(path, headers=h) for h in ({}, {header: value}))
    assert forwarded.status_code == 200
    assert "evil.example.com" not in forwarded.text
    assert len(forwarded.text) == len(plain.text)


@on_sqlite
@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://letters.example.org", "letters.example.org"),
        ("https://letters.example.org", "LETTERS.example.org"),
        ("https://letters.example.org", "letters.example.org:443"),
        ("https://letters.example.org:443", "letters.example.org"),
        ("https://Letters.Example.org", "letters.example.org"),
        ("https://letters.example.org:8443", "letters.example.org:8443"),
        ("http://localhost:80", "localhost"),
        ("http://[::1]:8000", "[::1]:8000"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_base_url_is_the_address_however_it_is_spelled(
    house: House, base_url: str, host: str, scheme: str
) -> None:
    """A proxy in front may speak plain http to us, and browsers leave the usual port out."""
    app = create_app(replace(house.settings, base_url=base_url), house=house)
    answer = visitor_of(app).get("/healthz", base_url=f"{scheme}://{host}")
    assert answer.status_code == 200
    page = visitor_of(app).get("/", base_url=f"{scheme}://{host}")
    assert (page.status_code, heading(page)) == (200, "Reference letters, collected with care")
