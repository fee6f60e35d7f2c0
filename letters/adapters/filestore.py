"""Encrypted letters in a local folder.

A letter is written under a random name in `incoming`, brought to the disk, and only then linked to
its final name. A name therefore stands for the whole content or for nothing, even after a power
cut, and linking never replaces what is there already.
"""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from letters.domain.errors import LetterUnreadable, StoreFull, StoreUnavailable
from letters.domain.stored_names import INCOMING, check_stored_name, is_stored_name

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


class FolderStore:
    """A LetterStore over a folder, which is made (0700) with the first letter.

    Names are the service's own (domain/stored_names.py). Any other, or one that leads out of the
    folder, raises ValueError. Files that have another name are not ours: they are not listed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / INCOMING

    def put(self, name: str, content: bytes) -> None:
        """Store `content` durably under `name`, which must not exist.

        Raises StoreFull when there is no room, StoreUnavailable when it fails otherwise or `name`
        exists. What was there before is untouched; nothing new is left behind.
        """
        final = self._path(name)
        with _as_store_error():
            _make_folder(self._incoming)
            _make_folder(final.parent)
            self._write(final, content)

    def get(self, name: str) -> bytes:
        """Return the content.

        Raises LetterUnreadable if it is missing, StoreUnavailable when it, or the whole folder,
        cannot be read.
        """
        path = self._path(name)
        with _as_store_error():
            try:
                return _read(path)
            except FileNotFoundError as error:
                if self._folder.is_dir():
                    raise LetterUnreadable from error
                raise

    def delete(self, name: str) -> None:
        """Remove `name`; a missing one is fine. Raises StoreUnavailable."""
        path = self._path(name)
        with _as_store_error(), suppress(FileNotFoundError):
            path.unlink()
            _sync_folder(path.parent)

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Yield each stored name and the instant (UTC) it was stored. Raises StoreUnavailable."""
        with _as_store_error():
            for path in self._stored():
                name = path.relative_to(self._folder).as_posix()
                with suppress(FileNotFoundError):
                    if is_stored_name(name):
                        yield name, _written_at(path)

    def sweep(self, older_than: datetime) -> int:
        """Remove what interrupted uploads left before `older_than`; return how many files.

        Raises StoreUnavailable, and ValueError for a naive instant.
        """
        if older_than.tzinfo is None:
            message = "sweeping needs an instant with a time zone"
            raise ValueError(message)
        swept = 0
        with _as_store_error():
            for leftover in _files_in(self._incoming):
                with suppress(FileNotFoundError):
                    if _written_at(leftover) < older_than:
                        leftover.unlink()
                        swept += 1
        return swept

    def check(self) -> None:
        """Write, read and delete a probe. Raises StoreUnavailable with the reason."""
        # It lies among the leftovers, so that a crash in between does not look like a letter.
        probe = self._incoming / f"probe-{secrets.token_hex(16)}"
        content = secrets.token_bytes(16)
        with _as_store_error():
            _make_folder(self._incoming)
            self._write(probe, content)
            read_back = _read(probe)
            probe.unlink()
        if read_back != content:
            raise StoreUnavailable(reason=f"{self._folder} gave back other bytes than were written")
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise StoreUnavailable(reason=f"{self._folder} is not writable")

    def _path(self, name: str) -> Path:
        check_stored_name(name)
        path = self._folder / name
        if not path.parent.resolve().is_relative_to(self._folder.resolve()):
            message = f"{name!r} leads out of the store"
            raise ValueError(message)
        return path

    def _write(self, final: Path, content: bytes) -> None:
        passing = self._incoming / secrets.token_hex(16)
        try:
            _write_through(passing, content)
            _link_through(passing, final)
        finally:
            # By now the letter is stored or it is not; what cannot be tidied up here is swept.
            with suppress(OSError):
                passing.unlink()

    def _stored(self) -> Iterator[Path]:
        for entry in _entries_of(self._folder):
            if entry.name == INCOMING:
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _files_in(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                yield Path(entry.path)


@contextmanager
def _as_store_error() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        kind = StoreFull if error.errno in _NO_ROOM else StoreUnavailable
        raise kind(reason=str(error)) from error


def _write_through(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        unwritten = memoryview(content)
        while unwritten:
            unwritten = unwritten[os.write(handle, unwritten) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _link_through(source: Path, final: Path) -> None:
    os.link(source, final)
    try:
        _sync_folder(final.parent)
    except OSError:
        with suppress(OSError):
            final.unlink()
        raise


def _read(path: Path) -> bytes:
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:  # noqa: PTH123 -- Path.open would follow a symbolic link
        return file.read()


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _files_in(folder: Path) -> Iterator[Path]:
    for entry in _entries_of(folder):
        if entry.is_file(follow_symlinks=False):
            yield Path(entry.path)


def _entries_of(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []


def _written_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
