"""A server with a small application, and raw bytes to it."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from letters.listening import listen
from letters.serving import server_of
from letters.web.gateway import Gateway, Patience
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


def all_of(client: socket.socket) -> bytes:
    """Read until the other side closes; a reset would be an error."""
    return b"".join(iter(lambda: client.recv(65536), b""))


def exchange(connect: Connect, *pieces: bytes) -> tuple[int, str]:
    """Send everything and only then read; return the status and what was said."""
    with connect() as client:
        for piece in pieces:
            client.sendall(piece)
        answer = all_of(client)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"connection: close" in head.lower()
    return int(head[9:12]), body.decode()


def one_answer(client: socket.socket) -> bytes:
    """Read an answer of `app`, after which the connection stays open."""
    answer = b""
    while not answer.endswith((b" 0", b" 3")):
        answer += client.recv(65536)
    return answer
