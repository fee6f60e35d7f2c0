"""What a browser keeps of us: for how long, and under which of our keys."""

from dataclasses import replace

import pytest
from flask import Flask

from letters.house import House
from tests.support.apps import shared_app_on
from tests.support.people import Story
from tests.web.visiting import on_sqlite, press, signed_in_by_link, visitor_of

pytestmark = on_sqlite
NEW_KEY = "a newer key, of more than 32 characters"


def test_who_asks_for_a_link_can_close_the_browser_before_it_comes(app: Flask) -> None:
    visitor = visitor_of(app)
    answer = press(
        visitor,
        visitor.get("/coordinate/sign-in"),
        "Mail me the link",
        {"email": "cora@alpine.example.org"},
    )
    assert "; Expires=" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("older_key_is_left", [True, False])
def test_a_newer_key_signs_nobody_out_while_the_older_one_is_left(
    app: Flask, house: House, story: Story, older_key_is_left: bool
) -> None:
    story.add_coordinator()
    cora = signed_in_by_link(app, house)
    keys = (NEW_KEY, *(house.settings.secret_keys if older_key_is_left else ()))
    cora.application = shared_app_on(house, replace(house.settings, secret_keys=keys))
    answer = cora.get("/coordinate/")
    assert answer.status_code == (200 if older_key_is_left else 303)
