"""A WSGI application behind a real HTTP server, for the tests that need a socket."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from threading import Condition, Thread
from typing import TYPE_CHECKING

from werkzeug.exceptions import ServiceUnavailable
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOST = "127.0.0.1"
SECONDS_BETWEEN_LOOKS = 0.01
"""How often the server looks whether it is asked to stop: every test waits for that once."""

_SCRIPT = {"Content-Type": "text/javascript", "Cache-Control": "max-age=86400, immutable"}


class _QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 -- Werkzeug's name
        """Say nothing: the test's own output is what matters."""


def free_port() -> int:
    """Return a loopback port that nothing listens on, for whoever must know it beforehand."""
    with socket.create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _whole(
    app: "WSGIApplication",
) -> "Callable[[WSGIEnvironment, StartResponse], list[bytes]]":
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


class Front:
    """One address behind which one application after another is shown.

    An application knows its address: who keeps the address can keep the application too. The
    scripts are those with which tests look at its pages, by their paths.
    """

    def __init__(self, base_url: str, scripts: Mapping[str, bytes]) -> None:
        self.base_url = base_url
        self._scripts = scripts
        self._shown: WSGIApplication = ServiceUnavailable()
        self._under_way = 0
        self._changed = Condition()

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        """Let the application that is shown answer."""
        script = self._scripts.get(environ["PATH_INFO"])
        if script is not None:
            return _whole(Response(script, headers=_SCRIPT))(environ, start)
        with self._counted():
            return _whole(self._shown)(environ, start)

    @contextmanager
    def showing(self, app: "WSGIApplication") -> Iterator[None]:
        """Show this application while the block runs, and let it answer to the end."""
        self._shown = app
        try:
            yield
        finally:
            self._shown = ServiceUnavailable()
            with self._changed:
                self._changed.wait_for(lambda: not self._under_way)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._changed:
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()


@contextmanager
def front_on(port: int, scripts: Mapping[str, bytes]) -> Iterator[Front]:
    """Serve a front on a loopback port while the block runs."""
    front = Front(f"http://{HOST}:{port}", scripts)
    with serve(front, port):
        yield front
