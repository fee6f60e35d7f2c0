"""A folder in memory, for files that need not outlast the tests: nothing there waits for a disk."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 -- each folder in it is made anew, for us alone
_ROOM = 1024**3


def memory() -> Path | None:
    """Return the folder whose files are in memory, unless it has no room to spare."""
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM
    return _MEMORY if roomy else None


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """Make a folder and remove it in the end; on the disk where memory has no room to spare."""
    with tempfile.TemporaryDirectory(
        prefix="letters-tests-", dir=memory(), ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)
