"""The headers of every answer, and the cookie of the session."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from letters.house import House
from letters.settings import Settings
from letters.web import health
from tests.support.apps import shared_app_on
from tests.support.clock import TestClock
from tests.support.houses import house_on, settings_for
from tests.support.markup import elements, parse
from tests.support.people import START, Story, tell
from tests.web import scenes
from tests.web.visiting import Visitor, on_sqlite, press, signed_in_by_link, visitor_of

pytestmark = on_sqlite

SECURE = "https://letters.example.org"
EVERYWHERE = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
OPEN = {"Referrer-Policy": "same-origin"}
PERSONAL = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}
YEAR = {"Strict-Transport-Security": "max-age=31536000"}


@pytest.fixture
def secure_house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A house that is reached over TLS."""
    settings: Settings = settings_for(database_url, tmp_path, SECURE)
    with house_on(settings, TestClock(START)) as built:
        yield built


def _headers(visitor: Visitor, path: str) -> dict[str, str]:
    """Return the headers of a page that are the same on each visit."""
    return {
        name: value
        for name, value in visitor.get(path).headers
        if name not in {"Content-Type", "Content-Length", "Set-Cookie", "Vary"}
    }


@pytest.mark.parametrize("path", ["/", "/programs/alpine-summer", "/nothing"])
@pytest.mark.usefixtures("story")
def test_a_page_for_everybody(client: Visitor, path: str) -> None:
    assert _headers(client, path) == EVERYWHERE | OPEN


@pytest.mark.parametrize(
    "path",
    [
        "/letter/x",
        "/application",
        "/programs/alpine-summer/apply",
        "/application/x",
        "/application/x/draft",
        "/application/x/review",
        "/coordinate/sign-in",
        "/coordinate/sign-in/x",
        "/coordinate/x",
    ],
)
def test_a_page_behind_a_link_or_about_a_person(client: Visitor, path: str) -> None:
    assert _headers(client, path) == EVERYWHERE | PERSONAL


def test_the_page_behind_a_live_link(client: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    for path in (
        f"/letter/{story.upload_token(asked)}",
        f"/letter/{story.upload_token(asked)}/decline",
        f"/application/{story.status_token(asked)}",
    ):
        assert _headers(client, path) == EVERYWHERE | PERSONAL


def test_pages_are_not_kept_by_name_of_the_session(client: Visitor, story: Story) -> None:
    page = client.get(f"/letter/{story.upload_token(scenes.requested(story))}")
    assert page.headers["Vary"] == "Cookie"


# --- the cookie -------------------------------------------------------------------------------


def _cookie(visitor: Visitor) -> dict[str, str]:
    """Return name and attributes of the one cookie that a sign-in form sets, without its value."""
    [cookie] = visitor.get("/coordinate/sign-in").headers.getlist("Set-Cookie")
    first, *attributes = cookie.split("; ")
    pairs = [attribute.partition("=") for attribute in attributes]
    return {"name": first.partition("=")[0]} | {name: value for name, _, value in pairs}


def test_on_this_machine_the_cookie_is_kept_from_scripts_and_other_sites(client: Visitor) -> None:
    assert _cookie(client) == {"name": "letters", "HttpOnly": "", "Path": "/", "SameSite": "Lax"}


def test_over_tls_the_cookie_is_secure_and_the_browser_is_told_to_stay_there(
    secure_house: House,
) -> None:
    visitor = visitor_of(shared_app_on(secure_house))
    assert _cookie(visitor) == {
        "name": "letters",
        "Secure": "",
        "HttpOnly": "",
        "Path": "/",
        "SameSite": "Lax",
    }
    assert _headers(visitor, "/") == EVERYWHERE | OPEN | YEAR


def test_behind_a_proxy_that_ends_tls_it_is_the_same(secure_house: House) -> None:
    visitor = visitor_of(shared_app_on(secure_house))
    answer = visitor.get("/coordinate/sign-in", base_url="http://letters.example.org")
    assert (answer.status_code, answer.headers["Strict-Transport-Security"]) == (
        200,
        "max-age=31536000",
    )
    assert "; Secure;" in answer.headers["Set-Cookie"]


def test_over_tls_a_letter_is_sent_and_a_coordinator_signs_in(secure_house: House) -> None:
    story = tell(secure_house)
    app = shared_app_on(secure_house)
    visitor = visitor_of(app)
    page = visitor.get(f"/letter/{story.upload_token(scenes.requested(story))}/decline")
    assert press(visitor, page, "Decline").status_code == 303
    story.add_coordinator()
    assert signed_in_by_link(app, secure_house).get("/coordinate/").status_code == 200


def test_the_cookie_of_a_sign_in_lasts_a_week(story: Story, app: Flask) -> None:
    story.add_coordinator()
    visitor = signed_in_by_link(app, story.house)
    assert app.permanent_session_lifetime.total_seconds() == 7 * 24 * 3600
    with visitor.session() as session:
        assert session.permanent is True


def test_a_page_without_a_form_sets_no_cookie(client: Visitor, story: Story) -> None:
    for path in ("/", f"/programs/{story.slug}", "/nothing", "/healthz"):
        assert client.get(path).headers.getlist("Set-Cookie") == []


# --- what is around ---------------------------------------------------------------------------


def test_every_file_that_a_page_names_is_served_from_here(client: Visitor) -> None:
    root, _ = parse(client.get("/").text)
    named = [e.attrib["href"] for e in elements(root, "link")]
    named += [e.attrib["src"] for e in elements(root, "script", "img")]
    assert [one for one in named if not one.startswith("/")] == []
    assert [client.get(one).status_code for one in named] == [200] * len(named)


def test_ready_means_that_the_database_answers(
    client: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/readyz").get_json() == {"status": "ok"}

    def gone(_statement: str) -> None:
        raise OperationalError("SELECT 1", None, OSError("gone"))

    monkeypatch.setattr(health, "text", gone)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (
        503,
        {"status": "the database does not answer"},
    )
    assert client.get("/healthz").status_code == 200


def test_a_key_that_was_replaced_still_ends_no_session(house: House, story: Story) -> None:
    story.add_coordinator()
    newer = replace(
        house.settings,
        secret_keys=("a-newer-key-of-more-than-32-characters", *house.settings.secret_keys),
    )
    before = shared_app_on(house)
    visitor = signed_in_by_link(before, house)
    [cookie] = [visitor.get_cookie("letters", "127.0.0.1")]
    after = visitor_of(shared_app_on(house, newer))
    assert cookie is not None
    after.set_cookie("letters", cookie.value, domain="127.0.0.1")
    assert after.get("/coordinate/").status_code == 200
