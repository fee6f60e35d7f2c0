"""The receipt: what was received, and its first page for the browser that sent it."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from letters.domain.documents import UNCHECKED, Findings, Verdict
from letters.records import Letter
from letters.services.inspecting import Examiners
from tests.support import pdfs
from tests.support.clock import TestClock
from tests.support.houses import InProcessInspector
from tests.support.markup import elements, parse
from tests.support.office import docx
from tests.support.people import Story
from tests.support.rows import count, unchanged
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


def _pictures(page: TestResponse) -> list[str]:
    root, _ = parse(page.text)
    return [image.get("src", "") for image in elements(root, "img")]


def _look(visitor: Visitor, token: str) -> tuple[list[str], int]:
    """Return the pictures on the receipt, and what the address of the picture answers."""
    shown = _pictures(visitor.get(f"/letter/{token}/receipt"))
    return shown, visitor.get(f"/letter/{token}/first-page.png").status_code


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
    [path] = _pictures(page)
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
    assert (heading(page), _pictures(page)) == (TITLE, [])
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
    [path] = _pictures(_sent(client, token))
    clock.advance(HALF_AN_HOUR - A_MOMENT)
    assert _look(client, token) == ([path], 200)
    clock.advance(A_MOMENT)
    assert _look(client, token) == ([], 404)


@on_sqlite
def test_a_version_that_another_browser_sent_is_not_shown(
    app: Flask, client: Visitor, story: Story, asked: UUID
) -> None:
    token, other = story.upload_token(asked), visitor_of(app)
    _sent(client, token)
    [path] = _pictures(_sent(other, token))
    assert _look(client, token) == ([], 404)
    assert (path.endswith("?v=2"), _look(other, token)) == (True, ([path], 200))


@on_sqlite
def test_a_browser_that_sent_one_letter_is_shown_no_other(
    app: Flask, client: Visitor, story: Story, asked: UUID
) -> None:
    mine, theirs = story.upload_token(asked), story.upload_token(asked, 2)
    _sent(client, mine)
    _sent(visitor_of(app), theirs)
    assert _look(client, theirs) == ([], 404)
    assert len(_look(client, mine)[0]) == 1


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


# --- a letter that nobody could check ---------------------------------------------------------


class _LooksIntoNothing(InProcessInspector):
    """An inspector for whom every file takes too long."""

    def inspect(self, content: bytes) -> Findings:  # noqa: ARG002 -- as the port has it
        """Return that nothing was found out."""
        return UNCHECKED


@pytest.fixture
def held_back(app: Flask, client: Visitor, story: Story, asked: UUID) -> str:
    """The token of a letter that could not be looked into, sent by `client`."""
    app.extensions["letters"] = replace(story.house, examiners=Examiners(_LooksIntoNothing()))
    token = story.upload_token(asked)
    send(client, token)
    return token


@on_sqlite
def test_a_letter_that_is_held_back_counts_and_is_not_drawn(
    client: Visitor, held_back: str
) -> None:
    page = client.get(f"/letter/{held_back}/receipt")
    assert "Size 1 kB, pages could not be counted" in text_of_section(page, "what")
    assert (
        "We could not look into this file. It counts as received in time; a coordinator opens it "
        "with care. If you can, save it anew as a simple PDF and replace it." in content(page)
    )
    assert _look(client, held_back) == ([], 404)


class _ReachesNobody:
    """A virus scanner that does not answer."""

    def scan(self, content: bytes) -> Verdict:  # noqa: ARG002 -- as the port has it
        """Return that nothing was scanned."""
        return Verdict.UNREACHABLE

    def check(self) -> None:
        """Find nothing wrong."""


@on_sqlite
def test_a_letter_that_nobody_scanned_is_held_back_and_nothing_is_asked_of_the_referee(
    app: Flask, client: Visitor, story: Story, asked: UUID
) -> None:
    examiners = replace(story.house.examiners, scanner=_ReachesNobody())
    app.extensions["letters"] = replace(story.house, examiners=examiners)
    token = story.upload_token(asked)
    send(client, token)
    page = content(client.get(f"/letter/{token}/receipt"))
    assert "We could not scan this file for viruses just now." in page
    assert "save it anew" not in page


def test_coordinators_release_it_before_they_open_it(
    cora: Visitor, story: Story, asked: UUID, held_back: str
) -> None:
    assert held_back
    path = f"/coordinate/applications/{asked}"
    page = cora.get(path)
    assert "held back" in text_of_section(page, "referees")
    label = "Release the letter of Prof. Ada Ferreira"
    packet = "Download all letters in one PDF"
    assert form_labels(page) == ["Sign out", label, packet, "Leave the note"]
    request = story.application(asked).requests[0]
    with unchanged(story.house.database):
        refused = cora.post(
            f"/coordinate/requests/{request.id}/letter",
            data={"csrf_token": csrf_token(page)},
        )
    assert (refused.status_code, heading(refused)) == (409, "Not possible now")
    assert "Release it on the page of its application" in content(refused)
    released = follow(cora, press(cora, page, label))
    assert "Letter of Prof. Ada Ferreira released (you)" in text_of_section(released, "happened")
    assert "could not be checked: open with care" in text_of_section(released, "referees")
    opened = press(cora, released, "Download the letter of Prof. Ada Ferreira")
    assert (opened.status_code, opened.data) == (200, pdfs.letter_pdf())
    assert opened.headers["Content-Disposition"].startswith("attachment")


@on_sqlite
def test_only_the_version_that_was_looked_at_is_released(
    client: Visitor,
    cora: Visitor,
    story: Story,
    asked: UUID,
    held_back: str,
    subtests: pytest.Subtests,
) -> None:
    page = cora.get(f"/coordinate/applications/{asked}")
    send(client, held_back)
    request = story.application(asked).requests[0]
    path = f"/coordinate/requests/{request.id}/release"
    for version in ("1", "3", "-1", "", "two", "9" * 30, None):
        data = {"csrf_token": csrf_token(page)} | ({} if version is None else {"version": version})
        with subtests.test(str(version)), unchanged(story.house.database):
            answer = cora.post(path, data=data)
            assert (answer.status_code, heading(answer)) == (409, "Not possible now")
            assert "Another version of the letter came in since." in content(answer)


# --- Word files -------------------------------------------------------------------------------


class _Converter:
    """A converter that makes one and the same letter of whatever it is given, or nothing."""

    def __init__(self, made: bytes | None, *, available: bool = True) -> None:
        self.available = available
        self._made = made

    def to_pdf(self, content: bytes) -> bytes | None:  # noqa: ARG002 -- as the port has it
        """Return what the test said."""
        return self._made


def _page_with(
    app: Flask, story: Story, client: Visitor, converter: _Converter, *, takes_word: bool = True
) -> TestResponse:
    app.extensions["letters"] = replace(
        story.house, examiners=Examiners(InProcessInspector(), converter=converter)
    )
    if takes_word:
        scenes.take_word(story)
    return client.get(f"/letter/{story.upload_token(scenes.requested(story))}")


@on_sqlite
def test_a_word_file_becomes_a_pdf_and_the_receipt_says_so(
    app: Flask, story: Story, client: Visitor
) -> None:
    made = pdfs.letter_pdf(("Made from Word",))
    page = _page_with(app, story, client, _Converter(made))
    assert "Your letter, as a PDF or a Word file" in content(page)
    sent = press(client, page, "Send the letter", attached(docx("Made from Word"), "For Mira.docx"))
    receipt = follow(client, sent)
    read = text_of_section(receipt, "what")
    assert "File For Mira.pdf made from For Mira.docx Size 1 kB, one page" in read
    assert sha256(made).hexdigest() in read
    assert [letter[-1] for letter in kept_letters(story.house)] == [made]
    assert len(_pictures(receipt)) == 1


@on_sqlite
@pytest.mark.parametrize(
    ("converter", "takes_word", "label"),
    [
        (_Converter(pdfs.letter_pdf()), False, "Your letter, as a PDF"),
        (_Converter(None, available=False), True, "Your letter, as a PDF"),
        (_Converter(None), True, "Your letter, as a PDF or a Word file"),
    ],
    ids=["not wanted", "no converter", "conversion fails"],
)
def test_where_a_word_file_cannot_be_taken_the_page_says_what_to_do(
    app: Flask, story: Story, client: Visitor, converter: _Converter, takes_word: bool, label: str
) -> None:
    page = _page_with(app, story, client, converter, takes_word=takes_word)
    assert f"{label} At most" in content(page)
    with unchanged(story.house.database):
        answer = press(
            client, page, "Send the letter", attached(docx("Made from Word"), "Letter.docx")
        )
    assert answer.status_code == 422
    assert near_field(answer, "letter")[0] == (
        "The file is a Word document. Please save it as PDF (in Word: File, Save As, PDF), "
        "and send that file."
    )
