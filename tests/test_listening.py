"""Sockets that servers listen at."""

import asyncio
import errno
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from letters import listening
from letters.listening import listen

HOST = "127.0.0.1"


def test_small_packets_of_its_connections_go_out_at_once() -> None:
    found: list[int] = []

    async def serve() -> None:
        asked = asyncio.Event()

        def met(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted = writer.get_extra_info("socket")
            found.append(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()
            asked.set()

        with listen(HOST, 0) as listener:
            server = await asyncio.start_server(met, sock=listener)
            _, writer = await asyncio.open_connection(*listener.getsockname())
            await asked.wait()
            writer.close()
            server.close()

    # In a thread of its own, for what drives the browsers keeps a loop running in the tests' one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, serve()).result()
    assert found == [1]


def test_nobody_else_gets_the_port() -> None:
    with listen(HOST, 0) as listener, pytest.raises(OSError, match="in use"):
        listen(HOST, listener.getsockname()[1])


def test_who_takes_nothing_is_given_up_by_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "SECONDS_TO_TAKE_SOMETHING", 0.2)
    with (
        listen(HOST, 0) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        accepted.settimeout(10)
        with pytest.raises(TimeoutError) as raised:
            accepted.sendall(bytes(100 * 1024 * 1024))
    assert raised.value.errno == errno.ETIMEDOUT
