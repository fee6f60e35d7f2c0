"""The receipt: what was received, and its first page for the browser that sent it."""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from letters.records import Letter
from tests.support import pdfs
from tests.support.clock import TestClock
from tests.support.markup import elements, parse
from tests.support.people import Story
from tests.support.rows import count, unchanged
from tests.web.receipts import look, pictures
from tests.web.visiting import (
    Visitor,
    attached,
    content,
    csrf_token,
    follow,
    form_labels,
    heading,
    links_of,
    near_field,
    on_sqlite,
    press,
    send,
    text_of_section,
    visitor_of,
)

TITLE = "Your letter for Mira Lindqvist is in"
HALF_AN_HOUR = timedelta(minutes=30)
A_MOMENT = timedelta(seconds=1)
ONLY_HERE = (
    "The picture shows the first page for half an hour, in this browser only. "
    "The link itself shows nobody the letter."
)


def _sent(client: Visitor, token: str, letter: bytes | None = None) -> TestResponse:
    receipt = follow(client, send(client, token, letter))
    assert (receipt.status_code, heading(receipt)) == (200, TITLE)
    return receipt


# --- what it says -----------------------------------------------------------------------------


@on_sqlite
def test_it_says_what_was_received_and_shows_its_first_page(
    client: Visitor, story: Story, asked: UUID
) -> None:
    token, letter = story.upload_token(asked), pdfs.letter_pdf()
    page = _sent(client, token, letter)
    assert text_of_section(page, "what") == (
        "What was received File Letter.pdf Size 1 kB, one page "
        "Received Monday, 1 February 2027, 10:00 (Zurich Time, UTC+1) "
        f"SHA-256 {sha256(letter).hexdigest()} Kept until at least 2 April 2028 {ONLY_HERE}"
    )
    assert form_labels(page) == []
    assert links_of(page)["Replace it"] == f"/letter/{token}"
    [path] = pictures(page)
    picture = client.get(path)
    assert (picture.status_code, picture.mimetype) == (200, "image/png")
    assert picture.data.startswith(b"\x89PNG\r\n")
    assert "no-store" in picture.headers["Cache-Control"]


@on_sqlite
def test_looking_changes_nothing(client: Visitor, story: Story, asked: UUID) -> None:
    token = story.upload_token(asked)
    _sent(client, token)
    with unchanged(story.house.database):
        for method in ("GET", "HEAD"):
            for path in ("receipt", "first-page.png"):
                answer = client.open(f"/letter/{token}/{path}", method=method)
                assert answer.status_code == 200
        assert client.get(f"/letter/{token}/confirm").status_code == 405


# --- who sees the first page ------------------------------------------------------------------


def test_who_comes_later_by_the_link_sees_name_time_and_hash_and_never_the_letter(
    app: Flask, client: Visitor, story: Story, asked: UUID
) -> None:
    token, letter = story.upload_token(asked), pdfs.letter_pdf()
    _sent(client, token, letter)
    other = visitor_of(app)
    page = other.get(f"/letter/{token}/receipt")
    assert (heading(page), pictures(page)) == (TITLE, [])
    read = text_of_section(page, "what")
    for known in ("Letter.pdf", "1 February 2027, 10:00", sha256(letter).hexdigest()):
        assert known in read
    assert ONLY_HERE not in read
    answer = other.get(f"/letter/{token}/first-page.png?v=1")
    assert (answer.status_code, heading(answer)) == (404, "Page not found")


@on_sqlite
def test_the_first_page_is_shown_for_half_an_hour(
    client: Visitor, story: Story, asked: UUID, clock: TestClock
) -> None:
    token = story.upload_token(asked)
    [path] = pictures(_sent(client, token))
    clock.advance(HALF_AN_HOUR - A_MOMENT)
    assert look(client, token) == ([path], 200)
    clock.advance(A_MOMENT)
    assert look(client, token) == ([], 404)


@on_sqlite
def test_a_version_that_another_browser_sent_is_not_shown(
    app: Flask, client: Visitor, story: Story, asked: UUID
) -> None:
    token, other = story.upload_token(asked), visitor_of(app)
    _sent(client, token)
    [path] = pictures(_sent(other, token))
    assert look(client, token) == ([], 404)
    assert (path.endswith("?v=2"), look(other, token)) == (True, ([path], 200))


