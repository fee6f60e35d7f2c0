"""Waiting for what another process or thread does soon, and not for ever."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

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


def assert_ends(process: int) -> None:
    """Wait for the end of a process that need not be a child of ours."""
    wait_until(lambda: _has_ended(process), f"process {process} goes on", longest=5)


def _has_ended(process: int) -> bool:
    """Say whether it is gone, or waits only for its parent to ask how it ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2]
        return state.split()[0] == "Z"
    return True
