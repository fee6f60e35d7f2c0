"""The files of a SQLite database, which hold people's data: for the service's own user alone."""

import os
import stat
from contextlib import suppress
from pathlib import Path

BESIDE = ("", "-wal", "-shm")
"""What SQLite keeps beside the file; it makes these with the file's own mode."""


def make_private(path: Path) -> None:
    """Make an empty file (0600) in a folder (0700), each unless it is there.

    SQLite takes an empty file for a new database, and would make one that everybody may read.
    Where this fails, SQLite says so when it opens the file.
    """
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def open_to_everybody(path: Path) -> list[Path]:
    """Return those of a database's files that every user of this machine may read.

    None in a folder that is closed to them. Raises OSError when it cannot be told.
    """
    if not path.parent.stat().st_mode & stat.S_IXOTH:
        return []
    files = [path.with_name(f"{path.name}{ending}") for ending in BESIDE]
    return [file for file in files if file.exists() and file.stat().st_mode & stat.S_IROTH]
