"""A stand-in for clamd that keeps to its protocol, and breaks it where a test wants that."""

import socket
import struct
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

SIGNATURE = b"LETTERS-TEST-VIRUS-SIGNATURE"
VIRUS = "Letters.Test.UNOFFICIAL"
SILENT = b""
"""In the place of an answer: say nothing and keep the connection."""


class TooMuch(Exception):
    """The stream is over the limit."""


class FakeClamd:
    """Takes one INSTREAM after the other, on TCP or on the Unix socket at `path`.

    `says` is answered in the place of a verdict; `hang_up_after` closes the connection without a
    word after so many bytes. With `reads_on` what comes after the limit is read too: a socket that
    is closed with bytes unread may lose the answer. `scanned` holds what came in whole.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        limit: int = 1_000_000,
        says: bytes | None = None,
        hang_up_after: int | None = None,
        reads_on: bool = False,
    ) -> None:
        self.scanned: list[bytes] = []
        self._path = path
        self._limit = limit
        self._says = says
        self._hang_up_after = hang_up_after
        self._reads_on = reads_on
        self._over = Event()
        self._listener = _listen(path)
        self._thread = Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        if self._path:
            return f"unix:{self._path}"
        return f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"

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
                with connection, suppress(OSError, EOFError):
                    self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        try:
            content = self._stream(connection)
        except TooMuch:
            connection.sendall(b"INSTREAM size limit exceeded. ERROR\n")
            while self._reads_on and connection.recv(4096):
                pass
            return
        self.scanned.append(content)
        if self._says == SILENT:
            self._over.wait()
            return
        verdict = f"{VIRUS} FOUND" if SIGNATURE in content else "OK"
        connection.sendall(f"stream: {verdict}\n".encode() if self._says is None else self._says)

    def _stream(self, connection: socket.socket) -> bytes:
        if _exactly(connection, len(b"nINSTREAM\n")) != b"nINSTREAM\n":
            raise EOFError
        content = b""
        while length := struct.unpack("!L", _exactly(connection, 4))[0]:
            if len(content) + length > self._limit:
                raise TooMuch
            content += _exactly(connection, length)
            if self._hang_up_after is not None and len(content) >= self._hang_up_after:
                raise EOFError
        return content


def _listen(path: Path | None) -> socket.socket:
    if path is None:
        return socket.create_server(("127.0.0.1", 0))
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen()
    return listener


def _exactly(connection: socket.socket, count: int) -> bytes:
    content = b""
    while len(content) < count:
        piece = connection.recv(count - len(content))
        if not piece:
            raise EOFError
        content += piece
    return content
