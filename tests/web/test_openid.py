"""Signing in at an organization's provider: who is let in, and what can go wrong on the way."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from letters.domain.roles import Role
from letters.house import House
from letters.records import Coordinator
from letters.services import inviting
from letters.services.people import Invitee, invite, locked
from tests.support.apps import app_on, shared_app_on
from tests.support.people import INTERNSHIP, SYSTEM, Story
from tests.support.provider import CORA as CORA_CLAIMS
from tests.support.provider import NAME, Provider, running_provider
from tests.support.rows import unchanged
from tests.support.server import free_port
from tests.web.visiting import (
    CORA,
    Visitor,
    content,
    csrf_token,
    form_labels,
    heading,
    lead,
    links_of,
    on_sqlite,
    path_of,
    press,
    sign_in_link,
    visitor_of,
)

FORM = "/coordinate/sign-in"
THERE = f"{FORM}/openid"
BACK = f"{THERE}/back"
BUTTON = f"Sign in with {NAME}"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """A provider that knows Cora."""
    with running_provider() as running:
        yield running


@pytest.fixture
def app(house: House, provider: Provider) -> Flask:
    """The application of an organization with a provider."""
    return _app(house, provider)


def _app(house: House, provider: Provider, *, mailed_links: bool = True) -> Flask:
    settings = replace(house.settings, openid=provider.settings, mailed_links=mailed_links)
    return shared_app_on(replace(house, settings=settings))


@pytest.fixture
def cora(story: Story) -> UUID:
    """The id of Cora, who runs the internship."""
    return story.add_coordinator()


def _asked(visitor: Visitor) -> str:
    """Press the button; return where it leads."""
    page = visitor.get(FORM)
    answer = visitor.get(links_of(page)[BUTTON])
    assert answer.status_code == 302, answer.text
    return answer.location


def _come_back(visitor: Visitor, provider: Provider, subject: str = "cora") -> TestResponse:
    return visitor.get(path_of(provider.agree(_asked(visitor), subject)))


def _is_in(visitor: Visitor) -> bool:
    return visitor.get("/coordinate/").status_code == 200


def _row(house: House, coordinator_id: UUID) -> Coordinator:
    with house.works.look(SYSTEM) as work:
        return work.session.get_one(Coordinator, coordinator_id)


# --- who is let in ----------------------------------------------------------------------------


def test_a_coordinator_signs_in_and_comes_to_the_page_they_wanted(
    client: Visitor, house: House, provider: Provider, cora: UUID
) -> None:
    wanted = f"/coordinate/programs/{INTERNSHIP.slug}"
    assert client.get(wanted).location == FORM
    entered = _come_back(client, provider)
    assert (entered.status_code, entered.location) == (303, wanted)
    assert client.get(wanted).status_code == 200
    row = _row(house, cora)
    assert (row.openid_issuer, row.openid_subject) == (provider.issuer, "cora")
    assert "by your organization's sign-in" in content(client.get("/coordinate/account"))


@on_sqlite
@pytest.mark.usefixtures("cora")
def test_what_is_asked_of_the_provider_is_what_the_standard_says(
    client: Visitor, house: House, provider: Provider
) -> None:
    asked = urlsplit(_asked(client))
    assert f"{asked.scheme}://{asked.netloc}" == provider.issuer
    said = parse_qs(asked.query)
    assert said["redirect_uri"] == [house.settings.base_url + BACK]
    assert (said["response_type"], said["client_id"]) == (["code"], ["letters"])
    assert set(said["scope"][0].split()) == {"openid", "email"}
    assert said["code_challenge_method"] == ["S256"]
    assert all(len(said[name][0]) >= 20 for name in ("state", "nonce", "code_challenge"))
    assert "secret-of-letters" not in asked.query


def test_the_account_counts_more_than_the_address_from_then_on(
    app: Flask, house: House, provider: Provider, cora: UUID
) -> None:
    provider.knows("married", CORA_CLAIMS)
    assert _come_back(visitor_of(app), provider, "married").status_code == 303
    provider.knows("married", {"email": "cora.new@alpine.example.org", "email_verified": False})
    visitor = visitor_of(app)
    assert _come_back(visitor, provider, "married").status_code == 303
    assert _is_in(visitor)
    assert _row(house, cora).email == CORA


def test_another_account_with_the_same_address_is_refused(
    app: Flask, provider: Provider, house: House, cora: UUID
) -> None:
    _come_back(visitor_of(app), provider)
    provider.knows("somebody-else", CORA_CLAIMS)
    visitor = visitor_of(app)
    with unchanged(house.database):
        refused = _come_back(visitor, provider, "somebody-else")
    assert (refused.status_code, heading(refused)) == (403, "You could not be signed in")
    assert f"Somebody signed in as {CORA} by another account before." in lead(refused)
    assert links_of(refused)["Back to the sign-in"] == FORM
    assert not _is_in(visitor)
    assert _row(house, cora).openid_subject == "cora"


@pytest.mark.usefixtures("cora")
def test_who_does_not_work_here_is_told_whom_to_ask(
    client: Visitor, house: House, provider: Provider
) -> None:
    provider.knows("stranger", {"email": "stranger@example.org", "email_verified": True})
    with unchanged(house.database):
        refused = _come_back(client, provider, "stranger")
    assert refused.status_code == 403
    assert lead(refused) == (
        "Nobody works here by the address stranger@example.org. Ask a manager of your program to "
        "invite this address, then sign in again."
    )
    assert not _is_in(client)


@on_sqlite
@pytest.mark.usefixtures("cora")
@pytest.mark.parametrize("verified", [False, None, "true", 1, "yes"])
def test_an_address_that_is_not_confirmed_lets_nobody_in(
    client: Visitor, house: House, provider: Provider, verified: str | int | None
) -> None:
    said: dict[str, str | int] = {"email": CORA}
    if verified is not None:
        said["email_verified"] = verified
    provider.knows("unproved", said)
    with unchanged(house.database):
        refused = _come_back(client, provider, "unproved")
    assert refused.status_code == 403
    assert "does not confirm your e-mail address" in lead(refused)
    assert not _is_in(client)


@on_sqlite
@pytest.mark.usefixtures("cora")
def test_without_an_address_nobody_is_let_in(
    client: Visitor, house: House, provider: Provider
) -> None:
    provider.knows("nameless", {})
    with unchanged(house.database):
        assert _come_back(client, provider, "nameless").status_code == 403


# --- what can go wrong on the way -------------------------------------------------------------


def _is_refused(answer: TestResponse) -> None:
    assert (answer.status_code, heading(answer)) == (400, "You are not signed in")
    assert lead(answer) == f"Signing in with {NAME} was not finished. Try once more from the start."


@on_sqlite
@pytest.mark.usefixtures("cora")
def test_who_cancels_there_is_not_signed_in(
    client: Visitor, house: House, provider: Provider
) -> None:
    with unchanged(house.database):
        _is_refused(client.get(path_of(provider.deny(_asked(client)))))
    assert not _is_in(client)


@on_sqlite
@pytest.mark.usefixtures("cora")
def test_the_way_back_opens_in_the_same_browser_once(
    app: Flask, client: Visitor, house: House, provider: Provider
) -> None:
    back = path_of(provider.agree(_asked(client), "cora"))
    stranger = visitor_of(app)
    with unchanged(house.database):
        _is_refused(stranger.get(back))
    assert client.get(back).status_code == 303
    with unchanged(house.database):
        _is_refused(client.get(back))


@on_sqlite
@pytest.mark.usefixtures("cora")
@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=x", "?code=%00&state=%ff"]
)
def test_a_way_back_that_was_made_up_leads_nowhere(
    client: Visitor, house: House, query: str
) -> None:
    client.get(FORM)
    with unchanged(house.database):
        _is_refused(client.get(BACK + query))


@on_sqlite
@pytest.mark.usefixtures("cora")
@pytest.mark.parametrize("changed", ["nonce", "code"])
def test_an_answer_to_another_question_is_refused(
    client: Visitor, house: House, provider: Provider, changed: str
) -> None:
    back = path_of(provider.agree(_asked(client), "cora"))
    if changed == "nonce":
        with client.session() as session:
            [key] = [name for name in session if name.startswith("_state_openid_")]
            kept = session[key]
            session[key] = {**kept, "data": {**kept["data"], "nonce": "another"}}
    else:
        back = back.replace("code=", "code=another")
    with unchanged(house.database):
        _is_refused(client.get(back))
    assert not _is_in(client)


@on_sqlite
@pytest.mark.usefixtures("cora")
def test_a_provider_that_says_it_is_another_is_refused(house: House, provider: Provider) -> None:
    settings = replace(provider.settings, issuer=provider.issuer.replace("localhost", "127.0.0.1"))
    one = app_on(replace(house, settings=replace(house.settings, openid=settings)))
    # The provider takes its name from the Host it is asked by: ask by one, come back by another.
    visitor = visitor_of(one)
    back = path_of(provider.agree(_asked(visitor), "cora"))
    other = replace(settings, issuer="http://localhost:1")
    one.extensions["letters"] = replace(house, settings=replace(house.settings, openid=other))
    with unchanged(house.database):
        _is_refused(visitor.get(back))


@on_sqlite
@pytest.mark.usefixtures("cora")
def test_a_provider_that_is_down_is_said_to_be_so(house: House, provider: Provider) -> None:
    nowhere = replace(provider.settings, issuer=f"http://localhost:{free_port()}")
    app = app_on(replace(house, settings=replace(house.settings, openid=nowhere)))
    visitor = visitor_of(app)
    answer = visitor.get(links_of(visitor.get(FORM))[BUTTON])
    assert (answer.status_code, heading(answer)) == (503, "You are not signed in")
    assert lead(answer) == f"{NAME} does not answer now. Try again in a few minutes."
    assert form_labels(visitor.get(FORM)) == ["Mail me the link"]


@on_sqlite
@pytest.mark.usefixtures("cora")
def test_a_provider_that_goes_down_in_between_is_said_to_be_so(house: House) -> None:
    with running_provider() as provider:
        visitor = visitor_of(_app(house, provider))
        back = path_of(provider.agree(_asked(visitor), "cora"))
    with unchanged(house.database):
        answer = visitor.get(back)
    assert answer.status_code == 503
    assert not _is_in(visitor)


@on_sqlite
@pytest.mark.usefixtures("cora")
def test_guessing_comes_to_an_end(client: Visitor) -> None:
    answers = [client.get(f"{BACK}?code=x&state={n}").status_code for n in range(31)]
    assert answers == [400] * 30 + [429]


# --- mailed links -----------------------------------------------------------------------------


@on_sqlite
@pytest.mark.usefixtures("cora")
def test_beside_the_provider_links_can_be_mailed(client: Visitor, house: House) -> None:
    page = client.get(FORM)
    assert BUTTON in links_of(page)
    assert form_labels(page) == ["Mail me the link"]
    assert press(client, client.get(sign_in_link(house)), "Sign in").status_code == 303


@pytest.mark.usefixtures("cora")
def test_with_mailed_links_off_the_provider_is_the_only_way(
    house: House, provider: Provider
) -> None:
    visitor = visitor_of(_app(house, provider, mailed_links=False))
    page = visitor.get(FORM)
    assert (BUTTON in links_of(page), form_labels(page)) == (True, [])
    link = sign_in_link(house)
    data = {"csrf_token": csrf_token(visitor.get(link)), "email": CORA}
    with unchanged(house.database):
        for path in (FORM, f"{link}/again"):
            refused = visitor.post(path, data=data)
            assert (refused.status_code, heading(refused)) == (409, "No links are mailed here")
            assert lead(refused) == f"No links are mailed here. Sign in with {NAME}."
    assert press(visitor, visitor.get(link), "Sign in").status_code == 303


def test_who_is_invited_then_accepts_by_signing_in_there(
    house: House, story: Story, provider: Provider, cora: UUID
) -> None:
    with house.works.change(SYSTEM) as work:
        me = work.session.get_one(Coordinator, cora)
        me.joined_at = work.now
        program = locked(work, me, story.slug)
        iris = invite(work, program, Invitee("Iris", "iris@example.org", Role.READER.value))
        iris_id = iris.id
    with house.works.look(SYSTEM) as work:
        url = inviting.invitation_url(work, work.session.get_one(Coordinator, iris_id))
    visitor = visitor_of(_app(house, provider, mailed_links=False))
    page = visitor.get(path_of(url))
    assert (heading(page), form_labels(page)) == ("Welcome, Iris", [])
    assert f"Use the account with {NAME} that has the address iris@example.org." in content(page)
    with unchanged(house.database):
        data = {"csrf_token": _token(visitor)}
        assert visitor.post(path_of(url), data=data).status_code == 409
    provider.knows("iris", {"email": "Iris@Example.org", "email_verified": True})
    assert _come_back(visitor, provider, "iris").status_code == 303
    row = _row(house, iris_id)
    assert (row.joined_at is not None, row.invited_until) == (True, None)


def _token(visitor: Visitor) -> str:
    with visitor.session() as session:
        session["planted"] = "x"
    return csrf_token(visitor.get("/application"))


@on_sqlite
def test_without_a_provider_there_are_no_such_pages(house: House, story: Story) -> None:
    story.add_coordinator()
    visitor = visitor_of(shared_app_on(house))
    assert BUTTON not in links_of(visitor.get(FORM))
    assert [visitor.get(path).status_code for path in (THERE, BACK)] == [404, 404]
