"""A server that is up at once, and lets nobody do anything."""

from collections.abc import Iterable
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def make() -> WSGIApplication:
    """Return the application: it is well, and refuses whatever else is asked of it."""
    return _answer


def _answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    status = HTTPStatus.OK if environ["PATH_INFO"] == "/healthz" else HTTPStatus.UNAUTHORIZED
    start(f"{status.value} {status.phrase}", [("Content-Type", "application/json")])
    return [b"{}"]
