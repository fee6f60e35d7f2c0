"""Once signed in: where that leads, how long it lasts, and how it ends."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from letters.domain.sessions import KEPT, LONGEST_AWAY, NOTED_EVERY
from letters.house import House
from letters.records import SignIn
from letters.services import finding
from letters.services.signing_in import LINK_LIFETIME
from tests.services.scenes import BLINK
from tests.support.clock import TestClock
from tests.support.people import INTERNSHIP, SYSTEM, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    CORA,
    Visitor,
    content,
    csrf_token,
    heading,
    on_sqlite,
    press,
    sign_in_link,
    signed_in_by_link,
    visitor_of,
)

FORM = "/coordinate/sign-in"
ACCOUNT = "/coordinate/account"


@pytest.fixture
def coordinator(story: Story) -> UUID:
    """Cora, who runs the internship; her id."""
    return story.add_coordinator()


@pytest.fixture
def sign_in(app: Flask, house: House) -> Callable[[str], Visitor]:
    """Sign a coordinator in through a link's page; returns their browser."""
    return lambda email: signed_in_by_link(app, house, email)


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
        assert str(coordinator) not in str(dict(session))


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


# --- how long it lasts ------------------------------------------------------------------------


@pytest.mark.usefixtures("coordinator")
def test_a_session_ends_when_nobody_uses_it(
    clock: TestClock, sign_in: Callable[[str], Visitor]
) -> None:
    visitor = sign_in(CORA)
    clock.advance(LONGEST_AWAY - BLINK)
    assert _is_in(visitor)
    clock.advance(LONGEST_AWAY - BLINK)
    assert _is_in(visitor)
    clock.advance(LONGEST_AWAY)
    answer = visitor.get("/coordinate/")
    assert (answer.status_code, answer.location) == (303, FORM)


@on_sqlite
@pytest.mark.usefixtures("coordinator")
def test_a_session_ends_after_a_week_however_busy(
    clock: TestClock, sign_in: Callable[[str], Visitor]
) -> None:
    visitor = sign_in(CORA)
    for _ in range(7 * 4 - 1):
        clock.advance(timedelta(hours=6))
        assert _is_in(visitor)
    clock.advance(timedelta(hours=6))
    assert not _is_in(visitor)


@on_sqlite
@pytest.mark.usefixtures("coordinator")
def test_that_it_is_in_use_is_written_down_every_five_minutes(
    clock: TestClock, house: House, sign_in: Callable[[str], Visitor]
) -> None:
    visitor = sign_in(CORA)
    clock.advance(NOTED_EVERY - BLINK)
    with unchanged(house.database):
        assert _is_in(visitor)
    clock.advance(BLINK)
    assert _is_in(visitor)
    assert [one.seen_at for one in _rows(house)] == [clock.now()]


def _rows(house: House) -> Sequence[SignIn]:
    with house.works.look(SYSTEM) as work:
        return work.session.scalars(select(SignIn)).all()


# --- the list ---------------------------------------------------------------------------------

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def _second_browser(app: Flask, house: House) -> Visitor:
    visitor = visitor_of(app)
    visitor.environ_base["HTTP_USER_AGENT"] = FIREFOX
    press(visitor, visitor.get(sign_in_link(house)), "Sign in")
    return visitor


@pytest.mark.usefixtures("coordinator")
def test_who_is_signed_in_twice_sees_both_and_ends_one(
    app: Flask, house: House, sign_in: Callable[[str], Visitor]
) -> None:
    visitor, other = sign_in(CORA), _second_browser(app, house)
    page = visitor.get(ACCOUNT)
    assert heading(page) == "Where you are signed in"
    assert "Firefox, Linux" in content(page)
    assert "Unknown browser this one" in content(page)
    assert "a link from the operator" in content(page)
    ended = press(visitor, page, "End")
    assert (ended.status_code, ended.location) == (303, ACCOUNT)
    assert (_is_in(visitor), _is_in(other)) == (True, False)
    page = visitor.get(ACCOUNT)
    assert "Firefox" not in content(page)
    assert "End all others" not in page.text


@on_sqlite
@pytest.mark.usefixtures("coordinator")
def test_all_others_are_ended_at_once(
    app: Flask, house: House, sign_in: Callable[[str], Visitor]
) -> None:
    visitor, others = sign_in(CORA), [_second_browser(app, house) for _ in range(2)]
    link = sign_in_link(house)
    press(visitor, visitor.get(ACCOUNT), "End all others")
    assert [_is_in(one) for one in (visitor, *others)] == [True, False, False]
    assert heading(visitor_of(app).get(link)) == "This link was replaced"


@on_sqlite
@pytest.mark.usefixtures("coordinator")
def test_ending_this_session_signs_out(house: House, sign_in: Callable[[str], Visitor]) -> None:
    visitor = sign_in(CORA)
    [this_one] = [one.id for one in _rows(house)]
    data = {"csrf_token": csrf_token(visitor.get(ACCOUNT))}
    answer = visitor.post(f"{ACCOUNT}/sessions/{this_one}/end", data=data)
    assert (answer.status_code, answer.location) == (303, FORM)
    assert not _is_in(visitor)


@pytest.mark.usefixtures("coordinator")
def test_nobody_sees_or_ends_the_sessions_of_others(
    house: House, story: Story, sign_in: Callable[[str], Visitor]
) -> None:
    story.add_coordinator("noor@alpine.example.org", "Noor")
    visitor, noor = sign_in(CORA), sign_in("noor@alpine.example.org")
    [hers] = [one.id for one in _rows(house) if one.coordinator_id != _id_of(house, CORA)]
    assert str(hers) not in visitor.get(ACCOUNT).text
    data = {"csrf_token": csrf_token(visitor.get(ACCOUNT))}
    with unchanged(house.database):
        answer = visitor.post(f"{ACCOUNT}/sessions/{hers}/end", data=data)
    assert answer.status_code == 404
    press(visitor, visitor.get("/coordinate/"), "Sign out")
    assert _is_in(noor)


def _id_of(house: House, email: str) -> UUID:
    with house.works.look(SYSTEM) as work:
        return finding.coordinator_by_email(work, email).id


@on_sqlite
@pytest.mark.usefixtures("coordinator")
def test_a_stolen_cookie_opens_nothing_after_signing_out(
    app: Flask, sign_in: Callable[[str], Visitor]
) -> None:
    visitor = sign_in(CORA)
    with visitor.session() as session:
        stolen = dict(session)
    press(visitor, visitor.get("/coordinate/"), "Sign out")
    thief = visitor_of(app)
    with thief.session() as session:
        session.update(stolen)
    assert not _is_in(thief)


@on_sqlite
@pytest.mark.usefixtures("coordinator")
def test_what_nobody_looks_back_at_is_forgotten(house: House, clock: TestClock) -> None:
    sign_in_link(house)
    clock.advance(KEPT)
    sign_in_link(house)
    assert len(_rows(house)) == 2
    clock.advance(LINK_LIFETIME + BLINK)
    sign_in_link(house)
    assert len(_rows(house)) == 2
