"""Between the server and the application: what becomes of a request and of an answer."""

from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from threading import current_thread
from typing import TYPE_CHECKING

import pytest
from werkzeug.wrappers import Response

from letters.web import gateway
from letters.web.answers import AT_ONCE
from letters.web.gateway import Patience
from letters.web.incoming import HEAD_ERROR
from tests.web.asking import Client, Fields, ask, asked, echo

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE"])
def test_a_body_that_nobody_asked_for_does_not_stand_before_the_next_request(method: str) -> None:
    client = ask(echo, asked(method=method), Client([b"abc"]))
    assert (client.status, client.taken) == (200, 1)
    endless = ask(echo, asked(method=method), Client([bytes(150_000)] * 2))
    assert (b"connection", b"close") in endless.headers


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


def test_what_had_come_of_a_refused_body_takes_up_no_room_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bodies: list[SpooledTemporaryFile[bytes]] = []
    gone: list[bool] = []

    def spooled(size: int) -> SpooledTemporaryFile[bytes]:
        bodies.append(SpooledTemporaryFile(size))  # noqa: SIM115 -- the gateway closes it
        return bodies[-1]

    def app(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        gone.append(bodies[-1].closed)
        return echo(environ, start)

    monkeypatch.setattr(gateway, "SpooledTemporaryFile", spooled)
    assert ask(app, asked(), Client([bytes(150_000)] * 2)).status == 413
    assert ask(app, asked(), Client([b"abc"])).status == 200
    assert gone == [True, False]


def test_who_is_answered_early_and_never_ends_is_not_heard_for_ever() -> None:
    client = ask(echo, asked(), Client([bytes(150_000)] * 2, stops=True), Patience(seconds=0.05))
    assert (client.status, client.ended) == (413, True)


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
    """One that fails before the last piece, or does not even begin; it can say what was wrong."""

    headers: Iterable[tuple[str, str]] | None = ()

    def __call__(  # type: ignore[override]  # what it says is no long answer
        self, environ: "WSGIEnvironment", start: "StartResponse"
    ) -> Iterable[bytes]:
        """Begin, if there are headers."""
        wrong = environ[HEAD_ERROR]
        if wrong is not None:
            body = len(environ["wsgi.input"].read())
            return Response(f"{type(wrong).__name__} {body}", 500)(environ, start)
        environ["wsgi.input"].read()
        VARIABLE.set("kept")
        if self.headers is not None:
            start("200 OK", [*self.headers])
        return self

    def __iter__(self) -> Iterator[bytes]:
        yield from super().__iter__()
        if self.piece:
            raise ValueError


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (Failing(b"ab", 3), b"ValueError 3"),
        (Failing(b"", 1, headers=None), b"IndexError 3"),
        (Failing(b"", 1, headers=[("x-name", "ł")]), b"UnicodeEncodeError 3"),
    ],
    ids=["at once", "before it begins", "in a header"],
)
def test_an_answer_that_fails_at_the_beginning_is_another_one(made: Failing, said: bytes) -> None:
    client = ask(made, asked(), Client([b"abc"]))
    assert (client.status, client.body, made.closed) == (500, said, 1)


def test_an_answer_that_fails_in_the_middle_is_broken_off() -> None:
    made = Failing(bytes(AT_ONCE), 3)
    with pytest.raises(ValueError):  # noqa: PT011 -- it says nothing
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
