"""Waiting for what another process or thread does soon, and not for ever."""

import time
from collections.abc import Callable

LONGEST_WAIT = 30.0
A_BLINK = 0.02


def wait_until(
    true: Callable[[], bool],
    otherwise: str | Callable[[], str] = "waited in vain",
    *,
    longest: float = LONGEST_WAIT,
    pause: float = A_BLINK,
) -> None:
    """Return once it is so, which is looked at every `pause` seconds.

    Fails after `longest` seconds, with the words of `otherwise`.
    """
    deadline = time.monotonic() + longest
    while not true():
        assert time.monotonic() < deadline, otherwise if isinstance(otherwise, str) else otherwise()
        time.sleep(pause)
