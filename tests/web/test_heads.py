"""The head of a request: what the application is told of it, and what is refused."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest
from werkzeug.wrappers import Response

from letters.web.heads import LARGEST_HEAD, Scope
from letters.web.incoming import HEAD_ERROR
from tests.web.asking import LARGEST, Client, ask, asked, echo

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


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
