"""The folder of letters: whole or not there, private, and nothing but letters under its names.

What every store must do is in test_stores.py.
"""

import errno
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.adapters import filestore
from letters.adapters.filestore import FolderStore
from letters.domain.errors import StoreFull, StoreUnavailable
from tests.support.thorough import often

NAME = "ab/0190f1c2.letter"
CONTENT = b"ciphertext of a letter"
A_DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "instance" / "letters"


@pytest.fixture
def store(folder: Path) -> FolderStore:
    return FolderStore(folder)


class TestKeeping:
    def test_nobody_else_may_look(self, store: FolderStore, folder: Path) -> None:
        store.put(NAME, CONTENT)
        assert _mode(folder / NAME) == 0o600
        for made in (folder, folder / "ab", folder / "incoming"):
            assert _mode(made) == 0o700

    def test_of_many_writers_of_one_name_exactly_one_wins(self, store: FolderStore) -> None:
        won: list[bytes] = []
        start = Barrier(8)

        def write(content: bytes) -> None:
            start.wait()
            try:
                store.put(NAME, content)
            except StoreUnavailable:
                return
            won.append(content)

        writers = [Thread(target=write, args=(bytes([n]) * 100_000,)) for n in range(8)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert won == [store.get(NAME)]

    def test_an_existing_name_leaves_nothing_behind(self, store: FolderStore, folder: Path) -> None:
        store.put(NAME, CONTENT)
        with pytest.raises(StoreUnavailable):
            store.put(NAME, b"another letter")
        assert _files_in(folder) == [folder / NAME]

    def test_nothing_is_left_in_passing(self, store: FolderStore, folder: Path) -> None:
        store.put(NAME, CONTENT)
        assert _files_in(folder) == [folder / NAME]


class TestDurability:
    def test_bytes_reach_the_disk_before_the_name_and_the_name_before_the_answer(
        self, store: FolderStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.put("ab/other", CONTENT)
        done: list[str] = []
        _spy(monkeypatch, "fsync", lambda handle: done.append(f"sync {_kind(handle)}"))
        _spy(monkeypatch, "link", lambda *_: done.append("link"))
        store.put(NAME, CONTENT)
        assert done == ["sync file", "link", "sync folder"]

    def test_a_new_folder_is_brought_to_the_disk_too(
        self, store: FolderStore, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        synced: list[str] = []
        _spy(monkeypatch, "fsync", lambda handle: synced.append(_path_of(handle)))
        store.put(NAME, CONTENT)
        assert str(folder) in synced, "the entry of the new subfolder lies in there"
        assert str(folder.parent) in synced

    def test_a_disk_that_writes_little_by_little(
        self, store: FolderStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write = os.write
        monkeypatch.setattr(os, "write", lambda handle, data: write(handle, bytes(data)[:7]))
        store.put(NAME, CONTENT)
        assert store.get(NAME) == CONTENT


def _fail_with(number: int) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise OSError(number, os.strerror(number))

    return fail


class TestFaults:
    @pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
    @pytest.mark.parametrize("step", ["write", "fsync", "link", "open"])
    def test_no_room_is_said_as_such(
        self,
        store: FolderStore,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        step: str,
        number: int,
    ) -> None:
        store.put("ab/other", CONTENT)
        with monkeypatch.context() as patch:
            patch.setattr(os, step, _fail_with(number))
            with pytest.raises(StoreFull):
                store.put(NAME, CONTENT)
        assert _files_in(folder) == [folder / "ab/other"]

    @pytest.mark.parametrize("number", [errno.EROFS, errno.EIO, errno.EACCES, errno.EMFILE])
    @pytest.mark.parametrize("step", ["write", "fsync", "link", "open"])
    def test_any_other_fault_leaves_nothing_behind(
        self,
        store: FolderStore,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        step: str,
        number: int,
    ) -> None:
        store.put("ab/other", CONTENT)
        with monkeypatch.context() as patch:
            patch.setattr(os, step, _fail_with(number))
            with pytest.raises(StoreUnavailable) as caught:
                store.put(NAME, CONTENT)
        assert not isinstance(caught.value, StoreFull)
        assert os.strerror(number) in str(caught.value.values["reason"])
        assert _files_in(folder) == [folder / "ab/other"]

    def test_a_name_that_may_not_be_on_the_disk_is_taken_back(
        self, store: FolderStore, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.put("ab/other", CONTENT)
        fsync = os.fsync

        def fail_for_folders(handle: int) -> None:
            if _kind(handle) == "folder":
                raise OSError(errno.EIO, "I/O error")
            fsync(handle)

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fail_for_folders)
            with pytest.raises(StoreUnavailable):
                store.put(NAME, CONTENT)
        assert _files_in(folder) == [folder / "ab/other"]

    def test_a_letter_that_is_stored_counts_even_if_tidying_up_fails(
        self, store: FolderStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", _fail_with(errno.EIO))
            store.put(NAME, CONTENT)
        assert store.get(NAME) == CONTENT
        assert [name for name, _ in store.names()] == [NAME]
        assert store.sweep(datetime.now(UTC) + A_DAY) == 1

    def test_a_file_where_the_folder_should_be(self, tmp_path: Path) -> None:
        (tmp_path / "taken").write_bytes(b"")
        with pytest.raises(StoreUnavailable):
            FolderStore(tmp_path / "taken").put(NAME, CONTENT)

    def test_a_full_device(self, store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
        store.put("ab/other", CONTENT)
        real_open = os.open

        def open_full(path: str | Path, flags: int, mode: int = 0o777) -> int:
            writing = flags & os.O_WRONLY
            return real_open("/dev/full", os.O_WRONLY) if writing else real_open(path, flags, mode)

        monkeypatch.setattr(os, "open", open_full)
        with pytest.raises(StoreFull):
            store.put(NAME, CONTENT)


class TestReading:
    def test_a_missing_folder_is_not_a_missing_letter(self, store: FolderStore) -> None:
        with pytest.raises(StoreUnavailable):
            store.get(NAME)

    def test_a_disk_that_fails(self, store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
        store.put(NAME, CONTENT)
        monkeypatch.setattr(os, "open", _fail_with(errno.EIO))
        with pytest.raises(StoreUnavailable):
            store.get(NAME)

    def test_a_symbolic_link_is_not_followed(self, store: FolderStore, folder: Path) -> None:
        store.put("ab/other", CONTENT)
        (folder / NAME).symlink_to("/etc/passwd")
        with pytest.raises(StoreUnavailable):
            store.get(NAME)


class TestDeleting:
    def test_a_disk_that_fails(self, store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
        store.put(NAME, CONTENT)
        monkeypatch.setattr(Path, "unlink", _fail_with(errno.EROFS))
        with pytest.raises(StoreUnavailable):
            store.delete(NAME)


class TestNames:
    @often
    @given(name=st.text(alphabet="ab./\\-_\0", max_size=12))
    def test_no_name_leads_out_of_the_folder(
        self, tmp_path_factory: pytest.TempPathFactory, name: str
    ) -> None:
        folder = tmp_path_factory.mktemp("store")
        try:
            FolderStore(folder / "letters").put(name, CONTENT)
        except ValueError:
            assert _files_in(folder) == []
            return
        assert _files_in(folder) == [folder / "letters" / name]

    def test_a_subfolder_that_points_elsewhere(
        self, store: FolderStore, folder: Path, tmp_path: Path
    ) -> None:
        store.put("other", CONTENT)
        (tmp_path / "elsewhere").mkdir()
        (folder / "ab").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(ValueError, match="leads out of the store"):
            store.put(NAME, CONTENT)
        assert _files_in(tmp_path / "elsewhere") == []

    def test_the_store_itself_may_be_reached_through_a_symbolic_link(self, tmp_path: Path) -> None:
        (tmp_path / "disk").mkdir()
        (tmp_path / "letters").symlink_to(tmp_path / "disk")
        store = FolderStore(tmp_path / "letters")
        store.put(NAME, CONTENT)
        assert store.get(NAME) == CONTENT


class TestListing:
    def test_files_that_the_service_never_named_are_no_letters(
        self, store: FolderStore, folder: Path
    ) -> None:
        store.put(NAME, CONTENT)
        for foreign in (".DS_Store", "Thumbs.db", "ab/.nfs0001"):
            (folder / foreign).write_bytes(b"")
        assert [name for name, _ in store.names()] == [NAME]

    def test_leftovers_links_and_probes_are_no_letters(
        self, store: FolderStore, folder: Path
    ) -> None:
        store.put(NAME, CONTENT)
        store.check()
        (folder / "incoming" / "leftover").write_bytes(b"half a letter")
        (folder / "ab" / "link").symlink_to(folder / NAME)
        assert [name for name, _ in store.names()] == [NAME]

    def test_a_letter_deleted_meanwhile_is_passed_over(self, store: FolderStore) -> None:
        for name in ("ab/1", "ab/2", "ab/3"):
            store.put(name, CONTENT)
        listed = store.names()
        first, _ = next(listed)
        store.delete("ab/2")
        assert [first, *(name for name, _ in listed)] == ["ab/1", "ab/3"]

    def test_a_disk_that_fails(self, store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
        store.put(NAME, CONTENT)
        monkeypatch.setattr(os, "scandir", _fail_with(errno.EIO))
        with pytest.raises(StoreUnavailable):
            list(store.names())


class TestSweeping:
    @pytest.fixture
    def leftovers(self, store: FolderStore, folder: Path) -> dict[str, Path]:
        store.put(NAME, CONTENT)
        old, young = (folder / "incoming" / name for name in ("old", "young"))
        for leftover in (old, young):
            leftover.write_bytes(b"half a letter")
        long_ago = (datetime.now(UTC) - 2 * A_DAY).timestamp()
        os.utime(old, (long_ago, long_ago))
        os.utime(folder / NAME, (long_ago, long_ago))
        return {"old": old, "young": young}

    def test_old_leftovers_go_and_all_else_stays(
        self, store: FolderStore, leftovers: dict[str, Path]
    ) -> None:
        assert store.sweep(datetime.now(UTC) - A_DAY) == 1
        assert not leftovers["old"].exists()
        assert leftovers["young"].exists()
        assert store.get(NAME) == CONTENT

    def test_sweeping_twice_finds_nothing_more(
        self, store: FolderStore, leftovers: dict[str, Path]
    ) -> None:
        assert leftovers["old"].exists()
        store.sweep(datetime.now(UTC) - A_DAY)
        assert store.sweep(datetime.now(UTC) - A_DAY) == 0

    def test_a_disk_that_fails(self, store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
        store.put(NAME, CONTENT)
        monkeypatch.setattr(os, "scandir", _fail_with(errno.EIO))
        with pytest.raises(StoreUnavailable):
            store.sweep(datetime.now(UTC))


class TestChecking:
    def test_a_good_store_leaves_no_trace(self, store: FolderStore, folder: Path) -> None:
        store.check()
        assert _files_in(folder) == []

    @pytest.mark.parametrize("step", ["write", "fsync", "link", "open"])
    def test_a_bad_one_says_why(
        self, store: FolderStore, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        monkeypatch.setattr(os, step, _fail_with(errno.EROFS))
        with pytest.raises(StoreUnavailable) as caught:
            store.check()
        assert "Read-only file system" in str(caught.value.values["reason"])

    def test_one_that_garbles_is_found_out(
        self, store: FolderStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(filestore, "_read", lambda _: b"something else")
        with pytest.raises(StoreUnavailable) as caught:
            store.check()
        assert "other bytes" in str(caught.value.values["reason"])

    def test_one_whose_folder_takes_no_new_names(
        self, store: FolderStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "access", lambda *_: False)
        with pytest.raises(StoreUnavailable) as caught:
            store.check()
        assert "not writable" in str(caught.value.values["reason"])


def _spy(monkeypatch: pytest.MonkeyPatch, name: str, note: Callable[..., object]) -> None:
    real = getattr(os, name)

    def noted(*args: object) -> object:
        note(*args)
        return real(*args)

    monkeypatch.setattr(os, name, noted)


def _kind(handle: int) -> str:
    return "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"


def _path_of(handle: int) -> str:
    return str(Path(f"/proc/self/fd/{handle}").readlink())


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
