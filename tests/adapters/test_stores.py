"""What every store of letters does, a folder or a bucket."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from letters.adapters.filestore import FolderStore
from letters.domain.errors import LetterUnreadable, StoreUnavailable
from letters.ports import LetterStore
from tests.support.s3 import S3Server

NAME = "ab/0190f1c2.letter"
CONTENT = b"ciphertext of a letter"
NEVER_CHOSEN = [
    "",
    ".",
    "..",
    "/",
    "/etc/passwd",
    "../letter",
    "ab/../letter",
    "ab/..",
    "a..b",
    "./a",
    "a/b/c",
    "a//b",
    "a/",
    ".hidden",
    "ab/.hidden",
    "-option",
    "A",
    "a b",
    "a\0b",
    "a\nb",
    "a\n",
    "ä",
    "a\\b",
    "a%2f..%2fb",
    "a?versionId=1",
    "~",
    "incoming",
    "incoming/a",
    "x" * 201,
]


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> LetterStore:
    """An unused store of each kind."""
    if request.param == "folder":
        return FolderStore(tmp_path / "letters")
    server: S3Server = request.getfixturevalue("s3")
    return server.store()


def listed(store: LetterStore) -> list[str]:
    return [name for name, _ in store.names()]


class TestKeeping:
    def test_what_was_put_is_given_back(
        self, store: LetterStore, subtests: pytest.Subtests
    ) -> None:
        for name in ("a", "a.letter", "ab/cd", "0190-f1_c2/3.v2.enc", "x" * 200):
            with subtests.test(name):
                store.put(name, name.encode())
                assert store.get(name) == name.encode()

    def test_content_of_any_size(self, store: LetterStore, subtests: pytest.Subtests) -> None:
        for size in (0, 1, 3_000_000, 12_000_000):
            with subtests.test(size=size):
                content = b"\0" * size
                store.put(f"size-{size}", content)
                assert store.get(f"size-{size}") == content

    def test_an_existing_name_is_never_overwritten(self, store: LetterStore) -> None:
        store.put(NAME, CONTENT)
        for content in (b"another letter", CONTENT, b""):
            with pytest.raises(StoreUnavailable):
                store.put(NAME, content)
        assert store.get(NAME) == CONTENT
        assert listed(store) == [NAME]


class TestReadingAndDeleting:
    def test_a_missing_letter(self, store: LetterStore) -> None:
        store.put("ab/other", CONTENT)
        with pytest.raises(LetterUnreadable):
            store.get(NAME)

    def test_a_deleted_letter_is_gone(self, store: LetterStore) -> None:
        store.put(NAME, CONTENT)
        store.delete(NAME)
        assert listed(store) == []
        with pytest.raises(LetterUnreadable):
            store.get(NAME)

    def test_deleting_what_is_missing_is_fine(self, store: LetterStore) -> None:
        store.put("ab/other", CONTENT)
        for name in (NAME, "never"):
            store.delete(name)
        assert listed(store) == ["ab/other"]

    def test_the_name_can_be_used_again(self, store: LetterStore) -> None:
        store.put(NAME, CONTENT)
        store.delete(NAME)
        store.put(NAME, b"another letter")
        assert store.get(NAME) == b"another letter"


class TestNames:
    def test_names_that_the_service_never_chose(
        self, store: LetterStore, subtests: pytest.Subtests
    ) -> None:
        for name in NEVER_CHOSEN:
            with subtests.test(name):
                with pytest.raises(ValueError, match="not a name for a stored letter"):
                    store.put(name, CONTENT)
                with pytest.raises(ValueError, match="not a name for a stored letter"):
                    store.get(name)
                with pytest.raises(ValueError, match="not a name for a stored letter"):
                    store.delete(name)
        assert listed(store) == []


class TestListing:
    def test_every_letter_with_the_instant_it_was_stored(self, store: LetterStore) -> None:
        before = datetime.now(UTC) - timedelta(seconds=2)
        for name in ("b", "ab/2", "ab/1", "cd/1"):
            store.put(name, CONTENT)
        found = dict(store.names())
        assert list(found) == ["ab/1", "ab/2", "b", "cd/1"]
        assert all(before <= at <= datetime.now(UTC) for at in found.values())
        assert all(at.tzinfo is UTC for at in found.values())

    def test_a_store_without_letters(self, store: LetterStore) -> None:
        assert listed(store) == []


class TestSweeping:
    def test_letters_stay(self, store: LetterStore) -> None:
        store.put(NAME, CONTENT)
        assert store.sweep(datetime.now(UTC) + timedelta(days=1)) == 0
        assert store.get(NAME) == CONTENT

    def test_an_unused_store_has_nothing_to_sweep(self, store: LetterStore) -> None:
        assert store.sweep(datetime.now(UTC)) == 0

    def test_a_naive_instant_is_refused(self, store: LetterStore) -> None:
        with pytest.raises(ValueError, match="time zone"):
            store.sweep(datetime.now(UTC).replace(tzinfo=None))


class TestChecking:
    def test_a_good_store_leaves_no_trace(self, store: LetterStore) -> None:
        store.put(NAME, CONTENT)
        store.check()
        assert listed(store) == [NAME]
        assert store.sweep(datetime.now(UTC) + timedelta(days=1)) == 0
