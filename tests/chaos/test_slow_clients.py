"""Clients that send slowly, or stop in the middle: others are served, and it comes to an end."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.chaos.crashing import IMPATIENT, THREADS
from tests.chaos.sending import breaches, kept
from tests.chaos.servers import LONGEST_WAIT, Form, Server, asked, server_on, status_of
from tests.support.pdfs import letter_pdf, scanned_pdf
from tests.web.visiting import stored_files

TAKEN, TOO_SLOW = 303, 408
CROWD = 5 * THREADS
SOON = 5.0
"""Far less than a slow client takes, far more than a page takes on a busy machine."""

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    with server_on(database_url, tmp_path) as made:
        made.start()
        yield made


def _begin(server: Server, form: Form, body: bytes, share: float) -> socket.socket:
    connection = server.connect()
    sent = body[: int(len(body) * share)]
    connection.sendall(form.head(f"Content-Length: {len(body)}") + sent)
    return connection


def _drip(connection: socket.socket) -> tuple[int | None, float]:
    """Send a byte ten times a second until it is answered; return the status and after how long."""
    began = time.monotonic()
    connection.settimeout(0.1)
    while time.monotonic() - began < LONGEST_WAIT:
        try:
            return status_of(connection), time.monotonic() - began
        except TimeoutError:
            connection.sendall(b"%")
    raise AssertionError("a slow client was waited for without an end")


def test_a_crowd_that_stops_in_the_middle_keeps_nobody_from_being_served(server: Server) -> None:
    form, other = (server.open_page(asked(server.story)) for _ in range(2))
    with ExitStack() as crowd:
        stopped = [
            crowd.enter_context(_begin(server, form, form.body(scanned_pdf()), 0.5))
            for _ in range(CROWD)
        ]
        began = time.monotonic()
        assert other.send(letter_pdf()) == TAKEN
        assert time.monotonic() - began < IMPATIENT.seconds
        assert [status_of(each) for each in stopped] == [TOO_SLOW] * CROWD
        assert time.monotonic() - began < IMPATIENT.seconds + SOON
        assert [each.recv(65536)[-1:] for each in stopped], "the answer is a page"
    assert [each.content for each in kept(server.story.house)] == [letter_pdf()]
    assert len(stored_files(server.story.house)) == 1
    assert breaches(server.story.house) == []


def test_a_client_that_sends_a_few_bytes_a_second_is_given_up(server: Server) -> None:
    form = server.open_page(asked(server.story))
    body = form.body(scanned_pdf())
    with _begin(server, form, body, 0.0) as connection:
        status, after = _drip(connection)
    assert status == TOO_SLOW
    assert IMPATIENT.seconds <= after < IMPATIENT.seconds + SOON
    assert (kept(server.story.house), stored_files(server.story.house)) == ([], [])


def test_a_slow_client_that_keeps_the_least_rate_is_waited_for(server: Server) -> None:
    form = server.open_page(asked(server.story))
    body = form.body(letter_pdf(tuple(f"Line {n}" for n in range(3000))))
    began = time.monotonic()
    with _begin(server, form, body, 0.0) as connection:
        piece = int(IMPATIENT.rate / 2)
        for start in range(0, len(body), piece):
            connection.sendall(body[start : start + piece])
            time.sleep(0.4)
        assert status_of(connection) == TAKEN
    assert time.monotonic() - began > IMPATIENT.seconds / 2


def test_a_head_that_never_ends_holds_nobody_up(server: Server) -> None:
    with ExitStack() as crowd:
        for _ in range(CROWD):
            connection = crowd.enter_context(server.connect())
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: ")
        began = time.monotonic()
        server.open_page(asked(server.story))
        assert time.monotonic() - began < SOON


def test_who_is_being_answered_when_the_server_is_asked_to_end_gets_the_answer(
    server: Server,
) -> None:
    forms = [server.open_page(asked(server.story)) for _ in range(2 * THREADS)]
    with ThreadPoolExecutor(2 * THREADS) as pool:
        answers = [pool.submit(form.send, scanned_pdf()) for form in forms]
        time.sleep(0.1)
        server.stop()
        statuses = [each.result() for each in answers]
    assert statuses.count(TAKEN) == len(kept(server.story.house)) >= THREADS
    assert set(statuses) <= {TAKEN, None}, "who came too late was not let in at all"
    assert server.exits == [0]
    assert breaches(server.story.house) == []
