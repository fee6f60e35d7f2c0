"""A portal that sends one thing many times over at one moment: it is done once."""

import http.client
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from letters.domain.journal import MessageKind
from letters.records import Application, OutboxMessage
from tests.chaos.sending import at_once, breaches
from tests.chaos.servers import LONGEST_WAIT, Server, server_on
from tests.support.people import FELLOWSHIP, SYSTEM, tell
from tests.support.server import HOST
from tests.support.thorough import rounds
from tests.web.api.portal import APPLICATION, make_key, referees

AT_ONCE = 20
REFEREES = 3
ROUNDS_A_KEY = 20
"""Fewer than reach what a key may call in a minute."""

pytestmark = pytest.mark.timeout(1200)


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    with server_on(database_url, tmp_path) as made:
        due_at = datetime.now(UTC) + timedelta(days=30)
        tell(made.story.house, replace(FELLOWSHIP, min_letters=REFEREES, due_at=due_at))
        made.start()
        yield made


def test_twenty_clicks_make_one_application_and_one_mail_for_each_referee(server: Server) -> None:
    times = rounds(short=2, long=200)
    made: set[UUID] = set()
    for first in range(0, times, ROUNDS_A_KEY):
        key = make_key(server.story.house, f"portal {first}")
        made |= {_race(server, key) for _ in range(min(ROUNDS_A_KEY, times - first))}
    assert len(made) == times == len(_applications(server))
    assert breaches(server.story.house) == []


def _race(server: Server, key: str) -> UUID:
    """Press twenty times at once; return the application that was made."""
    once = str(uuid4())
    answers = at_once(*[partial(_click, server, key, once)] * AT_ONCE)
    assert Counter(status for status, _, _ in answers) == {201: AT_ONCE}
    assert Counter(replayed for _, replayed, _ in answers) == {True: AT_ONCE - 1, False: 1}
    [body] = {body for _, _, body in answers}
    made = json.loads(body)
    asked = [(MessageKind.LETTER_REQUEST, UUID(one["id"])) for one in made["requests"]]
    assert len(asked) == REFEREES
    owed = Counter([*asked, (MessageKind.APPLICATION_SUBMITTED, None)])
    assert _mails(server, UUID(made["id"])) == owed
    return UUID(made["id"])


def _click(server: Server, key: str, once: str) -> tuple[int, bool, bytes]:
    """Send the application; return the status, whether it is an earlier answer, and the body."""
    body = APPLICATION | {
        "program": FELLOWSHIP.slug,
        "external_id": once,
        "referees": referees(REFEREES),
        "submit": True,
    }
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": once,
    }
    connection = http.client.HTTPConnection(HOST, server.port, timeout=LONGEST_WAIT)
    connection.request("POST", "/api/v1/applications", json.dumps(body), headers)
    answer = connection.getresponse()
    taken = answer.status, "Idempotency-Replayed" in answer.headers, answer.read()
    connection.close()
    return taken


def _applications(server: Server) -> list[UUID]:
    with server.story.house.works.look(SYSTEM) as work:
        return list(work.session.scalars(select(Application.id)))


def _mails(server: Server, application_id: UUID) -> Counter[tuple[MessageKind, UUID | None]]:
    """Count the mails that were promised about an application, by kind and referee."""
    owed = select(OutboxMessage.kind, OutboxMessage.request_id)
    with server.story.house.works.look(SYSTEM) as work:
        found = work.session.execute(owed.where(OutboxMessage.application_id == application_id))
        return Counter((kind, request_id) for kind, request_id in found)
