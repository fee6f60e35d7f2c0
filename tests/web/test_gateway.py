"""Between the server and the application: what becomes of a request and of an answer."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import current_thread
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from letters.domain.errors import StoreUnavailable
from letters.web import gateway
from letters.web.gateway import AT_ONCE, Gateway, Message, Patience
from letters.web.heads import LARGEST_HEAD, Scope
from letters.web.incoming import HEAD_ERROR

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LARGEST = 200_000
Fields = tuple[tuple[bytes, bytes], ...]
LEAVES = {"type": "http.disconnect"}


def asked(*fields: tuple[bytes, bytes], path: bytes = b"/caf%C3%A9", method: str = "POST") -> Scope:
    """Return a request without its body."""
    return {
        "type": "http",
        "method": method,
        "path": unquote(path.decode("ascii")),
        "raw_path": path,
        "query_string": b"a=%20b",
        "headers": fields,
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "client": ("::1", 50000),
        "http_version": "1.1",
    }


@dataclass
class Client:
    """The body that comes in, and the answer that goes out."""

    pieces: Iterable[bytes] = ()
    stops: bool = False
    leaves: bool = False
    leaves_after: int | None = None
    status: int = 0
    headers: Fields = ()
    sent: list[bytes] = field(default_factory=list)
    ended: bool = False
    taken: int = 0

    def __post_init__(self) -> None:
        """Begin."""
        self._coming = iter(self.pieces)
        self._whole, self._left = False, asyncio.Event()

    async def receive(self) -> Message:
        """Give the next piece; then wait, or go away."""
        piece = next(self._coming, None)
        if piece is not None:
            self.taken += 1
            return {"type": "http.request", "body": piece, "more_body": True}
        if self.stops:
            await asyncio.sleep(60)
        if self.leaves:
            return LEAVES
        if self._whole:
            await self._left.wait()
            return LEAVES
        self._whole = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Message) -> None:
        """Take a part of the answer."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], tuple(message["headers"])
            return
        self.sent.append(message["body"])
        self.ended = not message["more_body"]
        if len(self.sent) == self.leaves_after:
            self._left.set()
            # As a server does, which learns of it and tells it when there is time to.
            await asyncio.sleep(0)

    @property
    def body(self) -> bytes:
        """Return all that was sent."""
        return b"".join(self.sent)


def ask(
    app: object,
    scope: Scope,
    client: Client,
    patience: Patience = gateway.PATIENCE,
    largest: Callable[[str], int] = lambda _: LARGEST,
) -> Client:
    """Let an application answer a request."""
    served = Gateway(app, 2, largest, patience)  # type: ignore[arg-type]  # the applications below are WSGI
    answering = served(scope, client.receive, client.send)
    # In a thread of its own, for what drives the browsers keeps a loop running in the tests' one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, answering).result()
    return client


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
    fields = (
        (b"host", b"letters.example.org"),
        (b"content-type", b"text/plain"),
        (b"content-length", b"6"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"accept", b"text/html"),
        (b"accept", b"text/plain"),
        (b"x_forwarded_for", b"192.0.2.1"),
        (b"idempotency-key", "müde".encode("latin-1")),
    )
    answer = ask(echo, asked(*fields), Client([b"abc", b"def"]))
    assert answer.status == 200
    assert answer.body.decode() == (
        "['POST', '/café', 'a=%20b', '::1', 'Accept=text/html,text/plain', 'Content-Length=6', "
        "'Content-Type=text/plain', 'Cookie=a=1; b=2', 'Host=letters.example.org', "
        "'Idempotency-Key=müde'] 6"
    )


def test_bytes_of_a_path_that_are_no_text_arrive_as_they_are() -> None:
    told: list[WSGIEnvironment] = []

    def app(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        told.append(environ)
        return Response("")(environ, start)  # type: ignore[return-value]  # an iterable of bytes

    ask(app, asked(path=b"/%ff%00/%2F", method="GET"), Client())
    assert told[0]["PATH_INFO"] == "/\xff\x00//"


@pytest.mark.parametrize(
    ("target", "path", "host"),
    [
        (b"http://letters.example.org/caf%C3%A9", "/café", "letters.example.org"),
        (b"HTTP://letters.example.org:8000", "/", "letters.example.org:8000"),
        (b"http://letters.example.org//a", "//a", "letters.example.org"),
        (b"/back/http://letters.example.org/", "/back/http://letters.example.org/", "named"),
        (b"*", "*", "named"),
    ],
)
def test_an_address_that_comes_with_its_host_is_taken_apart(
    target: bytes, path: str, host: str
) -> None:
    told: list[WSGIEnvironment] = []
    lengths: list[str] = []

    def app(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        told.append(environ)
        return Response("")(environ, start)

    def largest(path: str) -> int:
        lengths.append(path)
        return LARGEST

    ask(app, asked((b"host", b"named"), path=target), Client(), largest=largest)
    found = told[0]["PATH_INFO"].encode("latin-1").decode()
    assert (found, told[0]["HTTP_HOST"], lengths) == (path, host, [path])


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE"])
def test_a_body_that_nobody_asked_for_does_not_stand_before_the_next_request(method: str) -> None:
    client = ask(echo, asked(method=method), Client([b"abc"]))
    assert (client.status, client.taken) == (200, 1)
    endless = ask(echo, asked(method=method), Client([bytes(150_000)] * 2))
    assert (b"connection", b"close") in endless.headers


@pytest.mark.parametrize(
    "scope",
    [
        asked((b"content-length", b"3"), (b"transfer-encoding", b"chunked")),
        asked(method="head"),
    ],
    ids=["two ways to its end", "a method in small letters"],
)
def test_a_head_that_others_may_read_otherwise_is_refused(scope: Scope) -> None:
    def app(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        return Response(type(environ[HEAD_ERROR]).__name__)(environ, start)

    client = ask(app, scope, Client([b"abc"]))
    assert client.body == b"BadRequest"
    assert (b"connection", b"close") in client.headers


def test_a_body_of_unknown_length_is_whole_all_the_same() -> None:
    answer = ask(echo, asked(), Client([bytes(70_000), bytes(70_000)]))
    assert answer.body.endswith(b"140000")


@pytest.mark.parametrize(
    ("client", "announced", "said", "status"),
    [
        (Client([bytes(150_000)] * 3), (), b"RequestEntityTooLarge", 413),
        (
            Client([bytes(150_000)]),
            ((b"content-length", b"200001"),),
            b"RequestEntityTooLarge",
            413,
        ),
        (Client([b"abc"], stops=True), (), b"RequestTimeout", 408),
    ],
    ids=["too much", "too much announced", "too slow"],
)
def test_what_is_wrong_with_a_body_is_said_by_the_application(
    client: Client, announced: Fields, said: bytes, status: int
) -> None:
    answer = ask(echo, asked(*announced), client, Patience(seconds=0.05))
    assert (answer.status, answer.body) == (status, said)
    assert (b"connection", b"close") in answer.headers


def test_who_is_answered_early_can_send_the_rest() -> None:
    client = ask(echo, asked(), Client([bytes(150_000)] * 4))
    assert (client.status, client.taken, client.ended) == (413, 4, True)


def test_who_is_answered_early_and_never_ends_is_not_heard_for_ever() -> None:
    client = ask(echo, asked(), Client([bytes(150_000)] * 2, stops=True), Patience(seconds=0.05))
    assert (client.status, client.ended) == (413, True)


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (asked(path=b"/" + b"a" * LARGEST_HEAD), "RequestURITooLarge"),
        (asked((b"cookie", b"a" * LARGEST_HEAD)), "RequestHeaderFieldsTooLarge"),
        (asked(*[(b"x-%d" % n, b"a") for n in range(20_000)]), "RequestHeaderFieldsTooLarge"),
        (asked((b"cookie", b"a" * (LARGEST_HEAD - 100))), "NoneType"),
    ],
    ids=["address", "field", "fields", "just not"],
)
def test_a_head_that_is_too_long_is_told_to_the_application(scope: Scope, said: str) -> None:
    def app(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        return Response(type(environ[HEAD_ERROR]).__name__)(environ, start)

    assert ask(app, scope, Client()).body.decode() == said


def test_a_body_that_cannot_be_written_down_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/proc/nowhere")
    answer = ask(echo, asked(), Client([bytes(100_000)]))
    assert (answer.status, answer.body) == (503, b"StoreUnavailable")


def test_a_body_that_is_cut_off_is_nobody_s() -> None:
    told: list[WSGIEnvironment] = []

    def app(environ: "WSGIEnvironment", _start: "StartResponse") -> list[bytes]:
        told.append(environ)
        return []

    answer = ask(app, asked((b"content-length", b"7")), Client([b"abc"], leaves=True))
    assert (answer.status, answer.sent, told) == (0, [], [])


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
    assert ask(made, asked(), Client()).sent == [b"ababab"]
    assert made.closed == 1


def test_a_long_answer_is_sent_while_it_is_made_in_one_context() -> None:
    made = Long(bytes(AT_ONCE), 5)
    answer = ask(made, asked(), Client())
    assert (answer.sent, made.closed) == ([*[bytes(AT_ONCE)] * 5, b""], 1)
    assert answer.ended
    assert all(name.startswith("answering") for name in made.threads)


@dataclass
class Failing(Long):
    """One that fails before the last piece, or does not even begin."""

    headers: Iterable[tuple[str, str]] | None = ()

    def __call__(self, _environ: "WSGIEnvironment", start: "StartResponse") -> "Long":
        """Begin, if there are headers."""
        VARIABLE.set("kept")
        if self.headers is not None:
            start("200 OK", [*self.headers])
        return self

    def __iter__(self) -> Iterator[bytes]:
        yield from super().__iter__()
        if self.piece:
            raise ValueError


@pytest.mark.parametrize(
    ("made", "error"),
    [
        (Failing(b"ab", 3), ValueError),
        (Failing(bytes(AT_ONCE), 3), ValueError),
        (Failing(b"", 1, headers=None), IndexError),
        (Failing(b"", 1, headers=[("x-name", "ł")]), UnicodeEncodeError),
    ],
    ids=["at once", "in the middle", "before it begins", "in a header"],
)
def test_an_answer_that_fails_is_closed_once(made: Failing, error: type[Exception]) -> None:
    with pytest.raises(error):
        ask(made, asked(), Client())
    assert made.closed == 1


def test_who_goes_away_in_the_middle_of_an_answer_is_not_sent_the_rest() -> None:
    made = Long(bytes(AT_ONCE), 500)
    answer = ask(made, asked(), Client(leaves_after=3))
    assert len(answer.sent) < 10
    assert made.closed == 1


# --- patience ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("waited", "received", "left"),
    [(0, 0, 30), (29, 0, 1), (60, 240_000, 0), (60, 360_000, 15), (60, 10_000_000, 30)],
)
def test_a_body_is_waited_for_as_long_as_it_keeps_coming(
    waited: float, received: int, left: float
) -> None:
    assert Patience(seconds=30, rate=8000).left(waited, received) == left
