"""How often links may be asked for by mail, and that only what is mailed counts."""

from collections.abc import Mapping

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from letters.house import House
from tests.support.people import MIRA, Story
from tests.support.rows import unchanged
from tests.web.visiting import (
    CORA,
    Visitor,
    content,
    heading,
    on_sqlite,
    press,
    sign_in_link,
    visitor_of,
)

pytestmark = on_sqlite

FORM = "/coordinate/sign-in"
ASK = "Mail me the link"
ME = MIRA.applicant_email


def _ask(visitor: Visitor, email: str) -> TestResponse:
    return press(visitor, visitor.get(FORM), ASK, {"email": email})


# --- every form that mails a link -------------------------------------------------------------

GOOD = {"name": MIRA.applicant_name, "email": ME}


@pytest.mark.parametrize(
    ("form", "button", "good", "bad"),
    [
        ("/programs/{slug}/apply", ASK, GOOD, {**GOOD, "name": ""}),
        ("/programs/{slug}/apply", ASK, GOOD, {**GOOD, "email": ""}),
        ("/application", "Mail me the links", {"email": ME}, {"email": ""}),
        (FORM, ASK, {"email": CORA}, {"email": "cora@"}),
    ],
)
def test_what_is_refused_takes_nothing_from_what_may_be_mailed(
    app: Flask,
    story: Story,
    form: str,
    button: str,
    good: Mapping[str, str],
    bad: Mapping[str, str],
) -> None:
    visitor = visitor_of(app)
    page = visitor.get(form.format(slug=story.slug))
    codes = [press(visitor, page, button, typed).status_code for typed in 6 * [bad] + 6 * [good]]
    assert codes == 6 * [422] + 5 * [200] + [429]


# --- signing in -------------------------------------------------------------------------------


def test_no_address_is_flooded(app: Flask, client: Visitor, story: Story) -> None:
    story.add_coordinator()
    for typed in [CORA, CORA.upper()] * 2 + [f" {CORA}"]:
        assert _ask(client, typed).status_code == 200
    with unchanged(story.house.database):
        refused = _ask(visitor_of(app), CORA)
    assert (refused.status_code, heading(refused)) == (429, "Too many attempts")
    assert 800 < int(refused.headers["Retry-After"]) <= 900
    assert "Wait 15 minutes and try again." in content(refused)
    assert _ask(client, "somebody.else@example.org").status_code == 200


def test_nobody_tries_address_after_address(client: Visitor) -> None:
    for number in range(30):
        assert _ask(client, f"somebody.{number}@example.org").status_code == 200
    assert _ask(client, "one.more@example.org").status_code == 429


def test_nobody_is_flooded_from_an_old_link(app: Flask, house: House, story: Story) -> None:
    story.add_coordinator()
    link = sign_in_link(house)
    client = visitor_of(app)
    press(client, client.get(link), "Sign in")
    answers = []
    for _ in range(6):
        visitor = visitor_of(app)
        answers.append(press(visitor, visitor.get(link), "Send me a new link").status_code)
    assert answers == [200] * 5 + [429]
