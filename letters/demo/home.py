"""The folder that the demo's data lies in: one demo at a time prepares it."""

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class Unusable(Exception):
    """The demo's folder cannot be used as it is; the sentence says what to do."""


@contextmanager
def alone_in(home: Path, tell: Callable[[], None]) -> Iterator[None]:
    """Keep other demos from preparing `home`, which is made (0700), while the context lasts.

    Waits for one that is at it, after a call of `tell`. The lock is on the folder itself and ends
    with the process. Where none can be had (on some network drives), nothing is waited for.
    Raises Unusable when the folder cannot be made, or in place of an OSError in the context.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(home, tell):
            yield
    except OSError as error:
        message = (
            f"The demo's data cannot lie in {error.filename or home}: {error.strerror}. "
            "Start the demo in another folder, one that you may write to."
        )
        raise Unusable(message) from error


def check_writable(folder: Path) -> None:
    """Raises OSError when `folder` is none, or nothing can be written into it."""
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


@contextmanager
def _locked(home: Path, tell: Callable[[], None]) -> Iterator[None]:
    descriptor = os.open(home, os.O_RDONLY)
    try:
        if _is_taken(descriptor):
            tell()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _is_taken(descriptor: int) -> bool:
    """Take the lock unless another has it, and say whether another has."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return isinstance(error, BlockingIOError)
    return False
