"""How many SQL statements a page takes: as many with many applications as with one.

A row that is written is a statement, and so is the lock that is taken before it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from letters.house import House
from letters.services import applying, finding, requesting
from letters.services.applying import NewApplication
from tests.support.people import API, Story
from tests.support.statements import counted
from tests.support.thorough import rounds
from tests.web import scenes
from tests.web.visiting import (
    CORA,
    Visitor,
    attached,
    press,
    replace_upload_links,
    sign_in_link,
    signed_in,
    visitor_of,
)

MANY = rounds(60, 300)
"""More than a page of them."""

SIZES = [("sqlite", 1), ("sqlite", 3), ("sqlite", MANY), ("postgresql", 3)]

STATEMENTS = {
    # looking
    "start page": 1,
    "program page": 1,
    "upload page, asked": 1,
    "upload page, answered": 2,
    "receipt": 2,
    "decline page": 1,
    "status view": 1,
    "status view, seen": 1,
    "sign-in page": 0,
    "sign-in link": 1,
    # looking as a coordinator, whose own row is one of the statements
    "programs": 7,
    "applications": 7,
    "applications, searched": 7,
    "application": 10,
    "pictures": 8,
    # doing, with the rows that are written
    "decline": 7,
    "take back": 6,
    "send": 14,
    "replace": 12,
    "ask for a sign-in link": 4,
    "sign in": 5,
    "select one": 12,
    "look at selecting three": 6,
    "select three": 52,
    "download": 7,
    "new link": 8,
}

TOGETHER = {"decline": 6, "send": 12, "select one": 9, "select three": 43}
"""What is less on PostgreSQL, which takes all new entries of the journal in one statement."""

LIST = "/coordinate/programs/alpine-summer"
SELECT = "Select and request letters"


@dataclass(frozen=True)
class Season:
    """A program with some applications: all asked, one letter of the newest one in."""

    app: Flask
    story: Story
    newest: UUID

    @property
    def house(self) -> House:
        """The house that all of it is in."""
        return self.story.house

    def letter(self, position: int, tail: str = "") -> str:
        """Return the path of an upload page of the newest application."""
        return f"/letter/{self.story.upload_token(self.newest, position)}{tail}"

    def waiting(self) -> list[str]:
        """Take in three more applications that wait; return their ids."""
        return [str(self.story.apply()) for _ in range(3)]


@pytest.fixture
def season(size: int, app: Flask, story: Story) -> Season:
    """A season of that many applications."""
    story.add_coordinator()
    newest = _taken_in(story, scenes.people(size))[-1]
    scenes.letter_in(story, newest, 1)
    return Season(app, story, newest)


def _taken_in(story: Story, people: Sequence[NewApplication]) -> list[UUID]:
    """Take in and select many applications, some at a time; return their ids."""
    ids = []
    for begin in range(0, len(people), 20):
        with story.house.works.change(API) as work:
            program = finding.program_by_slug(work, story.slug)
            for new in people[begin : begin + 20]:
                application = applying.create(work, program, new)
                applying.submit_draft(work, application)
                ids.append(requesting.select(work, application.id).id)
    return ids


def _looked(season: Season, visitor: Visitor, paths: dict[str, str]) -> dict[str, int]:
    """Count what each page takes; the first visit, which is not counted, fills the caches."""
    found = {}
    for name, path in paths.items():
        assert visitor.get(path).status_code == 200, path
        with counted(season.house.database.engine) as statements:
            visitor.get(path)
        found[name] = len(statements)
    return found


def _looking(season: Season) -> dict[str, int]:
    paths = {
        "start page": "/",
        "program page": "/programs/alpine-summer",
        "upload page, asked": season.letter(2),
        "upload page, answered": season.letter(1),
        "receipt": season.letter(1, "/receipt"),
        "decline page": season.letter(2, "/decline"),
        "status view": f"/application/{season.story.status_token(season.newest)}",
        "status view, seen": f"/application/{season.story.status_token(season.newest)}/seen",
        "sign-in page": "/coordinate/sign-in",
        "sign-in link": sign_in_link(season.house),
    }
    return _looked(season, visitor_of(season.app), paths)


def _looking_as_coordinator(season: Season) -> dict[str, int]:
    paths = {
        "programs": "/coordinate/",
        "applications": LIST,
        "applications, searched": f"{LIST}?search=ada&state=partly",
        "application": f"/coordinate/applications/{season.newest}",
        "pictures": f"{LIST}/pictures",
    }
    return _looked(season, signed_in(season.app, season.house), paths)


Step = tuple[str, Visitor, str | TestResponse, str, dict[str, object]]


def _steps(season: Season) -> Iterator[Step]:
    """Give, one after the other, who is on which page, what they press, and what they enter."""
    anybody, cora = visitor_of(season.app), signed_in(season.app, season.house)
    asked, answered = season.letter(2), season.letter(1)
    yield "decline", anybody, f"{asked}/decline", "Decline", {"reason": "I am on leave."}
    yield "take back", anybody, asked, "I can write after all", {}
    yield "send", anybody, asked, "Send the letter", attached()
    yield "replace", anybody, answered, "Replace the letter", attached()
    ask = "Mail me the link"
    yield "ask for a sign-in link", anybody, "/coordinate/sign-in", ask, {"email": CORA}
    yield "sign in", anybody, sign_in_link(season.house), "Sign in", {}
    one, *_ = season.waiting()
    yield "select one", cora, f"/coordinate/applications/{one}", SELECT, {}
    chosen: dict[str, object] = {"application": season.waiting()}
    yield "look at selecting three", cora, LIST, SELECT, chosen
    seen = press(cora, cora.get(LIST), SELECT, chosen)
    yield "select three", cora, seen, "Do it for 3 applications", {}
    page = f"/coordinate/applications/{season.newest}"
    yield "download", cora, page, "Download the letter of Prof. Ada Ferreira", {}
    replace_upload_links(season.house)
    yield "new link", anybody, asked, "Send me a new link", {}


def _presses(steps: Iterator[Step]) -> Iterator[tuple[str, Callable[[], TestResponse]]]:
    """Open each page; give what presses the button, and nothing else."""
    for name, visitor, place, button, values in steps:
        page = visitor.get(place) if isinstance(place, str) else place
        yield name, partial(press, visitor, page, button, values)


def _doing(season: Season) -> dict[str, int]:
    found = {}
    for name, do in _presses(_steps(season)):
        with counted(season.house.database.engine) as statements:
            answer = do()
        assert answer.status_code in {200, 303}, name
        found[name] = len(statements)
    return found


@pytest.mark.parametrize(("database_url", "size"), SIZES, indirect=["database_url"])
def test_a_page_takes_as_many_statements_however_long_the_season(season: Season) -> None:
    looking = _looking(season) | _looking_as_coordinator(season)
    less = {} if season.house.database.is_sqlite else TOGETHER
    assert looking | _doing(season) == STATEMENTS | less
