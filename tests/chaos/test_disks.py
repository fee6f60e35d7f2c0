"""Real disks that are full or protected: the letter is not saved, and the referee is told so."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from letters.domain.documents import MEGABYTE
from letters.house import House
from letters.services.claiming import LEASE
from tests.chaos.disks import Disk, disk
from tests.chaos.report import Seen
from tests.chaos.sending import breaches, kept
from tests.chaos.servers import Server, asked, server_on
from tests.services import scenes
from tests.services.scenes import Postbox, postman_with
from tests.support.apps import app_on
from tests.support.clock import TestClock
from tests.support.houses import house_on, settings_for
from tests.support.pdfs import letter_pdf, scanned_pdf
from tests.support.people import tell
from tests.support.rows import unchanged
from tests.support.thorough import LONG
from tests.web.api.portal import APPLICATION, Portal, make_key
from tests.web.visiting import stored_files

CREATED, TAKEN, UNAVAILABLE, FULL = 201, 303, 503, 507
PAGE = 4096
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


# --- a database with little room --------------------------------------------------------------


PAGES_LEFT = range(60) if LONG else range(0, 60, 6)
"""So little is left that sometimes one transaction finds room, and the next one none."""


@contextmanager
def _small_house(folder: Path, clock: TestClock, template: str) -> Iterator[tuple[Disk, House]]:
    with (
        disk(folder / "disk", 8 * MEGABYTE) as small,
        _database_on(small, template) as url,
        house_on(settings_for(url, folder), clock) as house,
    ):
        yield small, house


@on_sqlite
def test_with_little_room_in_the_database_no_mail_is_lost_or_doubled(
    database_url: str, tmp_path: Path, clock: TestClock, seen: Seen
) -> None:
    failed = 0
    with _small_house(tmp_path, clock, database_url) as (small, house):
        story, box = tell(house), Postbox()
        postman = postman_with(house, box)
        for pages in PAGES_LEFT:
            scenes.apply_many(story, 3)
            small.fill(leaving=pages * PAGE)
            try:
                postman.deliver_all_due()
            except OperationalError:
                failed += 1
            small.free()
            postman.deliver_all_due()
            # What was claimed by a commit that failed after all.
            clock.advance(LEASE)
            postman.deliver_all_due()
        mails = 3 * len(PAGES_LEFT)
        assert set(scenes.mail_statuses(house)) == {"sent"}
        assert len({message.message_id for message in box.messages}) == mails
        assert len(box.messages) == mails
        assert breaches(house) == []
    assert failed > 0
    seen("no room in SQLite, worker", times=failed, mails=mails, copies=0, lost=0)


@on_sqlite
def test_with_little_room_in_the_database_nothing_is_half_taken_in(
    database_url: str, tmp_path: Path, clock: TestClock, seen: Seen
) -> None:
    refused = 0
    with _small_house(tmp_path, clock, database_url) as (small, house):
        tell(house)
        portal = Portal(app_on(house), make_key(house, "portal"))
        for pages in PAGES_LEFT:
            body = APPLICATION | {"external_id": str(pages), "submit": True}
            small.fill(leaving=pages * PAGE)
            answer = portal.post("/applications", body, once=str(pages))
            assert answer.status_code in {CREATED, UNAVAILABLE}
            refused += answer.status_code == UNAVAILABLE
            small.free()
            assert portal.post("/applications", body, once=str(pages)).status_code == CREATED
        assert len(scenes.applications(house)) == len(PAGES_LEFT)
        assert breaches(house) == []
    assert refused > 0
    seen("no room in SQLite, web", times=refused, answered_503=refused, lost=0)
