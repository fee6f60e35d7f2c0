"""Ports for the demo's servers: free ones, which no other demo takes meanwhile."""

import socket
from itertools import repeat

from letters.demo.instance import HOST
from letters.demo.processes import ProcessFailed
from letters.listening import listen

PORTS_TRIED = 100
LAST_PORT = 65535


def listen_from(first: int = 0) -> socket.socket:
    """Listen at the TCP port `first`, or the next one after it that is free; at any for 0.

    The server takes the socket over when the data is made; until then nobody else gets the port.
    Raises ProcessFailed when none of a hundred is free.
    """
    following = range(first, min(first + PORTS_TRIED, LAST_PORT + 1))
    for port in following if first else repeat(0, 1):
        try:
            return listen(HOST, port)
        except OSError:
            continue
    message = f"No port from {first} on is free. Choose another one to begin with."
    raise ProcessFailed(message)
