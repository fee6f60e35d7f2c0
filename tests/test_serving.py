"""The server: how it begins, what it does in a crowd, and how it ends."""

import errno
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from letters import serving
from letters.logs import write_down_our_server
from letters.web import connection
from tests.web.connecting import (
    GOOD,
    SOON,
    all_of,
    app,
    exchange,
    one_answer,
    serving_of,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def broken(_environ: "WSGIEnvironment", start: "StartResponse") -> Iterator[bytes]:
    """Break off in the middle of a long answer."""
    start("200 OK", [])
    yield bytes(2 * 1024 * 1024)
    secret = "mira@example.org"
    raise ValueError(secret)


def endless(_environ: "WSGIEnvironment", start: "StartResponse") -> Iterator[bytes]:
    """Go on for ever."""
    start("200 OK", [])
    while True:
        yield bytes(1024 * 1024)


def test_one_that_says_nothing_does_not_keep_the_server_from_ending() -> None:
    with ExitStack() as clients, serving_of(app) as connect:
        _, refused = (clients.enter_context(connect()) for _ in range(2))
        refused.sendall(b"nonsense\r\n\r\n")
        assert b"BadRequest" in all_of(refused)


def test_what_does_not_end_does_not_keep_it_from_ending_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serving, "SECONDS_TO_END", SOON)
    with ExitStack() as clients, serving_of(endless) as connect:
        client = clients.enter_context(connect())
        client.sendall(GOOD)
        assert client.recv(12) == b"HTTP/1.1 200"


def test_without_open_files_to_spare_it_waits_a_little_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spare_from = time.monotonic() + SOON

    def accept(listener: socket.socket) -> tuple[socket.socket, object]:
        if time.monotonic() < spare_from:
            raise OSError(errno.EMFILE, "Too many open files")
        return accepts(listener)

    accepts = socket.socket.accept
    monkeypatch.setattr(socket.socket, "accept", accept)
    monkeypatch.setattr("asyncio.constants.ACCEPT_RETRY_DELAY", SOON / 3)
    write_down_our_server()
    with capture_logs() as logs, serving_of(app) as connect, connect() as client:
        client.sendall(GOOD)
        assert b"200" in one_answer(client)
    said = [line["said"] for line in logs]
    assert set(said) == {"socket.accept() out of system resource"}
    assert len(said) <= 4


def test_more_than_a_thousand_are_told_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "MOST_CONNECTIONS", 1)
    with serving_of(app) as crowded:
        with closing(crowded()):
            long = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n"
            assert exchange(crowded, long, bytes(5_000_000)) == (200, "ServiceUnavailable / 0")
        with crowded() as alone:
            alone.sendall(GOOD)
            assert b"NoneType / 0" in one_answer(alone)


def test_an_answer_that_breaks_off_is_written_down_without_what_the_error_said() -> None:
    write_down_our_server()
    with capture_logs() as logs, serving_of(broken) as connect, connect() as client:
        client.sendall(GOOD)
        assert not all_of(client).endswith(b"0\r\n\r\n"), "the answer looks whole"
    (line,) = [line for line in logs if line["event"] == "server"]
    assert (line["log_level"], line["error"]) == ("error", "ValueError")
    assert any("letters/web/gateway.py" in place for place in line["where"])
    assert "mira" not in json.dumps(logs)
