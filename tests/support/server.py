"""A WSGI application behind a real HTTP server, for the tests that need a socket."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOST = "127.0.0.1"
SECONDS_BETWEEN_LOOKS = 0.01
"""How often the server looks whether it is asked to stop: every test waits for that once."""


class _QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 -- Werkzeug's name
        """Say nothing: the test's own output is what matters."""


def free_port() -> int:
    """Return a loopback port that nothing listens on, for whoever must know it beforehand."""
    with socket.create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _whole(app: "WSGIApplication") -> "WSGIApplication":
    """Hand answers over whole, and closed.

    Werkzeug's server forgets to close an answer when the browser has gone before the end of it.
    """

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        body = app(environ, start)
        try:
            return list(body)
        finally:
            getattr(body, "close", lambda: None)()

    return answer


@contextmanager
def serve(app: "WSGIApplication", port: int) -> Iterator[str]:
    """Serve `app` on a loopback port while the block runs; gives the base URL."""
    server = make_server(HOST, port, _whole(app), threaded=True, request_handler=_QuietHandler)
    serve_until_asked = partial(server.serve_forever, poll_interval=SECONDS_BETWEEN_LOOKS)
    thread = Thread(target=serve_until_asked, name=f"serve-{port}", daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
