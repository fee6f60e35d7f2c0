"""Every route says who may use it, and whoever may not gets nothing and changes nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from letters.adapters.links import SignedLinks
from letters.house import House
from letters.ports import Purpose
from letters.records import new_id
from letters.web import guards
from letters.web.guards import Guard, UnguardedRoute, guard_of
from tests.support.apps import app_on, shared_app_on
from tests.support.people import INTERNSHIP, MIRA, Story
from tests.support.rows import unchanged
from tests.support.thorough import share
from tests.web import scenes
from tests.web.everything import token_of
from tests.web.links_by_path import purpose_of
from tests.web.visiting import (
    Visitor,
    attached,
    content,
    csrf_token,
    heading,
    on_sqlite,
    replace_upload_links,
    sign_in_link,
    stored_files,
    visitor_of,
)

PUBLIC = {
    "static",
    "bootstrap.static",
    "public.home",
    "public.program",
    "colours.stylesheet",
    "logos.picture",
    "applicant.lost",
    "applicant.mail_links",
    "applying.begin",
    "applying.form",
    "signin.form",
    "signin.ask",
    "health.alive",
    "health.ready",
    "openapi.spec",
}
BEHIND_LINKS = {"token": "TOKEN", "request_id": UUID(int=1)}
"""What stands in the paths of pages behind links; a wrong link is told before a wrong referee."""


@dataclass(frozen=True)
class Call:
    """One way to use a route."""

    endpoint: str
    method: str
    path: str


def _calls(app: Flask, guard: Guard, values: Mapping[str, object]) -> Iterator[Call]:
    """Give every method of every route with this guard, its path filled in with `values`."""
    adapter = app.url_map.bind("unused.example.org")
    for rule in app.url_map.iter_rules():
        if guard_of(app, rule.endpoint) is not guard:
            continue
        path = adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            yield Call(rule.endpoint, method, path)


def _make(visitor: Visitor, call: Call, token: str) -> TestResponse:
    """Call a route as its own form would: with the form's token, and a file for an upload."""
    if call.method != "POST":
        return visitor.open(call.path, method=call.method)
    data = {"csrf_token": token}
    return visitor.post(call.path, data=data | attached(), content_type="multipart/form-data")


def _token_in(visitor: Visitor) -> str:
    """Return what all the forms in a browser carry."""
    return csrf_token(visitor.get("/coordinate/sign-in"))


# --- declaring --------------------------------------------------------------------------------


