"""What is deleted from the folder of letters stays deleted, even after a power cut."""

import os
from pathlib import Path

import pytest

from letters.adapters.filestore import FolderStore

NAME = "ab/0190f1c2.letter"


def test_a_letter_is_off_the_disk_before_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path / "letters")
    store.put(NAME, b"ciphertext of a letter")
    synced: list[tuple[Path, bool]] = []
    fsync = os.fsync

    def noted(handle: int) -> None:
        folder = Path(f"/proc/self/fd/{handle}").readlink()
        synced.append((folder, (tmp_path / "letters" / NAME).exists()))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    store.delete(NAME)
    assert synced == [(tmp_path / "letters" / "ab", False)]
