"""Sockets that a server of ours listens at, and nobody else does."""

import socket


def listen(host: str, port: int) -> socket.socket:
    """Listen at an IP address, `::` for IPv4 too; at any free port for 0. Raises OSError."""
    family = family_of(host)
    both = family is socket.AF_INET6 and socket.has_dualstack_ipv6()
    created = socket.create_server((host, port), family=family, dualstack_ipv6=both)
    # Made from its number, it knows that it speaks TCP; asyncio lets the small packets of such
    # sockets alone go out at once, and every other answer would wait for 40 milliseconds.
    return socket.socket(fileno=created.detach())


def family_of(host: str) -> socket.AddressFamily:
    """Return the kind of an IP address."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET
