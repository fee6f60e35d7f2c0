"""A portal that calls the API; what must hold for every answer is checked on each."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Self

from flask import Flask
from pydantic import ConfigDict
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from letters.house import House
from letters.services import administering
from letters.web.api.openapi import ProblemAnswer
from tests.support.people import DUE, INTERNSHIP, OPERATOR

PROGRAM: dict[str, Any] = {
    "slug": "lakeside-fellowship",
    "title": "Lakeside Graduate Fellowship",
    "organization": "Lakeside University",
    "description": "Two years by the lake.",
    "instructions": "Tell us how they teach.",
    "due_at": "2027-04-01T23:59:00+02:00",
    "grace_hours": 24,
    "timezone": "America/Chicago",
    "min_letters": 3,
    "max_letters": 5,
    "request_policy": "automatic",
    "wished_pages": 3,
    "kept_days": 90,
    "takes_word": True,
    "notices_on_submission": True,
    "most_reminders": 3,
    "reminder_days": [10, 3],
    "waiver_wording": "I waive my right to read the letters.",
    "sender_name": "Lakeside Admissions",
    "accent": "#0b6b3a",
    "contact_email": "fellowship@lakeside.example.edu",
    "fields": [{"name": "track", "label": "Track", "choices": ["day", "night"]}],
}
APPLICATION: dict[str, Any] = {
    "program": INTERNSHIP.slug,
    "external_id": "2027-0042",
    "applicant": {"name": "Mira Lindqvist", "email": "mira@example.com"},
    "referees": [
        {
            "name": "Prof. Ada Ferreira",
            "email": "ada.ferreira@example.edu",
            "affiliation": "Example University",
            "relationship": "Taught two courses",
        },
        {"name": "Dr. Bram de Wit", "email": "b.dewit@example.org"},
    ],
    "waived": True,
    "submit": False,
}
HERE = "http://127.0.0.1:8000"
NOBODY = "01920f3a-7c00-7abc-8def-000000000000"
DUE_TEXT = DUE.isoformat().replace("+00:00", "Z")


class StrictProblem(ProblemAnswer):
    """A problem as it is described, and with nothing else in it."""

    model_config = ConfigDict(strict=True, extra="forbid")


@dataclass(frozen=True)
class Answer:
    """What came back; `json` is whatever JSON says."""

    status_code: int
    headers: Headers
    data: bytes
    text: str
    json: Any


@dataclass(frozen=True)
class Portal:
    """One client with its key (or without any)."""

    app: Flask
    key: str | None

    def with_key(self, key: str | None) -> Self:
        """Return the same portal with another key."""
        return replace(self, key=key)

    def get(self, path: str, **headers: str) -> Answer:
        """GET a path under /api/v1."""
        return self.call("GET", path, headers=headers)

    def post(self, path: str, body: object = None, once: str | None = None) -> Answer:
        """POST a body as JSON, under an idempotency key if one is given."""
        headers = {} if once is None else {"Idempotency-Key": once}
        if body is None:
            return self.call("POST", path, headers=headers)
        return self.call("POST", path, json=body, headers=headers)

    def call(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: object
    ) -> Answer:
        """Make a request and check what holds for every answer."""
        sent = dict(headers or {})
        if self.key is not None:
            sent.setdefault("Authorization", f"Bearer {self.key}")
        made: dict[str, Any] = {"base_url": HERE, "method": method, "headers": sent, **more}
        response = self.app.test_client().open(f"/api/v1{path}", **made)
        check(response)
        return Answer(
            response.status_code,
            response.headers,
            response.data,
            response.text,
            response.get_json(silent=True),
        )


def check(answer: TestResponse) -> None:
    """Check what holds for every answer of the API."""
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    if answer.status_code < 400:
        assert answer.content_type == "application/json"
        return
    assert answer.content_type == "application/problem+json"
    problem = StrictProblem.model_validate_json(answer.data)
    assert problem.status == answer.status_code
    for sentence in (problem.detail, *(error.detail for error in problem.errors)):
        assert sentence[0].isupper() or sentence[0] == "“"
        assert sentence[-1] == "."
        assert "%" not in sentence
        assert "nput should" not in sentence


def make_key(house: House, name: str, slug: str | None = None) -> str:
    """Create a key, for one program or for all."""
    with house.works.change(OPERATOR) as work:
        return administering.create_api_key(work, name, slug)


def changed(body: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """Return a copy of a body with one thing in it changed; `...` takes it out."""
    copy: Any = deepcopy(body)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    inner = copy
    for part in way:
        inner = inner[part]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    result: dict[str, Any] = copy
    return result


def referees(number: int) -> list[dict[str, str]]:
    """Return that many referees."""
    return [
        {"name": f"Prof. Number {n}", "email": f"referee{n}@example.edu"}
        for n in range(1, number + 1)
    ]
