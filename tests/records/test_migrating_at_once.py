"""Two who bring the same PostgreSQL database to the newest version."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from letters.migrating import ONE_AT_A_TIME, newest_revision, present_revision, upgrade
from letters.records import Database
from tests.support.patience import wait_until

AT = text("UPDATE alembic_version SET version_num = :revision")


def _somebody_waits(database: Database) -> bool:
    with database.engine.connect() as looking:
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(looking.scalar(waiting))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_second_waits_and_finds_nothing_to_do(database: Database, database_url: str) -> None:
    with database.engine.begin() as before:
        before.execute(AT, {"revision": "0046"})
    with ThreadPoolExecutor(1) as pool:
        with database.engine.begin() as first:
            first.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
            first.execute(AT, {"revision": newest_revision()})
            second = pool.submit(upgrade, database_url)
            wait_until(lambda: second.done() or _somebody_waits(database))
        second.result()
    assert present_revision(database) == newest_revision()
