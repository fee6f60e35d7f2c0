"""A mail server that says what a test tells it to, byte by byte if need be."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import chain, repeat
from threading import Event, Thread
from types import MappingProxyType, TracebackType
from typing import BinaryIO, Self

HANG_UP = b""
"""In the place of an answer: close the connection without one."""
PUT_OFF = b"(later)"
"""In the place of an answer: say nothing for now, and go on to listen."""

USUAL: Mapping[str, bytes] = {
    "greeting": b"220 scripted.example.org",
    "EHLO": b"250-scripted.example.org\r\n250 SIZE 1000000",
    "MAIL": b"250 OK",
    "RCPT": b"250 OK",
    "DATA": b"354 Go on",
    "message": b"250 Taken",
    "RSET": b"250 OK",
    "QUIT": b"221 Bye",
}

ALL_AT_ONCE: Mapping[str, bytes] = {
    "EHLO": b"250-scripted.example.org\r\n250-SIZE 1000000\r\n250 PIPELINING"
}
"""The answers of a server that takes several commands at once (RFC 2920)."""

Answers = bytes | tuple[bytes, ...]


class ScriptedServer:
    """Serves one connection after the other with the usual answers, and `answers` over them.

    A tuple of answers is given one after the other, and the last one from then on. With `pause`,
    every byte waits that many seconds. `heard` lists the lines that came in, in small letters,
    `connections` counts them, and `taken` the mails that were answered with 250.
    """

    def __init__(
        self, answers: Mapping[str, Answers] = MappingProxyType({}), *, pause: float = 0
    ) -> None:
        self.heard: list[str] = []
        self.connections = 0
        self.taken = 0
        self._answers = {stage: _in_turn(each) for stage, each in {**USUAL, **answers}.items()}
        self._connection: socket.socket | None = None
        self._pause = pause
        self._said = b""
        self._over = Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        """The server's URL."""
        return f"smtp://127.0.0.1:{self._listener.getsockname()[1]}"

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
        if self._connection is not None:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._connection = connection
            with connection:
                self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        try:
            with connection.makefile("rb") as incoming:
                answering = self._answer(connection, "greeting")
                while answering and (line := incoming.readline()):
                    self.heard.append(line.decode().rstrip().lower())
                    command = line.decode().split()[0].upper()
                    answering = self._answer(connection, command)
                    if command == "DATA" and b"354" in self._said:
                        answering = _has_come(incoming) and self._answer(connection, "message")
        except OSError:
            return

    def _answer(self, connection: socket.socket, stage: str) -> bool:
        answer = self._said = next(self._answers[stage])
        if answer is HANG_UP:
            return False
        if answer is PUT_OFF:
            return True
        self.taken += stage == "message" and answer.startswith(b"250")
        if not self._pause:
            connection.sendall(answer + b"\r\n")
            return True
        for byte in answer + b"\r\n":
            connection.sendall(bytes([byte]))
            if self._over.wait(self._pause):
                return False
        return True


def _has_come(incoming: BinaryIO) -> bool:
    """Read a message; say whether it came in whole."""
    return b".\r\n" in iter(incoming.readline, b"")


def _in_turn(answers: Answers) -> Iterator[bytes]:
    one_by_one = (answers,) if isinstance(answers, bytes) else answers
    return chain(one_by_one, repeat(one_by_one[-1]))
