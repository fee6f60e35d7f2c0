"""One connection to the server: heads that come late, are too long, or are none."""

import errno
import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from letters import serving
from letters.listening import listen
from letters.logs import write_down_our_server
from letters.serving import server_of
from letters.web import connection
from letters.web.gateway import Gateway, Patience
from letters.web.heads import LARGEST_HEAD
from letters.web.incoming import HEAD_ERROR

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOST = "127.0.0.1"
LONGEST_WAIT = 10.0
SOON = 0.3
PATIENCE = Patience(seconds=5 * SOON)
GOOD = b"GET / HTTP/1.1\r\nHost: letters.example.org\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

Connect = Callable[[], socket.socket]


def app(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    """Say what was asked, or what was wrong."""
    request, wrong = Request(environ), environ[HEAD_ERROR]
    try:
        length = 0 if wrong else len(request.get_data())
    except HTTPException as error:
        return error.get_response()(environ, start)
    return Response(f"{type(wrong).__name__} {request.path[:5]} {length}")(environ, start)


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


@contextmanager
def serving_of(application: "WSGIApplication") -> Iterator[Connect]:
    """Serve on a thread; give what connects to it."""
    server = server_of(Gateway(application, 2, lambda _: 1000, PATIENCE))
    with listen(HOST, 0) as listener:
        address = listener.getsockname()
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield lambda: socket.create_connection(address, LONGEST_WAIT)
        finally:
            server.should_exit = True
            thread.join(LONGEST_WAIT)
    assert not thread.is_alive(), "the server did not end"


@pytest.fixture(scope="module")
def connect() -> Iterator[Connect]:
    with serving_of(app) as connects:
        yield connects


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "SECONDS_FOR_A_HEAD", SOON)


def _all_of(client: socket.socket) -> bytes:
    """Read until the other side closes; a reset would be an error."""
    return b"".join(iter(lambda: client.recv(65536), b""))


def _exchange(connect: Connect, *pieces: bytes) -> tuple[int, str]:
    """Send everything and only then read; return the status and what was said."""
    with connect() as client:
        for piece in pieces:
            client.sendall(piece)
        answer = _all_of(client)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"connection: close" in head.lower()
    return int(head[9:12]), body.decode()


def _one_answer(client: socket.socket) -> bytes:
    """Read an answer of `app`, after which the connection stays open."""
    answer = b""
    while not answer.endswith((b" 0", b" 3")):
        answer += client.recv(65536)
    return answer


# --- heads that cannot be read ----------------------------------------------------------------


@pytest.mark.parametrize("length", [70_000, 1_000_000, 10_000_000])
def test_a_link_of_any_length_is_answered(connect: Connect, length: int) -> None:
    head = b"GET /letter/" + b"a" * length + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    status, said = _exchange(connect, head)
    assert (status, said.split()[0]) == (200, "RequestURITooLarge")


@pytest.mark.parametrize("length", [70_000, 1_000_000, 10_000_000])
def test_header_fields_of_any_length_are_answered(connect: Connect, length: int) -> None:
    head = b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * length + b"\r\n\r\n"
    assert _exchange(connect, head) == (200, "RequestHeaderFieldsTooLarge / 0")


def test_a_long_head_that_comes_in_pieces_is_answered_as_well(connect: Connect) -> None:
    pieces = [b"GET /api/" + b"a" * 60_000, *[b"a" * 60_000] * 5, b" HTTP/1.1\r\n\r\n"]
    assert _exchange(connect, *pieces) == (200, "RequestURITooLarge /api/ 0")


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
    assert _exchange(connect, head) == (200, "BadRequest / 0")


def test_what_a_program_sent_is_answered_as_a_program_s(connect: Connect) -> None:
    assert _exchange(connect, b"GET /api/x\x00 HTTP/1.1\r\n\r\n") == (200, "BadRequest /api/ 0")


def test_a_second_head_that_is_none_is_answered_after_the_first(connect: Connect) -> None:
    with connect() as client:
        client.sendall(GOOD + b"nonsense\r\n\r\n")
        answers = _all_of(client)
    assert answers.index(b"NoneType / 0") < answers.index(b"BadRequest / 0")


