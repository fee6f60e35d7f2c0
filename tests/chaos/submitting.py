"""Applicants and portals that submit through a server which may die, and may submit once more."""

import http.client
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, select

from letters.domain import drafts
from letters.domain.policy import RequestPolicy
from letters.records import Application
from letters.services import drafting, reviewing
from tests.chaos.servers import LONGEST_WAIT, Form, Server
from tests.support.people import FELLOWSHIP, SYSTEM, Story, tell
from tests.support.server import HOST
from tests.web.api.portal import APPLICATION, make_key, referees
from tests.web.forms_of_drafts import ADA, BRAM, KEPT, NAME, group

CREATED, SEEN = 201, 303
FORM = {
    "applicant.name": NAME,
    **{field: str(typed) for field, typed in {**group(0, ADA), **group(1, BRAM), **KEPT}.items()},
}


class Submitter(Protocol):
    """Somebody with one application that is ready to be submitted."""

    def submit(self) -> int | None:
        """Submit; return the status of the answer, None if there was none."""
        ...

    def submitted(self) -> int:
        """Count how often it is there as submitted."""
        ...


def fellowship(server: Server) -> Story:
    """Set up a program that asks for two letters on submission."""
    program = replace(
        FELLOWSHIP,
        min_letters=2,
        request_policy=RequestPolicy.AUTOMATIC,
        due_at=datetime.now(UTC) + timedelta(days=30),
    )
    return tell(server.story.house, program)


@dataclass(frozen=True)
class Portal:
    """A portal, by the API, under one Idempotency-Key."""

    server: Server
    key: str
    once: str

    def submit(self) -> int | None:
        """Take in an application and submit it."""
        body = APPLICATION | {
            "program": FELLOWSHIP.slug,
            "external_id": self.once,
            "referees": referees(2),
            "submit": True,
        }
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": self.once,
        }
        connection = http.client.HTTPConnection(HOST, self.server.port, timeout=LONGEST_WAIT)
        try:
            connection.request("POST", "/api/v1/applications", json.dumps(body), headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def submitted(self) -> int:
        """Count the applications that were taken in."""
        return _count(self.server, Application.external_id == self.once)


@dataclass(frozen=True)
class Applicant:
    """An applicant with the review of a draft on the screen."""

    server: Server
    application_id: UUID
    form: Form

    def submit(self) -> int | None:
        """Press the button."""
        return self.form.press()

    def submitted(self) -> int:
        """Say whether the draft is none any more."""
        return _count(self.server, Application.id == self.application_id)


def portal(server: Server, story: Story) -> Portal:
    """Return a portal with a key of its own, and an application that nobody has seen before."""
    once = str(uuid4())
    return Portal(server, make_key(story.house, once), once)


def applicant(server: Server, story: Story) -> Applicant:
    """Bring a draft to its review, whose page the server shows."""
    address = f"{uuid4().hex}@example.com"
    with story.house.works.change(SYSTEM) as work:
        drafting.begin(work, story.slug, NAME, address)
        application_id = work.session.scalars(
            select(Application.id).where(Application.applicant_email == address)
        ).one()
    token = story.status_token(application_id)
    with story.house.works.change(SYSTEM) as work:
        assert not reviewing.review(work, token, drafts.from_form(FORM), 0, usual="", shown="")
    path = f"/application/{token}"
    form = server.open_form(f"{path}/review", f"{path}/submit")
    return Applicant(server, application_id, form)


def _count(server: Server, condition: ColumnElement[bool]) -> int:
    query = select(func.count(Application.id)).where(
        condition, Application.submitted_at.is_not(None)
    )
    with server.story.house.works.look(SYSTEM) as work:
        return work.session.scalar(query) or 0
