"""Floor 4: the web application behind a server, which is uvicorn."""

import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import structlog
from flask import Flask
from uvicorn import Config, Server

from letters.app import create_app_from_env, largest_body
from letters.logs import write_down_our_server
from letters.web.connection import MOST_CONNECTIONS, SECONDS_FOR_A_HEAD, Connection
from letters.web.gateway import PATIENCE, Gateway, Patience

SECONDS_TO_END = 60
"""For what is under way when a signal comes; what is not answered by then is broken off."""

log = structlog.get_logger("letters.server")


def run(
    listener: socket.socket,
    threads: int,
    make: Callable[[], Flask] = create_app_from_env,
    patience: Patience = PATIENCE,
) -> None:
    """Serve the application that `make` builds, until a signal."""
    # When all is answered, uvicorn raises the signal that it was stopped by once more.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    server = server_of(Gateway(make(), threads, largest_body, patience))
    write_down_our_server()
    host, port, *_ = listener.getsockname()
    log.info("server.started", host=host, port=port)
    server.run(sockets=[listener])


class _Server(Server):
    """One that takes a single connection at a time off a long queue.

    asyncio accepts as many in a row as the queue is long. When no more files can be opened, as many
    fail, each is written down, and each is tried again by itself: nothing else gets done any more.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen; uvicorn has made the queue as short as the row."""
        await super().startup(sockets)
        for listener in sockets or ():
            listener.listen(MOST_CONNECTIONS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End, and break off what has not come to an end by then."""
        await super().shutdown(sockets)
        for connection in self.server_state.connections:
            connection.transport.abort()


def server_of(gateway: Gateway) -> Server:
    """Return the server for a gateway; it is to be run with a socket that listens."""
    config = Config(
        gateway,
        interface="asgi3",
        http=Connection,
        timeout_keep_alive=int(SECONDS_FOR_A_HEAD),
        backlog=1,
        # More are turned away without words.
        limit_concurrency=2 * MOST_CONNECTIONS,
        timeout_graceful_shutdown=SECONDS_TO_END,
        ws="none",
        lifespan="off",
        # The application knows how many proxies it may believe, and what is to be written down.
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
    )
    return _Server(config)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    log.info("server.stopped")
    sys.exit()
