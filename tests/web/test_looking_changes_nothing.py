"""GET and HEAD change nothing, however often and by whomever: mail scanners open links."""

import pytest
from flask import Flask

from tests.support.people import Story
from tests.support.rows import unchanged
from tests.support.thorough import rounds, share
from tests.web.everything import Scene, readable, scene_in, token_of
from tests.web.visiting import (
    heading,
    press,
    sign_in_link,
    signed_in,
    stored_files,
    visitor_of,
)

TIMES = 2


@pytest.fixture
def scene(story: Story) -> Scene:
    return scene_in(story)


@pytest.mark.parametrize("known", [False, True], ids=["a stranger", "a coordinator"])
def test_looking_changes_no_row_and_no_file(app: Flask, scene: Scene, known: bool) -> None:
    house = scene.story.house
    visitor = signed_in(app, house) if known else visitor_of(app)
    if known:
        scene.values["/coordinate/sign-in/"] = [{"token": token_of(sign_in_link(house))}]
    # Each page is looked at by both, by one of them on SQLite and by the other one on PostgreSQL.
    paths = list(share(readable(app, scene), known ^ house.database.is_sqlite, of=2))
    files = stored_files(house)
    # HEAD takes the way that GET takes.
    headed = set(share(paths, known, of=2))
    with unchanged(house.database):
        for path in paths * rounds(1, TIMES):
            for method in ("GET", "HEAD") if path in headed else ("GET",):
                answer = visitor.open(path, method=method)
                assert (path, method, answer.status_code) in {
                    (path, method, 200),
                    # A receipt of no letter, and whatever asks a stranger to sign in.
                    (path, method, 303),
                    # Declining when a letter is in; what the applicant cannot do about a referee.
                    (path, method, 409),
                    # The first page of a letter that another browser sent or opened, and the
                    # metrics, where no token opens them.
                    (path, method, 404 if path.endswith((".png", "/shown", "/metrics")) else 200),
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
