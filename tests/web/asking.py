"""A server for the gateway to believe in: what is asked of it, and what it answers."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import unquote

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from letters.domain.errors import StoreUnavailable
from letters.web import gateway
from letters.web.gateway import Gateway, Message, Patience
from letters.web.heads import Scope

LARGEST = 200_000
Fields = tuple[tuple[bytes, bytes], ...]
LEAVES = {"type": "http.disconnect"}


def asked(*fields: tuple[bytes, bytes], path: bytes = b"/caf%C3%A9", method: str = "POST") -> Scope:
    """Return a request without its body."""
    return {
        "type": "http",
        "method": method,
        "path": unquote(path.decode("ascii")),
        "raw_path": path,
        "query_string": b"a=%20b",
        "headers": fields,
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "client": ("::1", 50000),
        "http_version": "1.1",
    }


@dataclass
class Client:
    """The body that comes in, and the answer that goes out."""

    pieces: Iterable[bytes] = ()
    stops: bool = False
    leaves: bool = False
    leaves_after: int | None = None
    status: int = 0
    headers: Fields = ()
    sent: list[bytes] = field(default_factory=list)
    ended: bool = False
    taken: int = 0

    def __post_init__(self) -> None:
        """Begin."""
        self._coming = iter(self.pieces)
        self._whole, self._left = False, asyncio.Event()

    async def receive(self) -> Message:
        """Give the next piece; then wait, or go away."""
        piece = next(self._coming, None)
        if piece is not None:
            self.taken += 1
            return {"type": "http.request", "body": piece, "more_body": True}
        if self.stops:
            await asyncio.sleep(60)
        if self.leaves:
            return LEAVES
        if self._whole:
            await self._left.wait()
            return LEAVES
        self._whole = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Message) -> None:
        """Take a part of the answer."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], tuple(message["headers"])
            return
        self.sent.append(message["body"])
        self.ended = not message["more_body"]
        if len(self.sent) == self.leaves_after:
            self._left.set()
            # As a server does, which learns of it and tells it when there is time to.
            await asyncio.sleep(0)

    @property
    def body(self) -> bytes:
        """Return all that was sent."""
        return b"".join(self.sent)


def ask(
    app: object,
    scope: Scope,
    client: Client,
    patience: Patience = gateway.PATIENCE,
    largest: Callable[[str], int] = lambda _: LARGEST,
) -> Client:
    """Let an application answer a request."""
    served = Gateway(app, 2, largest, patience)  # type: ignore[arg-type]  # the applications below are WSGI
    answering = served(scope, client.receive, client.send)
    # In a thread of its own, for what drives the browsers keeps a loop running in the tests' one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, answering).result()
    return client


@Request.application
def echo(request: Request) -> Response:
    """Say what was asked."""
    try:
        body = request.get_data()
    except (HTTPException, StoreUnavailable) as error:
        return Response(type(error).__name__, getattr(error, "code", 503))
    told = [request.method, request.path, request.query_string.decode(), request.remote_addr]
    told += [f"{name}={value}" for name, value in sorted(request.headers.items())]
    return Response(f"{told} {len(body)}")
