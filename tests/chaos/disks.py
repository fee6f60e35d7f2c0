"""A small disk of its own, that a test can fill, protect and free again."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.need import need
from tests.support.patience import wait_until

HOW = "run the tests as root, where file systems can be mounted"
FILLER = "filler"
_BLOCK = bytes(4096)


@dataclass(frozen=True)
class Disk:
    """A mounted file system."""

    folder: Path

    def fill(self, leaving: int = 0) -> None:
        """Leave room for `leaving` bytes only."""
        with (self.folder / FILLER).open("wb", buffering=0) as filler:
            with suppress(OSError):
                while filler.write(_BLOCK):
                    pass
            assert os.statvfs(self.folder).f_bavail == 0
            filler.truncate(max(0, filler.tell() - leaving))

    def free(self) -> None:
        """Make room again."""
        (self.folder / FILLER).unlink()

    def protect(self, *, read_only: bool = True) -> None:
        """Let nothing be written any more, or let it be written again.

        A server forgets what it was sent a moment after it has answered.
        """
        options = f"remount,{'ro' if read_only else 'rw'}"
        wait_until(lambda: _mount("-o", options, self.folder), "a file on it stays open")


@contextmanager
def disk(folder: Path, size: int) -> Iterator[Disk]:
    """Mount a disk of `size` bytes at `folder`, which is made."""
    folder.mkdir()
    mounted = os.geteuid() == 0 and _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder)
    need("a disk to fill", mounted, HOW)
    try:
        yield Disk(folder)
    finally:
        _run("umount", "--lazy", folder)


def _mount(*arguments: str | Path) -> bool:
    return _run("mount", *arguments)


def _run(*command: str | Path) -> bool:
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 -- fixed programs
    return done.returncode == 0
