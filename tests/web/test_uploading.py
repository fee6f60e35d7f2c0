"""Sending a letter through the upload page: what is taken, from whom, and until when."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from letters.adapters.inspector import examine
from letters.domain.documents import UNCHECKED, Findings
from letters.house import House
from letters.services import verifying
from letters.services.inspecting import Examiners
from tests.support import pdfs
from tests.support.clock import TestClock
from tests.support.houses import InProcessInspector
from tests.support.people import DUE, GRACE_HOURS, INTERNSHIP, SYSTEM, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    attached,
    content,
    csrf_token,
    follow,
    form_labels,
    heading,
    kept_letters,
    on_sqlite,
    press,
    replace_upload_links,
    send,
    stored_files,
    visitor_of,
)

CLOSED = DUE + timedelta(hours=GRACE_HOURS, seconds=1)


def _breaches(house: House) -> list[verifying.Breach]:
    with house.works.look(SYSTEM) as work:
        return verifying.verify(work)


# --- what is taken ----------------------------------------------------------------------------


def test_a_letter_is_taken_and_acknowledged(client: Visitor, story: Story, asked: UUID) -> None:
    letter, token = pdfs.letter_pdf(), story.upload_token(asked)
    answer = send(client, token)
    assert (answer.status_code, answer.location) == (303, f"/letter/{token}/receipt")
    receipt = follow(client, answer)
    assert heading(receipt) == "Your letter for Mira Lindqvist is in"
    assert sha256(letter).hexdigest() in content(receipt)
    assert kept_letters(story.house) == [
        (1, "Letter.pdf", len(letter), sha256(letter).hexdigest(), letter)
    ]
    assert len(stored_files(story.house)) == 1
    assert _breaches(story.house) == []


def test_sending_again_replaces_the_letter(client: Visitor, story: Story, asked: UUID) -> None:
    first, second = pdfs.letter_pdf(("One",)), pdfs.letter_pdf(("Two",))
    token = story.upload_token(asked)
    send(client, token, first)
    page = client.get(f"/letter/{token}")
    receipt = follow(client, press(client, page, "Replace the letter", attached(second)))
    assert "Version 2; it replaced the one before" in content(receipt)
    assert [(v, c) for v, *_, c in kept_letters(story.house)] == [(1, first), (2, second)]
    assert _breaches(story.house) == []


@on_sqlite
def test_the_same_form_sent_twice_is_two_versions_and_no_error(
    client: Visitor, story: Story, asked: UUID
) -> None:
    token = story.upload_token(asked)
    page = client.get(f"/letter/{token}")
    answers = [press(client, page, "Send the letter", attached()) for _ in range(2)]
    assert [a.location for a in answers] == [f"/letter/{token}/receipt"] * 2
    assert [v for v, *_ in kept_letters(story.house)] == [1, 2]


class _WaitsForTheOther(InProcessInspector):
    """An inspector that lets two files through at the same moment."""

    def __init__(self) -> None:
        self._both = Barrier(2, timeout=30)

    def inspect(self, content: bytes) -> Findings:
        """Return what was found, once the other file has been looked at too."""
        self._both.wait()
        return examine(content)


def test_two_who_send_at_once_are_both_told_the_truth(
    app: Flask, story: Story, asked: UUID
) -> None:
    app.extensions["letters"] = replace(story.house, examiners=Examiners(_WaitsForTheOther()))
    token = story.upload_token(asked)
    letters = [pdfs.letter_pdf(("One",)), pdfs.letter_pdf(("Two",))]
    visitors = [visitor_of(app) for _ in letters]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(send, visitors, [token] * 2, letters))
    for visitor, answer in zip(visitors, answers, strict=True):
        assert heading(follow(visitor, answer)) == "Your letter for Mira Lindqvist is in"
    kept = kept_letters(story.house)
    assert [version for version, *_ in kept] == [1, 2]
    assert sorted(content for *_, content in kept) == sorted(letters)
    assert _breaches(story.house) == []


@on_sqlite
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Letter für Müller.PDF", "Letter für Müller.PDF"),
        ("no ending", "no ending"),
        ("../../etc/passwd", "passwd"),
        ("<b>bold</b>.pdf", "b>.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("..", "letter.pdf"),
    ],
)
def test_the_name_of_the_file_is_shown_and_nothing_else(
    client: Visitor, story: Story, asked: UUID, sent: str, kept: str
) -> None:
    token = story.upload_token(asked)
    page = client.get(f"/letter/{token}")
    receipt = follow(client, press(client, page, "Send the letter", attached(name=sent)))
    assert f"File {kept} Size" in content(receipt)
    request_id = story.application(asked).requests[0].id
    assert [name.split("/")[0] for name in stored_files(story.house)] == [str(request_id)]


@on_sqlite
@pytest.mark.parametrize(
    "letter",
    [pdfs.linearized_pdf(), pdfs.packed_pdf(), pdfs.scanned_pdf(), pdfs.pdf_with_form()],
    ids=["linearized", "packed", "scanned", "with a form and links"],
)
def test_every_usual_kind_of_pdf_is_taken(
    client: Visitor, story: Story, asked: UUID, letter: bytes
) -> None:
    answer = send(client, story.upload_token(asked), letter)
    assert answer.status_code == 303
    assert [c for *_, c in kept_letters(story.house)] == [letter]


class _OutOfTime(InProcessInspector):
    """An inspector that ran into its limits."""

    def inspect(self, _content: bytes) -> Findings:
        """Return that nothing was found out."""
        return UNCHECKED


@on_sqlite
def test_a_file_that_cannot_be_checked_is_taken(
    app: Flask, client: Visitor, story: Story, asked: UUID
) -> None:
    app.extensions["letters"] = replace(story.house, examiners=Examiners(_OutOfTime()))
    receipt = follow(client, send(client, story.upload_token(asked)))
    assert "1 kB, pages could not be counted" in content(receipt)


# --- who sends it -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "token", [None, "", "wrong", "x" * 2000], ids=["none", "empty", "wrong", "long"]
)
@pytest.mark.parametrize("route", ["", "/decline", "/take-back", "/again"])
@on_sqlite
def test_a_form_without_its_token_changes_nothing(
    client: Visitor, story: Story, asked: UUID, route: str, token: str | None
) -> None:
    data = {**attached(), **({} if token is None else {"csrf_token": token})}
    with unchanged(story.house.database):
        answer = client.post(
            f"/letter/{story.upload_token(asked)}{route}",
            data=data,
            content_type="multipart/form-data",
        )
    assert (answer.status_code, heading(answer)) == (400, "This page has been open too long")
    assert "Go back, reload the page and send it again. Nothing was changed." in content(answer)
    assert stored_files(story.house) == []


@on_sqlite
def test_another_browser_s_token_is_not_taken(
    app: Flask, client: Visitor, story: Story, asked: UUID
) -> None:
    token = story.upload_token(asked)
    page = client.get(f"/letter/{token}")
    stranger = app.test_client()
    assert isinstance(stranger, Visitor)
    with unchanged(story.house.database):
        answer = press(stranger, page, "Send the letter", attached())
    assert (answer.status_code, heading(answer)) == (400, "This page has been open too long")


@on_sqlite
def test_a_page_that_was_left_open_for_days_still_sends(
    client: Visitor, story: Story, asked: UUID, clock: TestClock
) -> None:
    page = client.get(f"/letter/{story.upload_token(asked)}")
    clock.advance(timedelta(days=5))
    assert press(client, page, "Send the letter", attached()).status_code == 303


# --- when it is not taken any more ------------------------------------------------------------


def _sent_too_late(client: Visitor, story: Story, asked: UUID) -> TestResponse:
    """Send a form that was opened while the letter was still taken, by the token it had then."""
    page = client.get(f"/letter/{story.upload_token(asked, 2)}")
    values = {"csrf_token": csrf_token(page), **attached()}
    with unchanged(story.house.database):
        answer = client.post(
            f"/letter/{story.upload_token(asked)}",
            data=values,
            content_type="multipart/form-data",
        )
    assert stored_files(story.house) == []
    return answer


def test_after_a_decline_the_way_back_is_named(client: Visitor, story: Story, asked: UUID) -> None:
    scenes.decline(story, asked)
    answer = _sent_too_late(client, story, asked)
    assert (answer.status_code, heading(answer)) == (409, "Not possible now")
    assert (
        "This request was declined, so the letter was not taken. Choose “I can write after all” "
        "first, then send the letter." in content(answer)
    )


@on_sqlite
def test_after_the_close_it_says_who_can_help(
    client: Visitor, story: Story, asked: UUID, clock: TestClock
) -> None:
    scenes.extend(story, asked, 2, CLOSED + timedelta(days=9))
    clock.set(CLOSED)
    answer = _sent_too_late(client, story, asked)
    assert (answer.status_code, heading(answer)) == (410, "The time is over")
    assert (
        f"The time for this letter is over, so it was not taken. Write to "
        f"{INTERNSHIP.contact_email}; they can extend the date, and this same link will work "
        "again." in content(answer)
    )


@on_sqlite
def test_after_a_cancellation_nothing_is_needed(client: Visitor, story: Story, asked: UUID) -> None:
    scenes.cancel(story, asked)
    answer = _sent_too_late(client, story, asked)
    assert (answer.status_code, heading(answer)) == (410, "No longer needed")
    assert "This letter is no longer needed. Thank you" in content(answer)


@on_sqlite
def test_with_a_replaced_link_nothing_is_taken(client: Visitor, story: Story, asked: UUID) -> None:
    page = client.get(f"/letter/{story.upload_token(asked)}")
    replace_upload_links(story.house)
    with unchanged(story.house.database):
        answer = press(client, page, "Send the letter", attached())
    assert (answer.status_code, heading(answer)) == (410, "This link was replaced")
    assert form_labels(answer) == ["Send me a new link"]
    assert stored_files(story.house) == []


@on_sqlite
def test_thirty_letters_an_hour_are_enough(client: Visitor, story: Story, asked: UUID) -> None:
    token = story.upload_token(asked)
    page = client.get(f"/letter/{token}")
    for _ in range(30):
        assert press(client, page, "Send the letter").status_code == 400
    with unchanged(story.house.database):
        answer = press(client, page, "Send the letter", attached())
    assert (answer.status_code, heading(answer)) == (429, "Too many attempts")
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600
    assert send(client, story.upload_token(asked, 2)).status_code == 303
