"""One connection to the server: heads that come late, are too long, or are none."""

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from letters.logs import write_down_our_server
from letters.web import connection
from letters.web.heads import LARGEST_HEAD
from letters.web.incoming import HEAD_ERROR
from tests.web.connecting import (
    CHUNKED,
    GOOD,
    LONGEST_WAIT,
    SOON,
    Connect,
    all_of,
    app,
    exchange,
    one_answer,
    serving_of,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@pytest.fixture(scope="module")
def connect() -> Iterator[Connect]:
    with serving_of(app) as connects:
        yield connects


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "SECONDS_FOR_A_HEAD", SOON)


# --- heads that cannot be read ----------------------------------------------------------------


@pytest.mark.parametrize("length", [70_000, 1_000_000, 10_000_000])
def test_a_link_of_any_length_is_answered(connect: Connect, length: int) -> None:
    head = b"GET /letter/" + b"a" * length + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    status, said = exchange(connect, head)
    assert (status, said.split()[0]) == (200, "RequestURITooLarge")


@pytest.mark.parametrize("length", [70_000, 1_000_000, 10_000_000])
def test_header_fields_of_any_length_are_answered(connect: Connect, length: int) -> None:
    head = b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * length + b"\r\n\r\n"
    assert exchange(connect, head) == (200, "RequestHeaderFieldsTooLarge / 0")


@pytest.mark.parametrize(
    ("lines", "between", "said"),
    [
        (150, b"\r\n", b"NoneType / 300"),
        (150, b"\n", b"NoneType / 300"),
        (201, b"\r\n", b"RequestHeaderFieldsTooLarge / 0"),
    ],
    ids=["many", "many with short ends", "too many"],
)
def test_header_fields_are_counted(
    connect: Connect, lines: int, between: bytes, said: bytes
) -> None:
    given = [
        b"POST / HTTP/1.1",
        b"Host: x",
        b"Content-Length: 300",
        *[b"X:"] * lines,
        b"Connection: close",
        b"",
        b"",
    ]
    with connect() as client:
        client.sendall(between.join(given) + b"\n" * 300)
        assert all_of(client).endswith(said)


def test_a_long_head_that_comes_in_pieces_is_answered_as_well(connect: Connect) -> None:
    pieces = [b"GET /api/" + b"a" * 60_000, *[b"a" * 60_000] * 5, b" HTTP/1.1\r\n\r\n"]
    assert exchange(connect, *pieces) == (200, "RequestURITooLarge /api/ 0")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /\x00\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /müde HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
    ids=["NULs", "no ASCII", "no host", "two hosts", "no length", "TLS", "nonsense"],
)
def test_a_head_that_is_none_is_answered(connect: Connect, head: bytes) -> None:
    assert exchange(connect, head) == (200, "BadRequest / 0")


def test_what_a_program_sent_is_answered_as_a_program_s(connect: Connect) -> None:
    assert exchange(connect, b"GET /api/x\x00 HTTP/1.1\r\n\r\n") == (200, "BadRequest /api/ 0")


def test_a_second_head_that_is_none_is_answered_after_the_first(connect: Connect) -> None:
    with connect() as client:
        client.sendall(GOOD + b"nonsense\r\n\r\n")
        answers = all_of(client)
    assert answers.index(b"NoneType / 0") < answers.index(b"BadRequest / 0")


@pytest.mark.usefixtures("impatient")
def test_who_was_answered_and_stays_is_not_listened_to_for_ever(connect: Connect) -> None:
    with connect() as client:
        client.sendall(b"GET /" + b"a" * (LARGEST_HEAD + 1))
        assert b"RequestURITooLarge" in all_of(client)
        _send_until_closed(client)


