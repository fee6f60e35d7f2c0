"""A server that is up at once, and lets nobody do anything: a program, in place of the demo's."""

import socket
import sys
from collections.abc import Iterable
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIEnvironment

from letters.serving import server_of
from letters.web.gateway import Gateway


def _answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    status = HTTPStatus.OK if environ["PATH_INFO"] == "/healthz" else HTTPStatus.UNAUTHORIZED
    start(f"{status.value} {status.phrase}", [("Content-Type", "application/json")])
    return [b"{}"]


if __name__ == "__main__":
    gateway = Gateway(_answer, 1, lambda _: 1_000_000)
    server_of(gateway).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])
