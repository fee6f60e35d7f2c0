"""Referees who send through one application at the same time, without looking at the answers."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from threading import Barrier
from typing import TypeVar
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from letters.house import House
from letters.records import JournalEntry, Letter
from letters.services import verifying
from letters.services.receiving import decrypted
from letters.services.verifying import Breach
from letters.web.state import KEY
from tests.support.people import SYSTEM
from tests.web.visiting import csrf_token, visitor_of

T = TypeVar("T")


@dataclass(frozen=True)
class Referee:
    """A browser with the page open, so that nothing is left to do but to press the button."""

    client: FlaskClient
    csrf: str
    home: str

    def send(self, token: str, content: bytes) -> int:
        """Send a letter; return the status of the answer."""
        return self.answer(token, content).status_code

    def answer(self, token: str, content: bytes) -> TestResponse:
        """Send a letter; return the answer."""
        form = {"csrf_token": self.csrf, "letter": (BytesIO(content), "letter.pdf")}
        return self._post(f"/letter/{token}", form)

    def decline(self, token: str) -> int:
        """Decline; return the status of the answer."""
        form = {"csrf_token": self.csrf, "reason": ""}
        return self._post(f"/letter/{token}/decline", form).status_code

    def _post(self, path: str, form: Mapping[str, object]) -> TestResponse:
        answer = self.client.post(path, data=dict(form), base_url=self.home, buffered=True)
        answer.request.environ["wsgi.input"].close()
        return answer


def referee(app: Flask, token: str) -> Referee:
    """Open the upload page."""
    visitor = visitor_of(app)
    page = visitor.get(f"/letter/{token}")
    # What is measured below is the service: the pages are checked elsewhere.
    client = FlaskClient(app, app.response_class)
    client._cookies = visitor._cookies  # noqa: SLF001 -- Werkzeug offers no way to hand them on
    return Referee(client, csrf_token(page), app.extensions[KEY].settings.base_url)


def at_once(*calls: Callable[[], T]) -> list[T]:
    """Make the calls in threads that begin together; return what each returned."""
    ready = Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        ready.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@dataclass(frozen=True)
class Kept:
    """One version of a letter as it can be read back."""

    id: UUID
    request_id: UUID
    version: int
    content: bytes


def kept(house: House, request_id: UUID | None = None) -> list[Kept]:
    """Return every version of a request's letter, or of all, in their order, but those erased."""
    query = (
        select(Letter).where(Letter.purged_at.is_(None)).order_by(Letter.request_id, Letter.version)
    )
    if request_id is not None:
        query = query.where(Letter.request_id == request_id)
    with house.works.look(SYSTEM) as work:
        found = work.session.scalars(query).all()
        return [Kept(x.id, x.request_id, x.version, decrypted(work, x)) for x in found]


def last_written(house: House, request_id: UUID) -> UUID | None:
    """Return the letter that the newest journal entry about a request's letter names."""
    query = (
        select(JournalEntry.letter_id)
        .where(JournalEntry.request_id == request_id, JournalEntry.letter_id.is_not(None))
        .order_by(JournalEntry.seq.desc())
        .limit(1)
    )
    with house.works.look(SYSTEM) as work:
        return work.session.scalar(query)


def breaches(house: House) -> list[Breach]:
    """Return the invariants that do not hold."""
    with house.works.look(SYSTEM) as work:
        return verifying.verify(work)
