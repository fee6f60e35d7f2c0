"""Links in other hands: what opens one thing opens nothing else, and nobody else's."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from uuid import UUID

import pytest
from flask import Flask

from letters.adapters.mailer import read_folder
from letters.house import House
from letters.ports import Purpose
from letters.services.applying import NewApplication
from tests.support.apps import shared_app_on
from tests.support.clock import TestClock
from tests.support.mailbags import send_every_kind
from tests.support.markup import forms
from tests.support.people import REFEREES, Story
from tests.support.rows import unchanged
from tests.support.thorough import share
from tests.web import scenes
from tests.web.reach import (
    OPENED_BY,
    Reader,
    Seen,
    addressee,
    reader_of,
    routes_of,
    seen,
    whole,
)
from tests.web.visiting import (
    csrf_token,
    on_sqlite,
    path_of,
)

# --- another link -----------------------------------------------------------------------------


@on_sqlite
def test_a_link_for_something_else_opens_no_status_page(
    house: House, story: Story, subtests: pytest.Subtests
) -> None:
    application_id = scenes.requested(story)
    request = story.application(application_id).requests[0]
    rows = {application_id, request.id, story.add_coordinator()}
    app, links = shared_app_on(house), house.works.tools.links
    visitor = reader_of(app)
    csrf = csrf_token(visitor.get("/application"))
    wrong = [one for one in product(OPENED_BY, Purpose, rows) if one[0] is not one[1]]
    for turn, (right, purpose, row) in enumerate(wrong):
        routes = [route for route in routes_of(app, right) if route.method != "OPTIONS"]
        shared_app_on(house)  # No wrong link was counted so far.
        with subtests.test(purpose=purpose, opens=right), unchanged(house.database):
            # What a link is for is read before the route and its method count.
            for route in share(routes, turn, of=4):
                path = route.to(links.mint(purpose, row, 1), request.id)
                answer = visitor.open(path, method=route.method, data={"csrf_token": csrf})
                assert (route, answer.status_code) == (route, 404)


# --- another applicant ------------------------------------------------------------------------


REACHED: dict[str, Callable[[Story, NewApplication], UUID]] = {
    "asked": scenes.requested,
    "waiting": lambda story, new: story.apply(new),
}


@on_sqlite
def test_another_applicants_link_reaches_no_request_of_this_one(
    house: House, story: Story, subtests: pytest.Subtests
) -> None:
    people = iter(scenes.people(2 * len(REACHED)))
    for state, reach in REACHED.items():
        mine, other = reach(story, next(people)), reach(story, next(people))
        with subtests.test(state):
            assert _knocks(house, story, story.status_token(mine), story.status_token(other)) > 0


def _knocks(house: House, story: Story, mine: str, other: str) -> int:
    """Use every route and form of one application with the other's link; return how often."""
    app = shared_app_on(house)
    visitor, knocks = reader_of(app), 0
    application_id = house.works.tools.links.read(Purpose.STATUS, mine).row_id
    ids = [one.id for one in story.application(application_id).requests]
    csrf = csrf_token(visitor.get("/application"))
    for route in routes_of(app):
        if route.names_a_request and route.method != "OPTIONS":
            with unchanged(house.database):
                path = route.to(other, ids[0])
                answer = visitor.open(path, method=route.method, data={"csrf_token": csrf})
                assert (path, answer.status_code) == (path, 404)
            knocks += 1
        if route.method == "GET":
            page = visitor.get(route.to(mine, ids[0]))
            knocks += _forms_that_name(visitor, house, page.text, set(map(str, ids)), (mine, other))
    return knocks


def _forms_that_name(
    visitor: Reader, house: House, page: str, ids: set[str], links: tuple[str, str]
) -> int:
    mine, other = links
    named = 0
    for form in forms(page, f"/application/{mine}"):
        values = {value for field in form.fields.values() for value in field}
        if not values & ids:
            continue
        for button in form.buttons:
            action = (button.action or form.action).replace(mine, other)
            with unchanged(house.database):
                answer = visitor.post(action, data=form.filled(press=button.label))
            assert (action, answer.status_code) == (action, 404)
            named += 1
    return named


# --- another referee --------------------------------------------------------------------------


@on_sqlite
def test_no_referee_is_shown_the_address_of_another(
    house: House, story: Story, clock: TestClock
) -> None:
    send_every_kind(story, clock)
    addresses = {one.email for one in REFEREES}
    mails = read_folder(house.mail_folder)
    app, opened = shared_app_on(house), 0
    for address in sorted(addresses):
        own = [whole(mail) for mail in mails if addressee(mail) == address]
        others = [one.encode() for one in addresses - {address}]
        assert [raw for raw in own if any(one in raw for one in others)] == []
        for answer in _opened(app, story, own):
            assert [one for one in others if one in answer.raw] == [], answer.how
            opened += 1
    assert opened > 20


def _opened(app: Flask, story: Story, mails: Iterable[bytes]) -> Iterator[Seen]:
    """Open every link of somebody's mails, and every page that is reached from there by a link."""
    visitor, base = reader_of(app), story.house.settings.base_url
    mailed = {path_of(link) for mail in mails for link in _links_in(mail.decode(), base)}
    onward = set()
    for path in sorted(mailed):
        first = visitor.get(path)
        yield seen(first, "mailed")
        onward |= set(_links_in(first.text, ""))
    for path in sorted(onward - mailed):
        yield seen(visitor.get(path), "linked")


def _links_in(text: str, base: str) -> list[str]:
    """Return the addresses of pages for referees in a text."""
    found = re.findall(rf"{re.escape(base)}/(?:letter|notice)/[\w./-]+", text)
    return sorted(set(found))
