"""Between the server and the application: what becomes of a request and of an answer."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import current_thread
from typing import TYPE_CHECKING

import pytest
from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # documented, not re-exported
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from letters.domain.errors import StoreUnavailable
from letters.web import gateway
from letters.web.gateway import AT_ONCE, Gateway, Patience

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LARGEST = 200_000
Headers = list[tuple[str, str]]


class Fields:
    """Header fields as the server hands them over: names in small letters."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self._pairs = pairs

    def items(self) -> Headers:
        """Return all of them, one that came twice twice."""
        return list(self._pairs)

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return the first of a name."""
        return next((value for key, value in self._pairs if key == name), default)


@dataclass
class Scope:
    """A request without its body."""

    method: str = "POST"
    path: str = "/café"
    query_string: str = "a=%20b"
    headers: Fields = field(default_factory=Fields)
    scheme: str = "http"
    server: str = "127.0.0.1:8000"
    client: str = "[::1]:50000"
    http_version: str = "1.1"
    authority: str | None = None


@dataclass
class Protocol:
    """The body that comes in, and the answer that goes out."""

    pieces: Iterable[bytes] = ()
    stops: bool = False
    goes_away_after: int | None = None
    status: int = 0
    headers: Headers = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece
        if self.stops:
            await asyncio.sleep(60)

    def response_empty(self, status: int, headers: Headers) -> None:
        """Answer without a body."""
        self.response_bytes(status, headers, b"")

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer in one piece."""
        self.status, self.headers, self.sent = status, headers, [body]

    def response_stream(self, status: int, headers: Headers) -> "Protocol":
        """Begin to answer in pieces."""
        self.status, self.headers = status, headers
        return self

    async def send_bytes(self, data: bytes) -> None:
        """Send a piece, if they are still there."""
        if len(self.sent) == self.goes_away_after:
            raise ProtocolClosed
        self.sent.append(data)


def ask(
    app: object, scope: Scope, protocol: Protocol, patience: Patience = gateway.PATIENCE
) -> Protocol:
    """Let an application answer a request."""
    served = Gateway(app, 2, lambda _: LARGEST, patience)  # type: ignore[arg-type]  # the applications below are WSGI
    answering = served(scope, protocol)  # type: ignore[arg-type]  # they are as the server's own
    # In a thread of its own, for what drives the browsers keeps a loop running in the tests' one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, answering).result()
    return protocol


@Request.application
def echo(request: Request) -> Response:
    """Say what was asked."""
    try:
        body = request.get_data()
    except (HTTPException, StoreUnavailable) as error:
        return Response(type(error).__name__, getattr(error, "code", 503))
    told = [request.method, request.path, request.query_string.decode(), request.remote_addr]
    told += [f"{name}={value}" for name, value in sorted(request.headers.items())]
    return Response(f"{told} {len(body)}")


def test_the_application_is_told_all_that_was_asked() -> None:
    fields = Fields(
        ("host", "letters.example.org"),
        ("content-type", "text/plain"),
        ("content-length", "6"),
        ("cookie", "a=1"),
        ("cookie", "b=2"),
        ("accept", "text/html"),
        ("accept", "text/plain"),
        ("x_forwarded_for", "192.0.2.1"),
    )
    answer = ask(echo, Scope(headers=fields), Protocol([b"abc", b"def"]))
    assert answer.status == 200
    assert answer.sent[0].decode() == (
        "['POST', '/café', 'a=%20b', '::1', 'Accept=text/html,text/plain', 'Content-Length=6', "
        "'Content-Type=text/plain', 'Cookie=a=1; b=2', 'Host=letters.example.org'] 6"
    )


def test_a_body_of_unknown_length_is_whole_all_the_same() -> None:
    answer = ask(echo, Scope(), Protocol([bytes(70_000), bytes(70_000)]))
    assert answer.sent[0].endswith(b"140000")


@pytest.mark.parametrize(
    ("protocol", "announced", "said", "status"),
    [
        (Protocol([bytes(150_000)] * 2), (), b"RequestEntityTooLarge", 413),
        (Protocol(), (("content-length", "200001"),), b"RequestEntityTooLarge", 413),
        (Protocol([b"abc"], stops=True), (), b"RequestTimeout", 408),
    ],
    ids=["too much", "too much announced", "too slow"],
)
def test_what_is_wrong_with_a_body_is_said_by_the_application(
    protocol: Protocol, announced: tuple[tuple[str, str], ...], said: bytes, status: int
) -> None:
    answer = ask(echo, Scope(headers=Fields(*announced)), protocol, Patience(seconds=0.05))
    assert (answer.status, answer.sent) == (status, [said])
    assert ("connection", "close") in answer.headers


def test_a_body_that_cannot_be_written_down_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/proc/nowhere")
    answer = ask(echo, Scope(), Protocol([bytes(100_000)]))
    assert (answer.status, answer.sent) == (503, [b"StoreUnavailable"])


def test_a_body_that_is_cut_off_is_nobody_s() -> None:
    asked: list[WSGIEnvironment] = []

    def app(environ: "WSGIEnvironment", _start: "StartResponse") -> list[bytes]:
        asked.append(environ)
        return []

    answer = ask(app, Scope(headers=Fields(("content-length", "7"))), Protocol([b"abc"]))
    assert (answer.status, asked) == (400, [])


# --- answers ----------------------------------------------------------------------------------

VARIABLE: ContextVar[str] = ContextVar("variable")


@dataclass
class Long:
    """An application that answers in pieces, and remembers on what threads it made them."""

    piece: bytes
    count: int
    threads: set[str] = field(default_factory=set)
    closed: int = 0

    def __call__(self, _environ: "WSGIEnvironment", start: "StartResponse") -> "Long":
        """Begin."""
        VARIABLE.set("kept")
        start("200 OK", [("content-type", "text/plain")])
        return self

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(self.count):
            assert VARIABLE.get() == "kept"
            self.threads.add(current_thread().name)
            yield self.piece

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed += 1


def test_a_short_answer_is_sent_in_one_piece() -> None:
    made = Long(b"ab", 3)
    assert ask(made, Scope(), Protocol()).sent == [b"ababab"]
    assert made.closed == 1


def test_a_long_answer_is_sent_while_it_is_made_in_one_context() -> None:
    made = Long(bytes(AT_ONCE), 5)
    answer = ask(made, Scope(), Protocol())
    assert (answer.sent, made.closed) == ([bytes(AT_ONCE)] * 5, 1)
    assert all(name.startswith("answering") for name in made.threads)


def test_who_goes_away_in_the_middle_of_an_answer_is_not_sent_the_rest() -> None:
    made = Long(bytes(AT_ONCE), 500)
    answer = ask(made, Scope(), Protocol(goes_away_after=2))
    assert (len(answer.sent), made.closed) == (2, 1)


# --- patience ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("waited", "received", "left"),
    [(0, 0, 30), (29, 0, 1), (60, 240_000, 0), (60, 360_000, 15), (60, 10_000_000, 30)],
)
def test_a_body_is_waited_for_as_long_as_it_keeps_coming(
    waited: float, received: int, left: float
) -> None:
    assert Patience(seconds=30, rate=8000).left(waited, received) == left
