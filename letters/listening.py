"""Sockets that a server of ours listens at, and nobody else does."""

import socket
import sys

SECONDS_TO_TAKE_SOMETHING = 60.0
"""A client that reads nothing of its answer for so long is given up; nginx waits as long."""


def listen(host: str, port: int) -> socket.socket:
    """Listen at an IP address, `::` for IPv4 too; at any free port for 0. Raises OSError."""
    family = family_of(host)
    both = family is socket.AF_INET6 and socket.has_dualstack_ipv6()
    created = socket.create_server((host, port), family=family, dualstack_ipv6=both)
    if sys.platform == "linux":
        # Connections inherit it. Only the system sees what is on its way when all is written.
        milliseconds = int(1000 * SECONDS_TO_TAKE_SOMETHING)
        created.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
    # Made from its number, it knows that it speaks TCP; asyncio lets the small packets of such
    # sockets alone go out at once, and every other answer would wait for 40 milliseconds.
    return socket.socket(fileno=created.detach())


def family_of(host: str) -> socket.AddressFamily:
    """Return the kind of an IP address."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET
