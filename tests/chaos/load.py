"""Portals and referees who keep on sending, and send again until it is done."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import TypeVar
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from letters.house import House
from letters.ports import Purpose
from tests.chaos.sending import Referee
from tests.support.pdfs import letter_pdf
from tests.web.api.portal import APPLICATION, Answer, Portal, make_key, referees
from tests.web.visiting import csrf_token

A = TypeVar("A", Answer, TestResponse)

OK, CREATED, SEE_OTHER, UNAVAILABLE = 200, 201, 303, 503
CLIENTS = 3
A_MOMENT = 0.02
LONGEST_WAIT = 30.0


@dataclass
class Load:
    """Portals and referees that try again until it is done, and remember what was acknowledged."""

    app: Flask
    house: House
    over: bool = False
    goal: int = 2 * CLIENTS
    answers: Counter[int] = field(default_factory=Counter)
    applications: list[str] = field(default_factory=list)
    letters: list[bytes] = field(default_factory=list)

    def keep_on(self, who: str) -> None:
        """Take in one application after the other, and a letter for every second one."""
        portal = Portal(self.app, make_key(self.house, who))
        for number in count(1):
            if self.over:
                return
            name = f"{who}-{number}"
            made = self._insist(partial(_take_in, portal, name), CREATED)
            self.applications.append(name)
            if number % 2:
                self._send_letter(UUID(made.json["requests"][0]["id"]), letter_pdf((name,)))

    def has_refused(self, times: int) -> bool:
        """Say whether so many were asked to come again."""
        return self.answers[UNAVAILABLE] >= times

    def _send_letter(self, request_id: UUID, content: bytes) -> None:
        home = self.house.settings.base_url
        token = self.house.works.tools.links.mint(Purpose.UPLOAD, request_id, 1)
        client = FlaskClient(self.app, self.app.response_class)
        page = self._insist(partial(client.get, f"/letter/{token}", base_url=home), OK)
        sender = Referee(client, csrf_token(page), home)
        self._insist(partial(sender.answer, token, content), SEE_OTHER)
        self.letters.append(content)

    def _insist(self, call: Callable[[], A], wanted: int) -> A:
        deadline = time.monotonic() + LONGEST_WAIT
        while True:
            assert time.monotonic() < deadline, "asked to come again for ever"
            answer = call()
            self.answers[answer.status_code] += 1
            if answer.status_code == wanted:
                return answer
            assert answer.status_code == UNAVAILABLE, answer.text
            assert "Retry-After" in answer.headers or "not saved" in answer.text
            time.sleep(A_MOMENT)


def _take_in(portal: Portal, name: str) -> Answer:
    """Take in an application of somebody whose news wait for nobody else's."""
    body = APPLICATION | {
        "external_id": name,
        "applicant": {"name": "Mira Lindqvist", "email": f"{name}@example.com"},
        "referees": referees(2),
        "submit": True,
    }
    return portal.post("/applications", body, once=name)
