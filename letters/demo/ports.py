"""Ports for the demo's servers: free ones, which no other demo takes meanwhile."""

import socket
from dataclasses import dataclass
from itertools import repeat
from types import TracebackType
from typing import Self

from letters.demo.instance import HOST
from letters.demo.processes import ProcessFailed

PORTS_TRIED = 100
LAST_PORT = 65535


@dataclass(frozen=True)
class ClaimedPort:
    """A TCP port that is kept from other demos until the block ends.

    Granian shares a port with any other Granian, so that it does not find out itself that one is
    taken; and it listens only when the data is made. Until then the claim stands for it: the UDP
    port of the same number, which nothing else uses and only one process at a time can have.
    """

    number: int
    claim: socket.socket

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.claim.close()


def claim_port(first: int = 0) -> ClaimedPort:
    """Claim `first`, or the next port after it that is free; any free one for 0.

    Raises ProcessFailed when none of a hundred is.
    """
    following = range(first, min(first + PORTS_TRIED, LAST_PORT + 1))
    for port in following if first else repeat(0, PORTS_TRIED):
        claimed = _claimed(port)
        if claimed is not None:
            return claimed
    message = f"No port from {first} on is free. Choose another one to begin with."
    raise ProcessFailed(message)


def _claimed(port: int) -> ClaimedPort | None:
    claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        claim.bind((HOST, port))
        number = claim.getsockname()[1]
        socket.create_server((HOST, number)).close()
    except OSError:
        claim.close()
        return None
    return ClaimedPort(number, claim)
