"""A mail server in a process of its own that takes every mail, and tells when it came."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"

spawning = get_context("spawn")


@dataclass(frozen=True)
class Sink:
    """Takes every mail, and says when it came if it is told to whom."""

    arrivals: Connection | None

    async def handle_EHLO(  # noqa: N802 -- aiosmtpd looks the hook up by this name
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        """Offer to take several commands at once."""
        session.host_name = name
        return [*answers[:-1], "250-PIPELINING", answers[-1]]

    async def handle_DATA(  # noqa: N802 -- aiosmtpd looks the hook up by this name
        self, _server: SMTP, _session: Session, _envelope: Envelope
    ) -> str:
        """Take it."""
        if self.arrivals is not None:
            self.arrivals.send(time.monotonic())
        return "250 OK"


def serve(port: Connection, arrivals: Connection | None) -> None:
    """Tell at which port, and serve there for ever."""
    asyncio.run(_serve(port, arrivals))


async def _serve(port: Connection, arrivals: Connection | None) -> None:
    loop, taking = asyncio.get_running_loop(), Sink(arrivals)
    server = await loop.create_server(lambda: SMTP(taking, loop=loop), HOST, 0)
    port.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


@contextmanager
def sink(arrivals: Connection | None = None) -> Iterator[int]:
    """Give the port of a sink."""
    told, tell_port = spawning.Pipe(duplex=False)
    running = spawning.Process(target=serve, args=(tell_port, arrivals), daemon=True)
    running.start()
    try:
        yield told.recv()
    finally:
        running.terminate()
        running.join()
