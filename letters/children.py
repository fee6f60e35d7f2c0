"""Child processes that can harm nothing but themselves.

A stranger's file is only ever read by such a process. It learns nothing of our environment, limits
itself before it touches the file, and is ended with all that it started.
"""

import math
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer

OPEN_FILES = 32
OPEN_FILES_OF_MANY = 256


def own_module(name: str, *arguments: str) -> list[str]:
    """Return the command that runs the module `name` of this package by itself."""
    return [sys.executable, "-BP", "-m", name, *arguments]


@contextmanager
def running(command: Sequence[str], seconds: float) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `command` with pipes to its input and output; its group is killed in the end.

    It has `seconds` on the clock. Raises OSError when it cannot be started.
    """
    with subprocess.Popen(  # noqa: S603 -- commands of our own, without a shell
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(Path(__file__).parents[1])},
        cwd="/",
        start_new_session=True,
    ) as child:
        watch = Timer(seconds, _kill, [child])
        watch.start()
        try:
            yield child
        finally:
            watch.cancel()
            watch.join()
            _kill(child)


def _kill(child: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def limit_this_process(
    seconds: float, memory: int, *, largest_file: int = 0, starts_others: bool = False
) -> None:
    """Bound this process's processor time and its memory in bytes.

    It can write no file larger than `largest_file`, and start nothing unless it `starts_others`,
    which are limited alike. What is limited lower already stays so.
    """
    others = resource.RLIM_INFINITY if starts_others else 0
    open_files = OPEN_FILES_OF_MANY if starts_others else OPEN_FILES
    for kind, amount in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, math.ceil(seconds)),
        (resource.RLIMIT_FSIZE, largest_file),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, others),
        (resource.RLIMIT_NOFILE, open_files),
    ):
        _, ceiling = resource.getrlimit(kind)
        known = [limit for limit in (amount, ceiling) if limit != resource.RLIM_INFINITY]
        allowed = min(known, default=resource.RLIM_INFINITY)
        resource.setrlimit(kind, (allowed, allowed))
