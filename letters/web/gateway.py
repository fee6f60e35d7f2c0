"""Between the server and the application: a request is taken whole before a thread works on it.

The threads that answer are few, as many as there are database connections. A WSGI server lends one
of them to a request as soon as its head is there, and a client that sends its letter byte by byte,
or stops in the middle, keeps it for as long as it likes: ten such clients, and nobody is served.
Here a body is awaited without a thread, into a temporary file, for as long as it keeps coming.

What is wrong with a body is said when the application reads it, so that its pages say it.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from dataclasses import dataclass
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, NoReturn, TypeVar

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # documented, not re-exported
from werkzeug.exceptions import RequestEntityTooLarge, RequestTimeout

from letters.domain.documents import MEGABYTE
from letters.web.saving import not_saved

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from granian.rsgi import HTTPProtocol, Scope  # type: ignore[attr-defined]  # the same

IN_MEMORY = 64 * 1024
"""What of a body is kept in memory before it goes to a file."""

AT_ONCE = MEGABYTE
"""Answers up to this size are sent in one piece, longer ones while they are made."""

NO_BODY = frozenset({"GET", "HEAD", "OPTIONS"})
ENDED = object()

T = TypeVar("T")
Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Patience:
    """How long a body is waited for.

    It may be silent for `seconds`, and has to come at `rate` bytes a second after that many.
    """

    seconds: float = 30.0
    rate: float = 8 * 1024.0

    def left(self, waited: float, received: int) -> float:
        """Return for how many seconds more to wait for the next piece."""
        return min(self.seconds, self.seconds + received / self.rate - waited)


PATIENCE = Patience()


class CutOff(Exception):
    """The client went away before its body was whole: there is nobody to answer."""


class Gateway:
    """An RSGI application over a WSGI application with `threads` threads.

    `largest` says how many bytes are taken for a path.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        threads: int,
        largest: Callable[[str], int],
        patience: Patience = PATIENCE,
    ) -> None:
        self._app = app
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="answering")
        self._largest = largest
        self._patience = patience

    async def __call__(self, scope: "Scope", protocol: "HTTPProtocol") -> None:
        """Take the request, have it answered by a thread, and send the answer."""
        # The server's own tasks cannot be cancelled, which is how a time limit ends one.
        await asyncio.create_task(self._serve(scope, protocol))

    async def _serve(self, scope: "Scope", protocol: "HTTPProtocol") -> None:
        with SpooledTemporaryFile(IN_MEMORY) as body:
            try:
                error = await self._take(scope, protocol, body)
            except CutOff:
                protocol.response_empty(400, [("connection", "close")])
                return
            environ = _environ(scope, body)
            if error is not None:
                environ["wsgi.input"] = _Unreadable(error)
            await self._answer(environ, protocol, closing=error is not None)

    async def _take(
        self, scope: "Scope", protocol: "HTTPProtocol", body: IO[bytes]
    ) -> Exception | None:
        """Write the body into the file; return what is wrong with it. Raises CutOff."""
        if scope.method in NO_BODY:
            return None
        largest = self._largest(scope.path)
        announced = _announced(scope)
        if announced is not None and announced > largest:
            return RequestEntityTooLarge()
        try:
            received = await self._receive(protocol, body, largest)
        except (RequestEntityTooLarge, RequestTimeout) as error:
            return error
        except OSError as error:
            return not_saved(error)
        if announced not in {None, received}:
            raise CutOff
        body.seek(0)
        return None

    async def _receive(self, protocol: "HTTPProtocol", body: IO[bytes], largest: int) -> int:
        """Return how many bytes came. Raises RequestEntityTooLarge, RequestTimeout or OSError."""
        now, received = asyncio.get_running_loop().time, 0
        began = now()
        try:
            async with asyncio.timeout(self._patience.seconds) as limit:
                async for piece in protocol:
                    received += len(piece)
                    if received > largest:
                        raise RequestEntityTooLarge
                    body.write(piece)
                    limit.reschedule(now() + self._patience.left(now() - began, received))
        except TimeoutError:
            raise RequestTimeout from None
        return received

    async def _answer(
        self, environ: "WSGIEnvironment", protocol: "HTTPProtocol", *, closing: bool
    ) -> None:
        """Have the application answer. All of a request runs in one context, on any thread."""
        context = copy_context()
        answer = await self._in_a_thread(context, partial(_begin, self._app, environ))
        if closing:
            answer.headers.append(("connection", "close"))
        try:
            if answer.rest is None:
                protocol.response_bytes(answer.status, answer.headers, answer.beginning)
                return
            transport = protocol.response_stream(answer.status, answer.headers)
            piece = answer.beginning
            while piece is not ENDED:
                await transport.send_bytes(piece)
                piece = await self._in_a_thread(context, partial(next, answer.rest, ENDED))
        except ProtocolClosed:
            return  # They went away while they were answered.
        finally:
            await self._in_a_thread(context, answer.close)

    async def _in_a_thread(self, context: Context, call: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, context.run, call)


@dataclass(frozen=True)
class _Answer:
    """What the application answers: the beginning, and whatever is still to be made."""

    status: int
    headers: Headers
    beginning: bytes
    rest: Iterator[bytes] | None
    close: Callable[[], None]


def _begin(app: "WSGIApplication", environ: "WSGIEnvironment") -> _Answer:
    """Let the application begin to answer, and finish if the answer is short."""
    started: list[tuple[str, Headers]] = []

    def start(status: str, headers: Headers, _error: object = None) -> Callable[[bytes], object]:
        started.append((status, headers))
        return _no_writing

    made = app(environ, start)
    pieces, beginning, ended = iter(made), bytearray(), False
    while not ended and len(beginning) < AT_ONCE:
        piece = next(pieces, None)
        ended = piece is None
        beginning += piece or b""
    status, headers = started[-1]
    return _Answer(
        status=int(status.split(" ", 1)[0]),
        headers=list(headers),
        beginning=bytes(beginning),
        rest=None if ended else pieces,
        close=getattr(made, "close", lambda: None),
    )


def _no_writing(_data: bytes) -> NoReturn:
    message = "an answer is returned, not written"
    raise NotImplementedError(message)


class _Unreadable:
    """A body of which something is wrong: whoever reads it learns what."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def read(self, _size: int = -1) -> NoReturn:
        """Raises what is wrong."""
        raise self._error

    readline = readlines = read


def _announced(scope: "Scope") -> int | None:
    """Return how long the body is said to be; the server has checked that it is a number."""
    length = scope.headers.get("content-length")
    return int(length) if length else None


def _environ(scope: "Scope", body: IO[bytes]) -> "WSGIEnvironment":
    host, _, port = scope.server.rpartition(":")
    address, _, _ = scope.client.rpartition(":")
    return _variables(scope) | {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": address.strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _variables(scope: "Scope") -> dict[str, str]:
    """Return the headers. One with an underscore would pass for another, so it is left out."""
    found: dict[str, str] = {}
    if scope.authority:
        found["HTTP_HOST"] = scope.authority
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        key = _NAMES.get(name, "HTTP_" + name.upper().replace("-", "_"))
        between = "; " if name == "cookie" else ","
        found[key] = f"{found[key]}{between}{value}" if key in found else value
    return found


_NAMES = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
