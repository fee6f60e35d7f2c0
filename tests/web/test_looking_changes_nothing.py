"""GET and HEAD change nothing, however often and by whomever: mail scanners open links."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from letters.domain.journal import MessageKind
from letters.ports import Purpose
from letters.web.guards import Guard, guard_of
from tests.services import acts
from tests.services import scenes as service_scenes
from tests.support.people import REFEREES, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    heading,
    press,
    sign_in_link,
    signed_in,
    stored_files,
    visitor_of,
)

TIMES = 3


@dataclass(frozen=True)
class Scene:
    """A season with something in every state, and a live link to each page."""

    story: Story
    values: dict[str, list[dict[str, object]]]


@pytest.fixture
def scene(story: Story) -> Scene:
    """One application that is asked, declined and answered at once, and one that waits."""
    story.add_coordinator()
    new = scenes.people(1)[0]
    asked = scenes.requested(story, scenes.with_referees(new, REFEREES))
    waiting = story.apply()
    draft = acts.begin_draft(story)
    scenes.letter_in(story, asked, 1)
    scenes.decline(story, asked, 2)
    tokens = {
        Purpose.UPLOAD: [story.upload_token(asked, position) for position in (1, 2, 3)],
        Purpose.NOTICE: [story.notice_token(x, n) for x in (asked, waiting) for n in (1, 2)],
        Purpose.STATUS: [story.status_token(one) for one in (asked, waiting, draft)],
        Purpose.APPLICATIONS: [_list_token(story)],
        Purpose.SIGN_IN: [_token(sign_in_link(story.house))],
    }
    request_ids = [r.id for r in story.application(asked).requests]
    return Scene(
        story,
        {
            "/letter/": [{"token": token} for token in tokens[Purpose.UPLOAD]],
            "/notice/": [{"token": token} for token in tokens[Purpose.NOTICE]],
            "/application/": [{"token": token} for token in tokens[Purpose.STATUS]],
            "/application/<token>/referees/<uuid:request_id>/": [
                {"token": tokens[Purpose.STATUS][0], "request_id": x} for x in request_ids
            ],
            "/applications/": [{"token": token} for token in tokens[Purpose.APPLICATIONS]],
            "/coordinate/sign-in/": [{"token": token} for token in tokens[Purpose.SIGN_IN]],
            "/coordinate/applications/": [{"application_id": x} for x in (asked, waiting)],
            "/coordinate/requests/": [{"request_id": x} for x in request_ids],
            "/programs/": [{"slug": story.slug}],
            "/coordinate/programs/": [{"slug": story.slug}],
            "/static/": [{"filename": "letters.css"}],
            "/bootstrap/static/": [{"filename": "css/bootstrap.min.css"}],
        },
    )


def _list_token(story: Story) -> str:
    """Have the link to all applications of Mira mailed; return its token."""
    acts.lose_status_link(story)
    row = service_scenes.mail(story.house, MessageKind.STATUS_LINKS)
    assert row.application_id is not None
    links = story.house.works.tools.links
    return links.mint(Purpose.APPLICATIONS, row.application_id, 2)


def _token(path: str) -> str:
    return path.rpartition("/")[2]


def _readable(app: Flask, scene: Scene) -> Iterator[str]:
    """Give the path of every route that can be looked at, the API's apart."""
    adapter = app.url_map.bind("unused.example.org")
    for rule in app.url_map.iter_rules():
        if guard_of(app, rule.endpoint) is Guard.API_KEY or "GET" not in (rule.methods or ()):
            continue
        fitting = [v for start, v in scene.values.items() if rule.rule.startswith(start)]
        choices: list[dict[str, Any]] = fitting[-1] if rule.arguments else [{}]
        for values in choices:
            yield adapter.build(rule.endpoint, values)


@pytest.mark.parametrize("known", [False, True], ids=["a stranger", "a coordinator"])
def test_looking_changes_no_row_and_no_file(app: Flask, scene: Scene, known: bool) -> None:
    house = scene.story.house
    visitor = signed_in(app, house) if known else visitor_of(app)
    if known:
        scene.values["/coordinate/sign-in/"] = [{"token": _token(sign_in_link(house))}]
    paths = list(_readable(app, scene))
    files = stored_files(house)
    with unchanged(house.database):
        for path in paths * TIMES:
            for method in ("GET", "HEAD"):
                answer = visitor.open(path, method=method)
                assert (path, method, answer.status_code) in {
                    (path, method, 200),
                    # A receipt of no letter, and whatever asks a stranger to sign in.
                    (path, method, 303),
                    # Declining when a letter is in; what the applicant cannot do about a referee.
                    (path, method, 409),
                    # The first page of a letter that another browser sent.
                    (path, method, 404 if path.endswith(".png") else 200),
                }
    assert stored_files(house) == files


def test_a_sign_in_link_that_was_looked_at_still_signs_in(app: Flask, scene: Scene) -> None:
    path = f"/coordinate/sign-in/{scene.values['/coordinate/sign-in/'][0]['token']}"
    scanner = visitor_of(app)
    for _ in range(TIMES):
        assert heading(scanner.get(path)) == "Welcome back, Cora"
    visitor = visitor_of(app)
    entered = press(visitor, visitor.get(path), "Sign in")
    assert (entered.status_code, entered.location) == (303, "/coordinate/")


def test_head_gives_the_headers_of_get_and_no_body(app: Flask, scene: Scene) -> None:
    path = f"/letter/{scene.values['/letter/'][0]['token']}"
    got, headed = visitor_of(app).get(path), visitor_of(app).head(path)
    assert (headed.status_code, headed.data) == (200, b"")
    assert [name for name, _ in headed.headers] == [name for name, _ in got.headers]