@on_sqlite
def test_a_browser_that_sent_one_letter_is_shown_no_other(
    app: Flask, client: Visitor, story: Story, asked: UUID
) -> None:
    mine, theirs = story.upload_token(asked), story.upload_token(asked, 2)
    _sent(client, mine)
    _sent(visitor_of(app), theirs)
    assert look(client, theirs) == ([], 404)
    assert len(look(client, mine)[0]) == 1


@on_sqlite
def test_without_a_letter_there_is_no_picture(client: Visitor, story: Story, asked: UUID) -> None:
    answer = client.get(f"/letter/{story.upload_token(asked)}/first-page.png")
    assert (answer.status_code, heading(answer)) == (404, "Page not found")


# --- confirming -------------------------------------------------------------------------------


@on_sqlite
def test_only_the_version_that_was_looked_at_is_confirmed(
    client: Visitor, story: Story, asked: UUID, subtests: pytest.Subtests
) -> None:
    token = story.upload_token(asked)
    form_token = csrf_token(client.get(f"/letter/{token}"))
    for version in ("1", "0", "-1", "", "one", "9" * 30, None):
        _not_confirmed(client, story, token, form_token, version, subtests)
    _sent(client, token)
    _sent(client, token)
    for version in ("1", "3", "-2", "2.0", "two", "9" * 5000):
        _not_confirmed(client, story, token, form_token, version, subtests)
    data = {"csrf_token": form_token, "version": "2"}
    confirmed = follow(client, client.post(f"/letter/{token}/confirm", data=data))
    assert "You confirmed on 1 February 2027, 10:00 that it is the right letter." in content(
        confirmed
    )
    with unchanged(story.house.database):
        assert client.post(f"/letter/{token}/confirm", data=data).status_code == 303


def _not_confirmed(
    client: Visitor,
    story: Story,
    token: str,
    form_token: str,
    version: str | None,
    subtests: pytest.Subtests,
) -> None:
    data = {"csrf_token": form_token} | ({} if version is None else {"version": version})
    with subtests.test(str(version)[:9]), unchanged(story.house.database):
        answer = client.post(f"/letter/{token}/confirm", data=data)
        assert (answer.status_code, heading(answer)) == (409, "Not possible now")
        assert "Another version of the letter came in since." in content(answer)


# --- who sends it -----------------------------------------------------------------------------


def test_an_assistant_can_say_who_they_are(
    client: Visitor, cora: Visitor, story: Story, asked: UUID
) -> None:
    token = story.upload_token(asked)
    form = client.get(f"/letter/{token}")
    sent = press(client, form, "Send the letter", attached() | {"sent_by": "  Ines   Okafor "})
    assert "Sent by Ines Okafor" in text_of_section(follow(client, sent), "what")
    assert "sent by Ines Okafor" in content(cora.get(f"/coordinate/applications/{asked}"))
    assert "Okafor" not in client.get(f"/application/{story.status_token(asked)}").text


@on_sqlite
def test_a_name_that_cannot_be_kept_is_given_back_with_what_to_do(
    client: Visitor, story: Story, asked: UUID, subtests: pytest.Subtests
) -> None:
    form = client.get(f"/letter/{story.upload_token(asked)}")
    invisible = "Remove the line breaks or invisible characters, please."
    for name, problem, kept in (
        ("n" * 121, "Use at most 120 characters.", "n" * 121),
        ("Ines\x00", invisible, "Ines"),
        ("Ines\x07", invisible, "Ines"),
        ("Ines\u202eOkafor", invisible, "Ines\u202eOkafor"),
    ):
        with subtests.test(repr(name[:5])), unchanged(story.house.database):
            answer = press(client, form, "Send the letter", attached() | {"sent_by": name})
            assert answer.status_code == 422
            assert near_field(answer, "sent_by") == [problem]
            root, _ = parse(answer.text)
            field = next(e for e in elements(root, "input") if e.get("name") == "sent_by")
            assert (field.get("value"), field.get("aria-invalid")) == (kept, "true")
    assert count(story.house.database, Letter) == 0
