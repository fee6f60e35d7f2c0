"""Between the server and the application: a request is taken whole before a thread works on it.

The threads that answer are few, as many as there are database connections. A WSGI server lends one
of them to a request as soon as its head is there, and a client that sends its letter byte by byte,
or stops in the middle, keeps it for as long as it likes: ten such clients, and nobody is served.
Here a body is awaited without a thread, into a temporary file, for as long as it keeps coming.

What is wrong with a body is said when the application reads it, and what is wrong with a head is in
the variable `HEAD_ERROR` for the application to raise, so that its pages say both.

To the server it is an ASGI application (https://asgi.readthedocs.io/en/latest/specs/www.html).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, NoReturn, TypeVar

from werkzeug.exceptions import (
    HTTPException,
    RequestEntityTooLarge,
    RequestTimeout,
    ServiceUnavailable,
)

from letters.web.answers import Answer, begin, whole
from letters.web.heads import NOTHING_KNOWN, Scope, announced, environ_of, error_in, in_origin_form
from letters.web.incoming import HEAD_ERROR
from letters.web.saving import not_saved

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

IN_MEMORY = 64 * 1024
"""What of a body is kept in memory before it goes to a file."""

SECONDS_AWAY = 30
"""After which those who are turned away may try again."""

CLOSE = (b"connection", b"close")
ENDED = object()

T = TypeVar("T")
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


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
    """An ASGI application over a WSGI application with `threads` threads.

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

    async def __call__(
        self, sent: Scope, receive: Receive, send: Send, refused: HTTPException | None = None
    ) -> None:
        """Take the request, have it answered by a thread, and send the answer."""
        scope = in_origin_form(sent)
        with SpooledTemporaryFile(IN_MEMORY) as body:
            environ = environ_of(scope, body)
            environ[HEAD_ERROR] = refused or error_in(scope)
            try:
                error = environ[HEAD_ERROR] or await self._take(scope, receive, body)
            except CutOff:
                return
            if error is None:
                await self._answer(environ, receive, send, early=False)
                return
        environ["wsgi.input"] = _Unreadable(error)
        await self._answer(environ, receive, send, early=True)

    async def turn_away(self, sent: Scope, receive: Receive, send: Send) -> None:
        """Have it said that too many are here."""
        await self(sent, receive, send, ServiceUnavailable(retry_after=SECONDS_AWAY))

    async def answer_to_head(self, error: HTTPException, *, by_program: bool) -> Answer:
        """Have it said what is wrong with a head that cannot be read, to a program or a person."""
        path = b"/api/" if by_program else b"/"
        environ = environ_of(NOTHING_KNOWN | {"raw_path": path}, BytesIO()) | {HEAD_ERROR: error}
        return await self._in_a_thread(copy_context(), partial(whole, self._app, environ))

    async def _take(self, scope: Scope, receive: Receive, body: IO[bytes]) -> Exception | None:
        """Write the body into the file; return what is wrong with it. Raises CutOff."""
        largest = self._largest(scope["path"])
        if announced(scope) > largest:
            return RequestEntityTooLarge()
        try:
            await self._receive(receive, body, largest)
        except (RequestEntityTooLarge, RequestTimeout) as error:
            return error
        except OSError as error:
            return not_saved(error)
        body.seek(0)
        return None

    async def _receive(self, receive: Receive, body: IO[bytes], largest: int) -> None:
        """Raises CutOff, RequestEntityTooLarge, RequestTimeout or OSError."""
        now, received = asyncio.get_running_loop().time, 0
        began = now()
        try:
            async with asyncio.timeout(self._patience.seconds) as limit:
                async for piece in _pieces(receive):
                    received += len(piece)
                    if received > largest:
                        raise RequestEntityTooLarge
                    body.write(piece)
                    limit.reschedule(now() + self._patience.left(now() - began, received))
        except TimeoutError:
            raise RequestTimeout from None

    async def _answer(
        self, environ: "WSGIEnvironment", receive: Receive, send: Send, *, early: bool
    ) -> None:
        """Have the application answer, `early` when not all has come that they send.

        All of a request runs in one context, on any thread.
        """
        context = copy_context()
        answer = await self._begun(context, environ)
        headers = [*answer.headers, CLOSE] if early else answer.headers
        try:
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            if answer.rest is not None:
                await self._send_all(answer, context, receive, send)
                return
            await send(_body(answer.beginning, more=early))
            if early:
                await self._hear_out(receive)
                await send(_body(b"", more=False))
        finally:
            await self._in_a_thread(context, answer.close)

    async def _begun(self, context: Context, environ: "WSGIEnvironment") -> Answer:
        """Have the application begin; what keeps it from that is for it to say as well."""
        try:
            return await self._in_a_thread(context, partial(begin, self._app, {**environ}))
        except Exception as error:  # noqa: BLE001 -- the application knows words for each
            environ["wsgi.input"].seek(0)
            again = {**environ, HEAD_ERROR: error}
            return await self._in_a_thread(copy_context(), partial(begin, self._app, again))

    async def _send_all(
        self, answer: Answer, context: Context, receive: Receive, send: Send
    ) -> None:
        """Send a long answer piece by piece, until they go away."""
        piece, left = answer.beginning, asyncio.create_task(_until_they_leave(receive))
        try:
            while piece is not ENDED and not left.done():
                await send(_body(piece, more=True))
                piece = await self._in_a_thread(context, partial(next, answer.rest, ENDED))
            await send(_body(b"", more=False))
        finally:
            left.cancel()

    async def _hear_out(self, receive: Receive) -> None:
        """Let a client that was answered early send the rest.

        Many read nothing before they have sent everything, and a connection that is closed with
        something unread in it takes the answer along.
        """
        with suppress(TimeoutError, CutOff):
            async with asyncio.timeout(self._patience.seconds):
                async for _ in _pieces(receive):
                    pass

    async def _in_a_thread(self, context: Context, call: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, context.run, call)


def _body(piece: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": piece, "more_body": more}


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    """Give the pieces of a body. Raises CutOff when the client goes away before its end."""
    coming = True
    while coming:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CutOff
        yield message["body"]
        coming = message["more_body"]


async def _until_they_leave(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class _Unreadable:
    """A body of which something is wrong: whoever reads it learns what."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def read(self, _size: int = -1) -> NoReturn:
        """Raises what is wrong."""
        raise self._error

    readline = readlines = read

    def seek(self, _where: int) -> None:
        """Do nothing: it is read from nowhere."""
