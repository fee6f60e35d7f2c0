"""Real disks that are full or protected: the letter is not saved, and the referee is told so."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from letters.domain.documents import MEGABYTE
from tests.chaos.disks import Disk, disk
from tests.chaos.sending import breaches, kept
from tests.chaos.servers import Server, asked, server_on
from tests.support.pdfs import letter_pdf, scanned_pdf
from tests.support.rows import unchanged
from tests.web.visiting import stored_files

TAKEN, UNAVAILABLE, FULL = 303, 503, 507
NOT_SAVED = "Your letter was not saved"
TRY_AGAIN = "Please try again in"
LETTER = scanned_pdf(1240)
"""Larger than what is kept in memory on its way."""

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _refused(server: Server, status: int, letter: bytes = LETTER) -> None:
    """Send a letter that cannot be kept: it is refused in words, and nothing is left of it."""
    form = server.open_page(asked(server.story))
    files = stored_files(server.story.house)
    with unchanged(server.story.house.database):
        answered, page = form.send_and_read(letter)
    assert answered == status, page
    assert NOT_SAVED in page
    assert TRY_AGAIN in page
    assert stored_files(server.story.house) == files
    assert breaches(server.story.house) == []


def _taken(server: Server, letter: bytes = LETTER) -> None:
    assert server.open_page(asked(server.story)).send(letter) == TAKEN
    assert letter in [each.content for each in kept(server.story.house)]
    assert breaches(server.story.house) == []


@on_sqlite
def test_a_store_without_room_or_leave_to_write_takes_nothing(
    database_url: str, tmp_path: Path
) -> None:
    with (
        disk(tmp_path / "disk", 4 * MEGABYTE) as small,
        server_on(database_url, tmp_path, store=small.folder / "store") as server,
    ):
        server.start()
        _taken(server)
        small.fill()
        _refused(server, FULL)
        small.free()
        _taken(server)
        small.fill(leaving=len(LETTER) // 2)
        _refused(server, FULL)
        small.free()
        small.protect()
        _refused(server, UNAVAILABLE)
        small.protect(read_only=False)
        _taken(server)
        assert len(kept(server.story.house)) == 3


@on_sqlite
def test_without_room_for_what_is_on_its_way_nothing_is_taken(
    database_url: str, tmp_path: Path
) -> None:
    with (
        disk(tmp_path / "disk", 3 * MEGABYTE) as small,
        server_on(database_url, tmp_path, TMPDIR=str(small.folder)) as server,
    ):
        server.start()
        _taken(server)
        small.fill()
        _refused(server, FULL)
        _taken(server, letter_pdf())
        small.free()
        small.fill(leaving=int(len(LETTER) * 1.5))
        _refused(server, FULL)
        small.free()
        small.protect()
        _refused(server, UNAVAILABLE)


@contextmanager
def _database_on(small: Disk, template: str) -> Iterator[str]:
    path = small.folder / "letters.db"
    path.write_bytes(Path(template.removeprefix("sqlite:///")).read_bytes())
    yield f"sqlite:///{path}"


@on_sqlite
def test_a_database_without_room_takes_nothing(database_url: str, tmp_path: Path) -> None:
    with (
        disk(tmp_path / "disk", 4 * MEGABYTE) as small,
        _database_on(small, database_url) as url,
        server_on(url, tmp_path) as server,
    ):
        server.start()
        form = server.open_page(asked(server.story))
        small.fill()
        answered, page = form.send_and_read(LETTER)
        assert (answered, NOT_SAVED in page, TRY_AGAIN in page) == (UNAVAILABLE, True, True)
        small.free()
        assert kept(server.story.house) == []
        assert form.send(LETTER) == TAKEN
        assert [each.content for each in kept(server.story.house)] == [LETTER]
        assert breaches(server.story.house) == []


def test_a_database_that_goes_away_takes_nothing(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    cluster = request.getfixturevalue("cluster")
    databases = request.getfixturevalue("postgres_databases")
    with databases.fresh() as url, server_on(url, tmp_path) as server:
        server.start()
        form = server.open_page(asked(server.story))
        server.story.house.database.close()
        cluster.drop_database(make_url(url).database)
        answered, page = form.send_and_read(LETTER)
        assert (answered, NOT_SAVED in page, TRY_AGAIN in page) == (UNAVAILABLE, True, True)
        assert stored_files(server.story.house) == []