@pytest.mark.usefixtures("impatient")
def test_who_was_answered_and_stays_is_not_listened_to_for_ever(connect: Connect) -> None:
    with connect() as client:
        client.sendall(b"GET /" + b"a" * (LARGEST_HEAD + 1))
        assert b"RequestURITooLarge" in _all_of(client)
        _send_until_closed(client)


def test_who_goes_away_meanwhile_is_no_error(
    connect: Connect, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(20):
        with connect() as client:
            client.sendall(b"nonsense\r\n\r\n")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert _exchange(connect, b"nonsense\r\n\r\n") == (200, "BadRequest / 0")
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
        assert _exchange(connect, b"nonsense\r\n\r\n") == (200, "BadRequest / 0")
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
        assert b"200" in _one_answer(client)
        assert _send_until_closed(client) > SOON / 2


@pytest.mark.usefixtures("impatient")
def test_what_comes_after_the_head_has_time(connect: Connect) -> None:
    with connect() as client:
        client.sendall(CHUNKED)
        for _ in range(3):
            time.sleep(SOON / 2)
            client.sendall(b"1\r\na\r\n")
        client.sendall(b"0\r\n\r\n")
        assert b"NoneType / 3" in _one_answer(client)


@pytest.mark.usefixtures("impatient")
def test_a_connection_that_is_used_again_and_again_stays(connect: Connect) -> None:
    with connect() as client:
        for _ in range(4):
            time.sleep(SOON / 2)
            client.sendall(GOOD[:10])
            client.sendall(GOOD[10:])
            assert b"NoneType / 0" in _one_answer(client)


# --- the rest -----------------------------------------------------------------------------------


def test_a_body_that_is_broken_off_is_nobody_s(connect: Connect) -> None:
    with connect() as client:
        client.sendall(CHUNKED + b"no chunk\r\n")
        assert _all_of(client) == b""


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
        got = _all_of(client)
    assert answer in got
    assert bool(answer) == bool(got)


@pytest.mark.parametrize("before", [b"", GOOD], ids=["one request", "the second request"])
def test_who_says_all_and_listens_on_is_answered(connect: Connect, before: bytes) -> None:
    with connect() as client:
        client.sendall(before + b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
        client.shutdown(socket.SHUT_WR)
        assert _all_of(client).endswith(b"NoneType / 3")


def test_who_says_half_and_no_more_is_not_waited_for(connect: Connect) -> None:
    with connect() as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na")
        client.shutdown(socket.SHUT_WR)
        assert _all_of(client) == b""


def test_who_offers_another_protocol_is_answered_in_ours(connect: Connect) -> None:
    write_down_our_server()
    with capture_logs() as logs, connect() as client:
        client.sendall(GOOD.replace(b"Host", b"Connection: Upgrade\r\nUpgrade: h2c\r\nHost"))
        assert b"200" in _one_answer(client)
    assert logs == []


def test_a_body_that_would_be_too_large_is_not_asked_for(connect: Connect) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
    with connect() as client:
        client.sendall(head % 3)
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"abc")
        assert b"NoneType / 3" in _one_answer(client)
        client.sendall(head % 1001)
        assert b"HTTP/1.1 413 " in _all_of(client)


def test_one_that_says_nothing_does_not_keep_the_server_from_ending() -> None:
    with ExitStack() as clients, serving_of(app) as connect:
        _, refused = (clients.enter_context(connect()) for _ in range(2))
        refused.sendall(b"nonsense\r\n\r\n")
        assert b"BadRequest" in _all_of(refused)


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
        assert b"200" in _one_answer(client)
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
            assert _exchange(crowded, long, bytes(5_000_000)) == (200, "ServiceUnavailable / 0")
        with crowded() as alone:
            alone.sendall(GOOD)
            assert b"NoneType / 0" in _one_answer(alone)


def test_an_answer_that_breaks_off_is_written_down_without_what_the_error_said() -> None:
    write_down_our_server()
    with capture_logs() as logs, serving_of(broken) as connect, connect() as client:
        client.sendall(GOOD)
        assert not _all_of(client).endswith(b"0\r\n\r\n"), "the answer looks whole"
    (line,) = [line for line in logs if line["event"] == "server"]
    assert (line["log_level"], line["error"]) == ("error", "ValueError")
    assert any("letters/web/gateway.py" in place for place in line["where"])
    assert "mira" not in json.dumps(logs)
