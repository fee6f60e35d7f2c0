"""Who works on a SQLite database, by a lock beside its file that ends with the process."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from letters.records.database import Database, sqlite_file

ENDING = "-worker"


@contextmanager
def at_work(database: Database, take_over: Callable[[], None]) -> Iterator[None]:
    """Count as one of a database's workers while the context lasts.

    Who is the only one calls `take_over` first, while no other begins: whatever some worker seems
    to be doing is left from one that is no more. On PostgreSQL, whose workers are on any machine,
    that cannot be told; nor where no lock can be had. Then nothing is called.
    """
    descriptor = _opened(sqlite_file(database.engine.url))
    if descriptor is None:
        yield
        return
    try:
        if _is_locked(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB):
            take_over()
        _is_locked(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _opened(file: Path | None) -> int | None:
    if file is None:
        return None
    with suppress(OSError):
        return os.open(file.with_name(file.name + ENDING), os.O_RDWR | os.O_CREAT, 0o600)
    return None


def _is_locked(descriptor: int, how: int) -> bool:
    with suppress(OSError):
        fcntl.flock(descriptor, how)
        return True
    return False