@on_sqlite
def test_every_route_declares_a_guard(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {one for one in endpoints if guard_of(app, one) is None} == set()


@on_sqlite
def test_what_is_open_to_everybody_is_a_short_list(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {one for one in endpoints if guard_of(app, one) is Guard.PUBLIC} == PUBLIC


def test_an_application_with_an_unguarded_route_does_not_start() -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/open", "open", lambda: "secrets")
    with pytest.raises(UnguardedRoute, match=r"^/open \(open\) declares no guard$"):
        guards.install(app, {})


@on_sqlite
def test_a_route_that_was_added_later_answers_nobody(house: House) -> None:
    app = app_on(house)
    app.add_url_rule("/late", "late", lambda: "secrets")
    answer = visitor_of(app).get("/late")
    assert (answer.status_code, heading(answer)) == (500, "Something went wrong on our side")


@on_sqlite
@pytest.mark.parametrize(("demo", "found"), [(False, set()), (True, {"demo"})])
def test_the_mailbox_is_there_in_the_demo_only(house: House, demo: bool, found: set[str]) -> None:
    app = shared_app_on(house, replace(house.settings, demo=demo))
    assert {name for name in app.blueprints if name == "demo"} == found
    status = {False: 404, True: 200}[demo]
    assert visitor_of(app).get("/demo/mail").status_code == status


# --- coordinators only ------------------------------------------------------------------------


def _values(story: Story, application_id: UUID) -> dict[str, object]:
    request = story.application(application_id).requests[0]
    return {
        "slug": story.slug,
        "act": "close",
        "application_id": application_id,
        "request_id": request.id,
        "coordinator_id": new_id(),
        "sign_in_id": new_id(),
        "remark_id": new_id(),
        "outbox_id": new_id(),
        "signal_id": new_id(),
        "request_act": "cancel",
        "application_act": "withdraw",
        "bulk_act": "remind",
        "mail_kind": "reminder",
        "job_id": new_id(),
    }


def test_a_stranger_is_sent_to_the_sign_in_and_gets_nothing(
    app: Flask, client: Visitor, story: Story
) -> None:
    application_id = story.apply()
    calls = list(_calls(app, Guard.COORDINATOR, _values(story, application_id)))
    assert {call.method for call in calls} == {"GET", "HEAD", "POST"}
    token = _token_in(client)
    with unchanged(story.house.database):
        for call in calls:
            answer = _make(client, call, token)
            assert (call, answer.status_code, answer.location) == (
                call,
                303,
                "/coordinate/sign-in",
            )
            assert MIRA.applicant_name not in answer.text
            assert INTERNSHIP.title not in answer.text


# --- wrong links ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Link:
    """A genuine link: what it is for, the row it opens, and its token."""

    purpose: Purpose
    row_id: UUID
    token: str
    signer: SignedLinks


def _flipped(token: str, at: int) -> str:
    return token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]


def _of_another_purpose(link: Link) -> str:
    other = [purpose for purpose in Purpose if purpose is not link.purpose][-1]
    return link.signer.mint(other, link.row_id, 1)


def _of_a_retired_key(link: Link) -> str:
    retired = SignedLinks(("a-key-that-was-taken-out-of-the-list-long-ago",), "http://127.0.0.1")
    return retired.mint(link.purpose, link.row_id, 1)


WRONG: Mapping[str, Callable[[Link], str]] = {
    "tampered with": lambda link: _flipped(link.token, 3),
    "tampered signature": lambda link: _flipped(link.token, len(link.token) - 5),
    "truncated": lambda link: link.token[:-5],
    "cut in the middle": lambda link: link.token[: len(link.token) // 2],
    "without its signature": lambda link: link.token.rpartition(".")[0],
    "with a tail": lambda link: link.token + "x",
    "for another purpose": _of_another_purpose,
    "signed with a retired key": _of_a_retired_key,
    "for a row that is not there": lambda link: link.signer.mint(link.purpose, new_id(), 1),
    "of a generation to come": lambda link: link.signer.mint(link.purpose, link.row_id, 2),
    "1 MB long": lambda _: "a" * 1_000_000,
    "full of NULs": lambda _: "%00" * 100,
    "with a NUL in it": lambda link: link.token[:20] + "%00" + link.token[20:],
    "not text": lambda _: "%ff%fe%ed%a0%80",
    "of dots": lambda _: "....",
}


def _genuine(story: Story, application_id: UUID, coordinator_id: UUID) -> dict[Purpose, Link]:
    signer = SignedLinks(story.house.settings.secret_keys, story.house.settings.base_url)
    rows = {
        Purpose.UPLOAD: story.application(application_id).requests[0].id,
        Purpose.OVERVIEW: story.application(application_id).requests[0].id,
        Purpose.NOTICE: story.application(application_id).requests[0].id,
        Purpose.STATUS: application_id,
        Purpose.APPLICATIONS: application_id,
        Purpose.SIGN_IN: signer.read(Purpose.SIGN_IN, token_of(sign_in_link(story.house))).row_id,
        Purpose.INVITATION: coordinator_id,
        Purpose.DIGEST: coordinator_id,
    }
    return {
        purpose: Link(purpose, row, signer.mint(purpose, row, 1), signer)
        for purpose, row in rows.items()
    }


MAIL_A_NEW_LINK = {"referee.again", "notice.again", "overview.again", "overview.prove"}
LOOKED_UP = {"for a row that is not there", "of a generation to come"}
"""Wrong links with a good signature: it takes the database to tell."""


@on_sqlite
def test_a_link_that_is_not_ours_opens_nothing_and_changes_nothing(
    story: Story, subtests: pytest.Subtests
) -> None:
    _open_nothing_and_change_nothing(story, WRONG.keys() - LOOKED_UP, subtests)


def test_a_link_to_nothing_opens_nothing_and_changes_nothing(
    story: Story, subtests: pytest.Subtests
) -> None:
    _open_nothing_and_change_nothing(story, LOOKED_UP, subtests)


def _open_nothing_and_change_nothing(
    story: Story, kinds: Iterable[str], subtests: pytest.Subtests
) -> None:
    """Try each kind on an application of its own, so that no limit is reached."""
    links = _genuine(story, scenes.requested(story), story.add_coordinator())
    calls = list(_calls(shared_app_on(story.house), Guard.LINK, BEHIND_LINKS))
    for turn, kind in enumerate(sorted(kinds)):
        # The signature is read before the route and its method count; rows may decide by them.
        tried = calls if kind in LOOKED_UP else share(calls, turn, of=8)
        with subtests.test(kind=kind):
            _opens_nothing_and_changes_nothing(story, tried, links, kind)


def _opens_nothing_and_changes_nothing(
    story: Story, calls: Iterable[Call], links: Mapping[Purpose, Link], kind: str
) -> None:
    client = visitor_of(shared_app_on(story.house))
    token = _token_in(client)
    with unchanged(story.house.database):
        for call in calls:
            purpose = purpose_of(call.path)
            wrong = WRONG[kind](links[purpose])
            answer = _make(client, replace(call, path=call.path.replace("TOKEN", wrong)), token)
            assert (call, answer.status_code) == (call, 404)
            if call.method != "HEAD":
                assert heading(answer) == "This link does not work"
                assert (
                    "This link is not complete or not one of ours. Copy the whole link from the "
                    "mail." in content(answer)
                )
                assert links[purpose].token not in answer.text
    assert stored_files(story.house) == []


def test_a_replaced_link_opens_nothing_and_changes_nothing(
    app: Flask, client: Visitor, story: Story
) -> None:
    genuine = _genuine(story, scenes.requested(story), story.add_coordinator())
    replace_upload_links(story.house)
    calls = [
        replace(call, path=call.path.replace("TOKEN", genuine[purpose_of(call.path)].token))
        for call in _calls(app, Guard.LINK, BEHIND_LINKS)
        if call.path.startswith(("/letter/", "/notice/")) and call.endpoint not in MAIL_A_NEW_LINK
    ]
    assert {call.method for call in calls} == {"GET", "HEAD", "POST"}
    token = _token_in(client)
    with unchanged(story.house.database):
        for call in calls:
            answer = _make(client, call, token)
            assert (call, answer.status_code) == (call, 410)
            if call.method != "HEAD":
                assert heading(answer) == "This link was replaced"
    assert stored_files(story.house) == []
