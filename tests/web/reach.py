"""Everything an applicant's link opens: each route, each page behind it, each form on those."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from letters.ports import Purpose
from letters.web.guards import Guard, guard_of
from tests.support.markup import forms
from tests.support.thorough import share
from tests.web.visiting import Visitor, csrf_token

OPENED_BY = {
    Purpose.STATUS: "/application/<token>",
    Purpose.APPLICATIONS: "/applications/<token>",
}
"""Where the routes begin that each kind of an applicant's links opens."""

ENDS_IT = "applicant.withdraw"

_DIFFERS = (
    (re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), b"ID"),
    (re.compile(rb"(/(?:applications?|letter|notice)/)[\w.-]{30,}"), rb"\1TOKEN"),
    (re.compile(rb'(name="csrf_token"[^>]*value=")[^"]+'), rb"\1CSRF"),
    (re.compile(rb"(letters=)[^;]+"), rb"\1SESSION"),
    (re.compile(rb"(Expires=)[^;]+"), rb"\1LATER"),
    (re.compile(rb"=_[0-9a-f]{32}"), b"BOUNDARY"),
    (re.compile(rb"<thread-[0-9a-f]+@"), b"<THREAD@"),
)
"""What is made anew for each application, browser or mail, and tells nothing."""


@dataclass(frozen=True)
class Route:
    """A method of a route behind such a link, its path with a token and an id to fill in."""

    endpoint: str
    method: str
    path: str

    def to(self, token: str, request_id: UUID) -> str:
        """Return the path for one link and one request."""
        return self.path.replace("<token>", token).replace("<uuid:request_id>", str(request_id))

    @property
    def names_a_request(self) -> bool:
        """Whether a request's id is in the path."""
        return "<uuid:request_id>" in self.path


@dataclass(frozen=True)
class Seen:
    """An answer: how it was come by, and all of its bytes, headers first."""

    how: str
    endpoint: str
    status: int
    raw: bytes

    @property
    def comparable(self) -> tuple[str, int, bytes]:
        """The same without what has to differ."""
        return without_what_differs(self.how.encode()).decode(), self.status, self.bare

    @property
    def bare(self) -> bytes:
        """The bytes without what has to differ."""
        return without_what_differs(self.raw)


def without_what_differs(raw: bytes) -> bytes:
    """Return bytes without ids, links, and what a browser is known by."""
    for pattern, instead in _DIFFERS:
        raw = pattern.sub(instead, raw)
    return raw


def routes_of(app: Flask, purpose: Purpose = Purpose.STATUS) -> list[Route]:
    """Return every method of every route that such a link opens; who ends it all comes last.

    Raises AssertionError for a path of an applicant's that nobody here knows to fill in.
    """
    rules = [
        rule for rule in app.url_map.iter_rules() if guard_of(app, rule.endpoint) is Guard.LINK
    ]
    for rule in rules:
        if rule.rule.startswith("/application"):
            assert rule.arguments <= {"token", "request_id"}, rule.rule
            assert rule.rule.startswith(tuple(OPENED_BY.values())), rule.rule
    found = [
        Route(rule.endpoint, method, rule.rule)
        for rule in rules
        if rule.rule.startswith(OPENED_BY[purpose])
        for method in rule.methods or ()
    ]
    return sorted(found, key=lambda route: (route.endpoint == ENDS_IT, route.path, route.method))


class Reader(Visitor):
    """A browser whose pages are not checked: each is on other tests, and here there are many."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # noqa: ANN401 -- Werkzeug's own
        """Make a request."""
        kwargs.setdefault("base_url", self.home)
        answer = FlaskClient.open(self, *args, buffered=True, **kwargs)
        answer.request.environ["wsgi.input"].close()
        return answer


def reader_of(app: Flask) -> Reader:
    """Return a new browser, without cookies."""
    return Reader(app, app.response_class)


def walk(
    app: Flask,
    token: str,
    requests: Sequence[UUID],
    purpose: Purpose = Purpose.STATUS,
    turn: int = 0,
    of: int = 1,
) -> Iterator[Seen]:
    """Use all that a link opens: each page, each form on it, each route without a form.

    HEAD takes the way of GET, and OPTIONS none: they are used on other pages at each `turn` `of` so
    many.
    """
    visitor, routes = reader_of(app), routes_of(app, purpose)
    pages = [route for route in routes if route.method == "GET"]
    others = [route for route in routes if route.method in {"HEAD", "OPTIONS"}]
    yield from _each(visitor, [*pages, *share(others, turn, of)], token, requests)
    for route in pages:
        for path in _paths(route, token, requests):
            yield from _press_all(visitor, path)
    yield from _each(visitor, [r for r in routes if r.method == "POST"], token, requests)
    yield from _each(visitor, pages, token, requests)


def _paths(route: Route, token: str, requests: Sequence[UUID]) -> list[str]:
    if route.names_a_request:
        return [route.to(token, one) for one in requests]
    return [route.path.replace("<token>", token)]


def _each(
    visitor: Visitor, routes: Sequence[Route], token: str, requests: Sequence[UUID]
) -> Iterator[Seen]:
    csrf = csrf_token(visitor.get("/application"))
    for route in routes:
        for path in _paths(route, token, requests):
            data = {"csrf_token": csrf} if route.method == "POST" else None
            yield seen(visitor.open(path, method=route.method, data=data), route.endpoint)


def _press_all(visitor: Visitor, path: str) -> Iterator[Seen]:
    """Press every button of a page as it stands, but the one that withdraws."""
    page = visitor.get(path)
    if page.mimetype != "text/html" or page.status_code != 200:
        return
    for form in forms(page.text, path):
        for button in form.buttons:
            action = button.action or form.action
            if action.endswith("/withdraw"):
                continue
            sent = form.filled(press=button.label)
            answer = visitor.open(action, method=form.method.upper(), data=sent)
            yield seen(answer, f"form on {path}")


def seen(answer: TestResponse, endpoint: str) -> Seen:
    """Take down an answer with its headers."""
    how = f"{answer.request.method} {answer.request.path}"
    raw = str(answer.headers).encode() + answer.data
    return Seen(how, endpoint, answer.status_code, raw)


# --- mails ------------------------------------------------------------------------------------


def addressee(mail: EmailMessage) -> str:
    """Return the address that a mail goes to."""
    return str(mail["To"].addresses[0].addr_spec)


def whole(mail: EmailMessage) -> bytes:
    """Return all the headers of a mail, and what its parts say once they are decoded."""
    said = [
        f"{part.items()}\n{'' if part.is_multipart() else part.get_content()}"
        for part in mail.walk()
    ]
    return "\n".join(said).encode()
