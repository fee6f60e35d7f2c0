"""“Send me a new link”: it goes to the address on file, and the page says nothing else."""

import string
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from letters.adapters.mailer import read_folder
from letters.domain.errors import LinkInvalid
from letters.house import House
from letters.ports import Purpose
from tests.support.people import MIRA, REFEREES, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    csrf_token,
    form_labels,
    heading,
    on_sqlite,
    press,
    replace_status_links,
    replace_upload_links,
    text_of,
    visitor_of,
)

ON_FILE = "It goes to the address we have on file, and nowhere else."


@pytest.fixture
def asked(story: Story) -> UUID:
    """An application whose two letters were requested; the mails about it have gone out."""
    application_id = scenes.requested(story)
    story.deliver()
    return application_id


def _mailed(story: Story) -> list[tuple[str, str]]:
    """Deliver what is due; return recipient and text of what went out by that."""
    folder = story.house.mail_folder
    before = {mail["Message-ID"] for mail in read_folder(folder)}
    story.deliver()
    return [
        (str(mail["To"]), text_of(mail))
        for mail in read_folder(folder)
        if mail["Message-ID"] not in before
    ]


def test_a_replaced_upload_link_offers_a_new_one_that_works(
    client: Visitor, story: Story, asked: UUID
) -> None:
    old = story.upload_token(asked)
    replace_upload_links(story.house)
    page = client.get(f"/letter/{old}")
    assert (page.status_code, heading(page)) == (410, "This link was replaced")
    assert (
        "Use the newest mail you have from us, or have the current link mailed. " + ON_FILE
        in content(page)
    )
    sent = press(client, page, "Send me a new link")
    assert (sent.status_code, heading(sent)) == (200, "Look into your mail")
    [(to, text)] = _mailed(story)
    new = f"{story.house.settings.base_url}/letter/{story.upload_token(asked)}"
    assert (to, new in text.split()) == (REFEREES[0].email, True)
    opened = client.get(f"/letter/{story.upload_token(asked)}")
    assert form_labels(opened) == ["Send the letter"]


def test_a_replaced_status_link_offers_a_new_one_that_works(
    client: Visitor, story: Story, asked: UUID
) -> None:
    old = story.status_token(asked)
    replace_status_links(story.house)
    page = client.get(f"/application/{old}")
    assert (page.status_code, heading(page)) == (410, "This link was replaced")
    sent = press(client, page, "Send me a new link")
    assert (sent.status_code, heading(sent)) == (200, "Look into your mail")
    [(to, text)] = _mailed(story)
    new = f"{story.house.settings.base_url}/application/{story.status_token(asked)}"
    assert (to, new in text.split()) == (MIRA.applicant_email, True)
    opened = client.get(f"/application/{story.status_token(asked)}")
    assert heading(opened) == "Letters for Mira Lindqvist"


def _ask_again(visitor: Visitor, token: str) -> TestResponse:
    page = visitor.get("/coordinate/sign-in")
    from_form = {"csrf_token": csrf_token(page)}
    return visitor.post(f"/letter/{token}/again", data=from_form)


@on_sqlite
def test_the_answer_is_the_same_whether_something_was_mailed_or_not(
    app: Flask, story: Story, asked: UUID
) -> None:
    scenes.decline(story, asked, 2)
    answers = [
        _ask_again(visitor_of(app), story.upload_token(asked, position)) for position in (1, 2)
    ]
    assert [(a.status_code, a.text) for a in answers] == [(200, answers[0].text)] * 2
    assert [to for to, _ in _mailed(story)] == [REFEREES[0].email]


@on_sqlite
@pytest.mark.parametrize("state", ["named", "declined", "cancelled"])
def test_where_no_letter_is_taken_nothing_is_mailed_and_nothing_changes(
    client: Visitor, story: Story, state: str
) -> None:
    application_id = story.apply() if state == "named" else scenes.requested(story)
    if state == "declined":
        scenes.decline(story, application_id)
    if state == "cancelled":
        scenes.cancel(story, application_id)
    with unchanged(story.house.database):
        answer = _ask_again(client, story.upload_token(application_id))
    assert (answer.status_code, heading(answer)) == (200, "Look into your mail")


@on_sqlite
def test_a_letter_that_is_in_can_be_replaced_by_the_link_that_is_mailed(
    client: Visitor, story: Story, asked: UUID
) -> None:
    scenes.letter_in(story, asked)
    _mailed(story)
    assert _ask_again(client, story.upload_token(asked)).status_code == 200
    assert [to for to, _ in _mailed(story)] == [REFEREES[0].email]


@on_sqlite
def test_nobody_is_flooded(app: Flask, client: Visitor, story: Story, asked: UUID) -> None:
    token = story.upload_token(asked)
    for _ in range(5):
        assert _ask_again(client, token).status_code == 200
    with unchanged(story.house.database):
        refused = _ask_again(visitor_of(app), _other_spelling(story.house, token))
    assert (refused.status_code, heading(refused)) == (429, "Too many attempts")
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    assert "Wait 60 minutes and try again." in content(refused)
    assert _ask_again(client, story.upload_token(asked, 2)).status_code == 200


def _other_spelling(house: House, token: str) -> str:
    """Return another token that opens the same: base64 ignores the last bits of a signature."""
    return next(
        token[:-1] + last
        for last in string.ascii_letters + string.digits + "-_"
        if last != token[-1] and _opens(house, token[:-1] + last)
    )


def _opens(house: House, token: str) -> bool:
    try:
        house.works.tools.links.read(Purpose.UPLOAD, token)
    except LinkInvalid:
        return False
    return True
