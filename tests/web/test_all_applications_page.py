"""All applications of one person: behind a link that was mailed to them, and no other."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from flask import Flask

from letters.adapters.mailer import read_folder
from letters.ports import Purpose
from tests.support.clock import TestClock
from tests.support.people import FELLOWSHIP, INTERNSHIP, MIRA, Story, tell
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    form_labels,
    heading,
    lead,
    links_of,
    on_sqlite,
    path_of,
    press,
    text_of,
    text_of_section,
    visitor_of,
)

TITLE = "All your applications"
MAIL = "Mail me the links"
SENT = "Look into your mail"
NOOR = replace(
    MIRA, applicant_name="Noor Haddad", applicant_email="noor@example.com", external_id="N-1"
)


@dataclass(frozen=True)
class Several:
    """Two applications of Mira's to two programs, and one of Noor's."""

    story: Story
    draft: UUID
    newest: UUID
    noors: UUID

    @property
    def status_view(self) -> str:
        """The path of the status view of Mira's newest application."""
        return f"/application/{self.story.status_token(self.newest)}"

    def mailed(self) -> list[tuple[str, str]]:
        """Return the address and the link of each mail that shows all applications."""
        self.story.deliver()
        return [
            (str(mail["To"]), path_of(word))
            for mail in read_folder(self.story.house.mail_folder)
            for word in text_of(mail).split()
            if "/applications/" in word
        ]


@pytest.fixture
def several(story: Story) -> Several:
    """What Mira and Noor have applied for."""
    tell(story.house, FELLOWSHIP)
    return Several(
        story,
        noors=story.apply(NOOR),
        draft=story.apply(submit=False, slug=FELLOWSHIP.slug),
        newest=scenes.requested(story),
    )


def _path(visitor: Visitor, several: Several) -> str:
    """Ask from the status view; return the path that was mailed."""
    assert heading(press(visitor, visitor.get(several.status_view), MAIL)) == SENT
    address, path = several.mailed()[-1]
    assert address == MIRA.applicant_email
    return path


def test_from_the_status_view_to_all_of_them(client: Visitor, app: Flask, several: Several) -> None:
    path = _path(client, several)
    page = visitor_of(app).get(path)
    assert (page.status_code, heading(page)) == (200, TITLE)
    assert lead(page) == "2 applications were made with your address."
    assert text_of_section(page, "applications") == (
        "Newest first "
        "Alpine Summer Research Internship letters requested Institute for Alpine Studies "
        "Letters due: Thursday, 1 April 2027, 23:59 (Zurich Time, UTC+2) "
        "Lakeside Graduate Fellowship draft Lakeside University "
        "Letters due: Thursday, 1 April 2027, 16:59 (Chicago Time, UTC\N{MINUS SIGN}5)"
    )
    assert "For mira@example.com. Please do not pass this page's link on" in content(page)
    assert path_of(links_of(page)[INTERNSHIP.title]) == several.status_view
    for title in (INTERNSHIP.title, FELLOWSHIP.title):
        opened = visitor_of(app).get(path_of(links_of(page)[title]))
        assert heading(opened) == "Letters for Mira Lindqvist"


def test_who_lost_the_link_gets_this_one_too(client: Visitor, several: Several) -> None:
    press(client, client.get("/application"), MAIL, {"email": MIRA.applicant_email})
    [(address, path)] = several.mailed()
    assert address == MIRA.applicant_email
    assert lead(client.get(path)) == "2 applications were made with your address."


@on_sqlite
def test_the_status_view_tells_nobody_whether_there_are_others(
    app: Flask, several: Several
) -> None:
    noors = f"/application/{several.story.status_token(several.noors)}"
    visitors = visitor_of(app), visitor_of(app)
    mira, noor = (
        press(visitor, visitor.get(path), MAIL)
        for visitor, path in zip(visitors, (several.status_view, noors), strict=True)
    )
    assert (mira.status_code, mira.data) == (noor.status_code, noor.data)
    assert [name for name, _ in mira.headers] == [name for name, _ in noor.headers]
    page = visitor_of(app).get(several.status_view)
    assert FELLOWSHIP.title not in page.text


@on_sqlite
def test_nobody_reaches_what_another_mailbox_applied_for(client: Visitor, several: Several) -> None:
    page = client.get(_path(client, several))
    assert "Noor" not in page.text
    assert several.story.status_token(several.noors) not in page.text


@on_sqlite
def test_after_two_days_the_link_brings_a_new_one_to_the_address_on_file(
    client: Visitor, several: Several, clock: TestClock
) -> None:
    path = _path(client, several)
    clock.advance(timedelta(days=2))
    assert client.get(path).status_code == 200
    clock.advance(timedelta(seconds=1))
    expired = client.get(path)
    assert (expired.status_code, heading(expired)) == (410, "This link has expired")
    assert FELLOWSHIP.title not in expired.text
    assert heading(press(client, expired, "Send me a new link")) == SENT
    (_, first), (address, second) = several.mailed()
    assert (address, first) == (MIRA.applicant_email, path)
    replaced = client.get(path)
    assert (replaced.status_code, form_labels(replaced)) == (410, ["Send me a new link"])
    assert heading(client.get(second)) == TITLE


@on_sqlite
def test_no_link_of_another_kind_opens_it(
    client: Visitor, several: Several, subtests: pytest.Subtests
) -> None:
    _path(client, several)
    story, links = several.story, several.story.house.works.tools.links
    request_id = story.application(several.newest).requests[0].id
    for purpose in set(Purpose) - {Purpose.APPLICATIONS}:
        for row_id, generation in product((several.newest, request_id), (1, 2)):
            wrong = links.mint(purpose, row_id, generation)
            with subtests.test(purpose.value), unchanged(story.house.database):
                answer = client.get(f"/applications/{wrong}")
                assert (answer.status_code, heading(answer)) == (404, "This link does not work")


@on_sqlite
def test_it_opens_nothing_else(client: Visitor, several: Several) -> None:
    token = _path(client, several).rpartition("/")[2]
    for path in ("application/{}", "application/{}/seen", "letter/{}", "letter/{}/all"):
        assert client.get(f"/{path.format(token)}").status_code == 404


@on_sqlite
def test_no_mailbox_is_flooded(app: Flask, several: Several) -> None:
    for _ in range(5):
        visitor = visitor_of(app)
        assert press(visitor, visitor.get(several.status_view), MAIL).status_code == 200
    visitor = visitor_of(app)
    page = visitor.get(several.status_view)
    with unchanged(several.story.house.database):
        refused = press(visitor, page, MAIL)
    assert (refused.status_code, heading(refused)) == (429, "Too many attempts")
