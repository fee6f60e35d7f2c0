"""Ports for the demo's servers: free ones, which no other demo takes meanwhile."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat

from letters.demo.instance import HOST
from letters.demo.processes import ProcessFailed

PORTS_TRIED = 100
LAST_PORT = 65535


@contextmanager
def claimed_port(first: int = 0) -> Iterator[int]:
    """Give `first`, or the next TCP port after it that is free; any free one for 0.

    It is kept from other demos until the block ends. Granian shares a port with any other Granian,
    so that it does not find out itself that one is taken; and it listens only when the data is
    made. Until then the claim stands for it: the UDP port of the same number, which nothing else
    uses and only one process at a time can have. Raises ProcessFailed when none of a hundred is
    free.
    """
    with _claim(first) as claim:
        yield claim.getsockname()[1]


def _claim(first: int) -> socket.socket:
    following = range(first, min(first + PORTS_TRIED, LAST_PORT + 1))
    for port in following if first else repeat(0, PORTS_TRIED):
        claim = _claim_of(port)
        if claim is not None:
            return claim
    message = f"No port from {first} on is free. Choose another one to begin with."
    raise ProcessFailed(message)


def _claim_of(port: int) -> socket.socket | None:
    claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        claim.bind((HOST, port))
        socket.create_server(claim.getsockname()).close()
    except OSError:
        claim.close()
        return None
    return claim
