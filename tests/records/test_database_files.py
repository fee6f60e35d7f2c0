"""A SQLite database is for the service's own user alone."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from letters.records import Database
from letters.records.database_files import open_to_everybody


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def use(path: Path) -> Database:
    """Open the database at `path`, and have SQLite make all its files."""
    database = Database(f"sqlite:///{path}")
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS kept (word TEXT)"))
        connection.execute(text("INSERT INTO kept VALUES ('word')"))
    return database


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folder_and_files_of_a_new_one_are_private(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere" / "instance" / "letters.db"

    database = use(path)

    files = {file.name: mode(file) for file in path.parent.iterdir()}
    assert files == dict.fromkeys(("letters.db", "letters.db-wal", "letters.db-shm"), 0o600)
    assert mode(path.parent) == 0o700
    database.close()


def test_one_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "letters.db"
    path.touch(mode=0o640)
    tmp_path.chmod(0o755)

    database = use(path)
    database.close()
    database = use(path)

    assert (mode(path), mode(tmp_path)) == (0o640, 0o755)
    with database.reading() as session:
        assert session.scalars(text("SELECT word FROM kept")).all() == ["word", "word"]
    database.close()


def test_nothing_is_made_before_it_is_used(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'instance' / 'letters.db'}").close()

    assert list(tmp_path.iterdir()) == []


def test_what_everybody_may_read_is_found(tmp_path: Path) -> None:
    path = tmp_path / "letters.db"
    path.touch()
    database = use(path)
    tmp_path.chmod(0o755)
    (tmp_path / "letters.db-shm").chmod(0o640)

    assert open_to_everybody(path) == [path, tmp_path / "letters.db-wal"]
    tmp_path.chmod(0o750)
    assert open_to_everybody(path) == []
    database.close()


def test_a_database_that_is_not_there_cannot_be_judged(tmp_path: Path) -> None:
    assert open_to_everybody(tmp_path / "letters.db") == []
    with pytest.raises(FileNotFoundError):
        open_to_everybody(tmp_path / "nowhere" / "letters.db")
