"""An S3 service that answers as a test tells it to, or not at all."""

import re
import socket
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Self

SILENT = b""
"""In the place of an answer: take the request and say nothing."""
LONGEST_HEAD = 65_536


def answer(status: str, code: str = "", *, etag: str = "") -> bytes:
    """Return a whole answer of the service, with its name for the error.

    It says that the connection ends: a client that kept it would meet its end by chance.
    """
    body = f"<Error><Code>{code}</Code><Message>no</Message></Error>" if code else ""
    tag = f"ETag: {etag}\r\n" if etag else ""
    return (
        f"HTTP/1.1 {status}\r\n{tag}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    ).encode()


class FaultyS3:
    """Reads the beginning of each request, says `says`, and hangs up.

    With `pause`, every byte of the answer waits that many seconds. `heard` lists the requests'
    first lines.
    """

    def __init__(self, says: bytes, *, pause: float = 0) -> None:
        self.heard: list[str] = []
        self._says = says
        self._pause = pause
        self._over = Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while not self._over.is_set():
                connection, _ = self._listener.accept()
                with connection, suppress(OSError):
                    self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        self.heard.append(_request_on(connection).partition(b"\r\n")[0].decode())
        if not self._says:
            connection.settimeout(0.02)
            while not self._over.is_set() and _is_open(connection):
                pass
        for at in range(len(self._says)):
            connection.sendall(self._says[at : at + 1])
            if self._over.wait(self._pause):
                return


def _request_on(connection: socket.socket) -> bytes:
    """Return the head of a request and its body, as far as both fit into a head's size.

    What is left unread when a socket is closed resets the connection, and the answer is lost.
    """
    heard = connection.recv(LONGEST_HEAD)
    while not _is_whole(heard) and len(heard) < LONGEST_HEAD:
        more = connection.recv(LONGEST_HEAD)
        if not more:
            break
        heard += more
    return heard


def _is_whole(heard: bytes) -> bool:
    head, ended, body = heard.partition(b"\r\n\r\n")
    if not ended:
        return False
    length = re.search(rb"(?im)^content-length: *(\d+)", head)
    return length is None or len(body) >= int(length[1])


def _is_open(connection: socket.socket) -> bool:
    try:
        return bool(connection.recv(LONGEST_HEAD))
    except TimeoutError:
        return True