def test_who_goes_away_meanwhile_is_no_error(
    connect: Connect, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(20):
        with connect() as client:
            client.sendall(b"nonsense\r\n\r\n")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert exchange(connect, b"nonsense\r\n\r\n") == (200, "BadRequest / 0")
    assert "Traceback" not in capfd.readouterr().err


@dataclass
class Busy:
    """An application whose threads all work until it is told otherwise."""

    free: threading.Event = field(default_factory=threading.Event)
    asked: list[bool] = field(default_factory=list)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Remember whether the head could be read, and answer in good time."""
        self.asked.append(environ[HEAD_ERROR] is None)
        assert self.free.wait(LONGEST_WAIT)
        return app(environ, start)


def test_who_goes_away_before_a_thread_is_free_takes_up_none() -> None:
    busy = Busy()
    with serving_of(busy) as connect, connect() as first, connect() as second:
        first.sendall(GOOD)
        second.sendall(GOOD)
        for _ in range(5):
            with connect() as client:
                client.sendall(b"nonsense\r\n\r\n")
                time.sleep(0.02)
        time.sleep(0.1)
        busy.free.set()
        assert exchange(connect, b"nonsense\r\n\r\n") == (200, "BadRequest / 0")
    assert busy.asked == [True, True, False]


# --- heads that come late -----------------------------------------------------------------------


def _send_until_closed(client: socket.socket) -> float:
    """Send a byte now and then; return after how many seconds the other side has closed."""
    began = time.monotonic()
    while time.monotonic() - began < LONGEST_WAIT:
        try:
            client.sendall(b"a")
        except OSError:
            return time.monotonic() - began
        time.sleep(0.02)
    raise AssertionError("a head was waited for without an end")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("before", [b"", b"GET /"], ids=["nothing", "a beginning"])
def test_a_head_that_does_not_end_is_given_up(connect: Connect, before: bytes) -> None:
    with connect() as client:
        client.sendall(before)
        assert _send_until_closed(client) > SOON / 2


@pytest.mark.usefixtures("impatient")
def test_so_is_a_second_one(connect: Connect) -> None:
    with connect() as client:
        client.sendall(GOOD)
        assert b"200" in one_answer(client)
        assert _send_until_closed(client) > SOON / 2


@pytest.mark.usefixtures("impatient")
def test_what_comes_after_the_head_has_time(connect: Connect) -> None:
    with connect() as client:
        client.sendall(CHUNKED)
        for _ in range(3):
            time.sleep(SOON / 2)
            client.sendall(b"1\r\na\r\n")
        client.sendall(b"0\r\n\r\n")
        assert b"NoneType / 3" in one_answer(client)


@pytest.mark.usefixtures("impatient")
def test_a_connection_that_is_used_again_and_again_stays(connect: Connect) -> None:
    with connect() as client:
        for _ in range(4):
            time.sleep(SOON / 2)
            client.sendall(GOOD[:10])
            client.sendall(GOOD[10:])
            assert b"NoneType / 0" in one_answer(client)


# --- the rest -----------------------------------------------------------------------------------


def test_a_body_that_is_broken_off_is_nobody_s(connect: Connect) -> None:
    with connect() as client:
        client.sendall(CHUNKED + b"no chunk\r\n")
        assert all_of(client) == b""


@pytest.mark.parametrize(
    ("chunks", "size", "answer"),
    [(900, 1, b"NoneType / 900"), (3000, 1, b""), (3000, 100, b"Request Entity Too Large")],
    ids=["some crumbs", "crumbs", "chunks"],
)
def test_a_body_in_crumbs_is_not_taken(
    connect: Connect, chunks: int, size: int, answer: bytes
) -> None:
    body = (b"%x\r\n%b\r\n" % (size, b"a" * size)) * chunks
    with connect() as client:
        client.sendall(CHUNKED + body + b"0\r\n\r\n")
        client.shutdown(socket.SHUT_WR)
        got = all_of(client)
    assert answer in got
    assert bool(answer) == bool(got)


@pytest.mark.parametrize("before", [b"", GOOD], ids=["one request", "the second request"])
def test_who_says_all_and_listens_on_is_answered(connect: Connect, before: bytes) -> None:
    with connect() as client:
        client.sendall(before + b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
        client.shutdown(socket.SHUT_WR)
        assert all_of(client).endswith(b"NoneType / 3")


def test_who_says_half_and_no_more_is_not_waited_for(connect: Connect) -> None:
    with connect() as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na")
        client.shutdown(socket.SHUT_WR)
        assert all_of(client) == b""


def test_who_offers_another_protocol_is_answered_in_ours(connect: Connect) -> None:
    write_down_our_server()
    with capture_logs() as logs, connect() as client:
        client.sendall(GOOD.replace(b"Host", b"Connection: Upgrade\r\nUpgrade: h2c\r\nHost"))
        assert b"200" in one_answer(client)
    assert logs == []


def test_a_body_that_would_be_too_large_is_not_asked_for(connect: Connect) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
    with connect() as client:
        client.sendall(head % 3)
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"abc")
        assert b"NoneType / 3" in one_answer(client)
        client.sendall(head % 1001)
        assert b"HTTP/1.1 413 " in all_of(client)
