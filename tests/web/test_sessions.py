"""Once signed in: where that leads, how long it lasts, and how it ends."""

from collections.abc import Callable
from uuid import UUID

import pytest

from letters.house import House
from tests.support.people import INTERNSHIP, Story
from tests.web import scenes
from tests.web.visiting import (
    CORA,
    Visitor,
    on_sqlite,
    press,
    sign_in_link,
)

FORM = "/coordinate/sign-in"


@pytest.fixture
def coordinator(story: Story) -> UUID:
    """Cora, who runs the internship; her id."""
    return story.add_coordinator()


def _is_in(visitor: Visitor) -> bool:
    return visitor.get("/coordinate/").status_code == 200


# --- where to go then -------------------------------------------------------------------------


@pytest.mark.usefixtures("coordinator")
@pytest.mark.parametrize(
    "wanted",
    [
        f"/coordinate/programs/{INTERNSHIP.slug}",
        f"/coordinate/programs/{INTERNSHIP.slug}?search=Mira&status=draft",
    ],
)
def test_signing_in_leads_to_the_page_that_was_asked_for(
    client: Visitor, house: House, wanted: str
) -> None:
    assert client.get(wanted).location == FORM
    entered = press(client, client.get(sign_in_link(house)), "Sign in")
    assert (entered.status_code, entered.location) == (303, wanted)
    assert client.get(entered.location).status_code == 200


@on_sqlite
@pytest.mark.usefixtures("coordinator")
def test_what_was_wanted_is_forgotten_after_that(client: Visitor, house: House) -> None:
    client.get(f"/coordinate/programs/{INTERNSHIP.slug}")
    press(client, client.get(sign_in_link(house)), "Sign in")
    entered = press(client, client.get(sign_in_link(house)), "Sign in")
    assert entered.location == "/coordinate/"


@on_sqlite
@pytest.mark.usefixtures("coordinator")
@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example.com/coordinate/",
        "//evil.example.com/coordinate/",
        "/\\evil.example.com/coordinate/",
        "/coordinate\\@evil.example.com",
        "/coordinated-by-evil.example.com",
        "javascript:alert(1)",
        "/healthz",
        "",
        " //evil.example.com/coordinate",
        "\thttps://evil.example.com/coordinate/",
    ],
)
def test_signing_in_never_leads_out_of_the_dashboard(
    client: Visitor, house: House, target: str
) -> None:
    link = sign_in_link(house)
    with client.session() as session:
        session["next"] = target
    entered = press(client, client.get(link), "Sign in")
    assert (entered.status_code, entered.location) == (303, "/coordinate/")


# --- the session ------------------------------------------------------------------------------


@on_sqlite
@pytest.mark.usefixtures("coordinator")
def test_signing_out_ends_the_session(sign_in: Callable[[str], Visitor]) -> None:
    visitor = sign_in(CORA)
    answer = press(visitor, visitor.get("/coordinate/"), "Sign out")
    assert (answer.status_code, answer.location) == (303, FORM)
    with visitor.session() as session:
        assert dict(session) == {}
    assert not _is_in(visitor)


@on_sqlite
@pytest.mark.usefixtures("coordinator")
def test_the_sign_out_is_a_button_and_not_a_link(sign_in: Callable[[str], Visitor]) -> None:
    visitor = sign_in(CORA)
    assert visitor.get("/coordinate/sign-out").status_code == 405
    assert _is_in(visitor)


@on_sqlite
def test_signing_in_begins_a_session_of_its_own(
    coordinator: UUID, client: Visitor, house: House
) -> None:
    page = client.get(sign_in_link(house))
    with client.session() as session:
        session["planted"] = "by somebody who had the browser before"
        before = session["csrf_token"]
    press(client, page, "Sign in")
    with client.session() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != before
        assert session["_user_id"] == str(coordinator)


@pytest.mark.usefixtures("coordinator")
def test_the_session_of_a_coordinator_who_was_removed_ends(
    story: Story, sign_in: Callable[[str], Visitor]
) -> None:
    visitor = sign_in(CORA)
    assert _is_in(visitor)
    scenes.remove_coordinators(story.house)
    answer = visitor.get("/coordinate/")
    assert (answer.status_code, answer.location) == (303, FORM)


@on_sqlite
@pytest.mark.usefixtures("coordinator")
@pytest.mark.parametrize("remembered", ["nonsense", "", "\x00", "x" * 500])
def test_a_session_that_names_nobody_is_nobody_s(client: Visitor, remembered: str) -> None:
    client.get(FORM)
    with client.session() as session:
        session["_user_id"] = remembered
    assert not _is_in(client)
