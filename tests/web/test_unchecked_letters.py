"""Letters that nobody could check, and Word files: what the referee and the coordinator see."""

from dataclasses import replace
from hashlib import sha256
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from letters.domain.documents import UNCHECKED, Findings, Verdict
from letters.services.inspecting import Examiners
from tests.support import pdfs
from tests.support.houses import InProcessInspector
from tests.support.office import docx
from tests.support.people import Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.receipts import look, pictures
from tests.web.visiting import (
    Visitor,
    attached,
    content,
    csrf_token,
    follow,
    form_labels,
    heading,
    kept_letters,
    near_field,
    on_sqlite,
    press,
    send,
    text_of_section,
)

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
    assert look(client, held_back) == ([], 404)


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
    assert len(pictures(receipt)) == 1


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
    sends = label.replace("Your letter, as", "Referees send")
    assert f"{sends} through a link" in content(client.get(f"/programs/{story.slug}"))
    with unchanged(story.house.database):
        answer = press(
            client, page, "Send the letter", attached(docx("Made from Word"), "Letter.docx")
        )
    assert answer.status_code == 422
    assert near_field(answer, "letter")[0] == (
        "The file is a Word document. Please save it as PDF (in Word: File, Save As, PDF), "
        "and send that file."
    )
