"""Looking whether a provider is there, and is what it is said to be."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from letters.adapters.discovery import problem_with
from letters.openid import OpenId
from tests.support.patience import A_BLINK
from tests.support.provider import running_provider
from tests.support.server import free_port

ANOTHER = json.dumps(
    {
        "issuer": "https://evil.example.org",
        "authorization_endpoint": "a",
        "token_endpoint": "b",
        "jwks_uri": "c",
    }
)
PROVIDER = OpenId("http://localhost", "letters", "secret")


@contextmanager
def answering(status: int, body: str) -> Iterator[OpenId]:
    """Run a server that gives one answer to everything."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name is the library's
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever, args=[A_BLINK])
        thread.start()
        yield replace(PROVIDER, issuer=f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()


def test_a_provider_that_is_there_is_all_right() -> None:
    with running_provider() as provider:
        assert problem_with(provider.settings) is None


def test_one_that_is_not_there_is_said_to_be_so() -> None:
    nowhere = replace(PROVIDER, issuer=f"http://127.0.0.1:{free_port()}")
    assert problem_with(nowhere) == (
        f"the provider {nowhere.issuer} does not answer: ConnectionError"
    )


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, "", "does not answer: HTTPError"),
        (200, "<html>", "does not answer: JSONDecodeError"),
        (200, "[]", "is no OpenID Connect provider"),
        (200, '{"issuer": "x"}', "is no OpenID Connect provider"),
        (
            200,
            ANOTHER,
            "says that it is https://evil.example.org",
        ),
    ],
)
def test_what_is_no_provider_is_said_to_be_none(status: int, body: str, said: str) -> None:
    with answering(status, body) as provider:
        problem = problem_with(provider)
    assert problem is not None
    assert said in problem
    assert provider.issuer in problem
