"""The demo's mailbox: every mail that was sent, to look at and to click."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from letters.house import House
from tests.support.apps import shared_app_on
from tests.support.markup import elements, parse, words
from tests.support.people import INTERNSHIP, MIRA, REFEREES, Story
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    heading,
    lead,
    links_of,
    on_sqlite,
    path_of,
    text_of_section,
    visitor_of,
)

pytestmark = on_sqlite

BOX = "/demo/mail"


@pytest.fixture
def demo(house: House) -> Flask:
    """The application as the demo runs it."""
    return shared_app_on(house, replace(house.settings, demo=True))


@pytest.fixture
def visitor(demo: Flask) -> Visitor:
    """The browser of whoever tries the demo."""
    return visitor_of(demo)


def test_before_the_first_mail_it_says_how_to_see_more(visitor: Visitor) -> None:
    page = visitor.get(BOX)
    assert heading(page) == "Mailbox of the demo"
    assert lead(page) == (
        "0 mails were sent so far. Nothing leaves this machine; reload the page to see what is new."
    )


def _mail_to(visitor: Visitor, to: str) -> str:
    """Return the path of the mail to an address, as the list has it."""
    root, _ = parse(visitor.get(BOX).text)
    for line in elements(root, "li"):
        if f"to {to} ·" in words(line):
            return next(elements(line, "a")).attrib["href"]
    raise AssertionError(f"no mail to {to}")


def test_every_mail_is_listed_and_can_be_read(visitor: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    assert story.deliver() == 4
    assert lead(visitor.get(BOX)).startswith("4 mails were sent so far.")
    mail = visitor.get(_mail_to(visitor, REFEREES[0].email))
    assert MIRA.applicant_name in heading(mail)
    assert f"Replies go to {INTERNSHIP.contact_email}" in content(mail)
    link = f"{story.house.settings.base_url}/letter/{story.upload_token(asked)}"
    assert links_of(mail)[link] == link
    assert visitor.get(path_of(link)).status_code == 200
    assert text_of_section(mail, "plain").startswith("As plain text Dear Prof. Ada Ferreira,")


def test_the_frame_shows_the_mail_and_lets_it_do_nothing(
    demo: Flask, visitor: Visitor, story: Story
) -> None:
    asked = scenes.requested(story)
    story.deliver()
    path = _mail_to(visitor, REFEREES[0].email)
    assert f'<iframe class="frame mt-3" src="{path}/body"' in visitor.get(path).text
    # A mail is no page of ours: it has styles in it, which its own policy names one by one.
    answer = FlaskClient(demo).get(f"{path}/body", base_url=story.house.settings.base_url)
    assert answer.status_code == 200
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"
    assert policy["frame-ancestors"] == "'self'"
    sources = policy["style-src"].split()
    assert sources[0] == "'unsafe-hashes'"
    hashes = [source for source in sources[1:] if re.fullmatch(r"'sha256-[\w+/]{43}='", source)]
    assert hashes == sources[1:]
    root, _ = parse(answer.text)
    assert f"/letter/{story.upload_token(asked)}" in answer.text
    assert "Mira Lindqvist" in words(root)


def test_links_lead_to_the_port_of_today(house: House, visitor: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    story.deliver()
    path = _mail_to(visitor, REFEREES[0].email)
    today = "http://127.0.0.1:8001"
    moved = FlaskClient(shared_app_on(house, replace(house.settings, demo=True, base_url=today)))
    for page in (path, f"{path}/body"):
        shown = moved.get(page, base_url=today).text
        assert f"{today}/letter/{story.upload_token(asked)}" in shown
        assert house.settings.base_url not in shown


@pytest.mark.parametrize("name", ["nothing", "..", "%2e%2e%2fetc", "*", "%00"])
def test_a_mail_that_is_not_there_is_not_found(visitor: Visitor, name: str) -> None:
    for path in (f"{BOX}/{name}", f"{BOX}/{name}/body"):
        answer = visitor.get(path)
        assert (answer.status_code, heading(answer)) == (404, "Page not found")


def test_mails_are_not_kept_by_browsers_and_search_engines(visitor: Visitor) -> None:
    headers = visitor.get(BOX).headers
    assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")
