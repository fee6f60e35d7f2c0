"""PostgreSQL without a connection to spare, or that ends a transaction for another's sake."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from letters.house import House
from letters.records import Database
from letters.records.database import AWAY
from letters.services.reminding import plan_reminders
from letters.services.work import Works
from tests.chaos.load import CREATED, OK, UNAVAILABLE
from tests.chaos.report import Seen
from tests.chaos.sending import breaches
from tests.services import scenes
from tests.services.scenes import Postbox, deliver_to
from tests.support.apps import app_on
from tests.support.clock import TestClock
from tests.support.houses import PostgresDatabases, house_on, settings_for
from tests.support.patience import wait_until
from tests.support.people import START, SYSTEM, Story, tell
from tests.support.thorough import rounds
from tests.web.api.portal import APPLICATION, Portal, make_key
from tests.web.visiting import visitor_of

T = TypeVar("T")

FIRST_RUNG = datetime.fromisoformat("2027-03-18T09:30:00+01:00")

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def database_url(own_databases: PostgresDatabases) -> Iterator[str]:
    """A fresh database in a cluster of its own, which finds deadlocks soon."""
    with own_databases.fresh() as url:
        yield url


# --- no connection to spare -------------------------------------------------------------------


@pytest.fixture
def house(database_url: str, tmp_path: Path, clock: TestClock) -> Iterator[House]:
    """A house in that cluster."""
    with house_on(settings_for(database_url, tmp_path), clock) as built:
        yield built


@contextmanager
def _with_a_pool_of(size: int, house: House) -> Iterator[House]:
    """Give the house with so many connections, for which nobody waits for long."""
    url = house.settings.database_url
    with closing(Database(url, pool_size=size, patience=0.05)) as database:
        yield replace(house, database=database, works=Works(database, house.works.tools))


def test_without_a_connection_to_spare_everybody_is_told_to_come_again(
    house: House, seen: Seen
) -> None:
    times = rounds(short=1, long=50)
    with _with_a_pool_of(2, house) as poor:
        story = tell(poor)
        portal = Portal(app_on(poor), make_key(poor, "portal"))
        box = Postbox()
        for number in range(times):
            body = APPLICATION | {"external_id": str(number)}
            with poor.database.engine.connect(), poor.database.engine.connect():
                refused = portal.post("/applications", body, once=str(number))
                page = visitor_of(portal.app).get(f"/programs/{story.slug}")
                with pytest.raises(AWAY):
                    deliver_to(poor, box)
            assert (refused.status_code, page.status_code) == (UNAVAILABLE, UNAVAILABLE)
            assert portal.post("/applications", body, once=str(number)).status_code == CREATED
            story.apply()
            assert deliver_to(poor, box) == 1
        assert len(scenes.applications(poor)) == 2 * times
        assert breaches(poor) == []
    seen("no connection to spare", times=times, answered_503=2 * times, lost=0)


# --- transactions that are ended for another's sake ---------------------------------------------


@contextmanager
def another(house: House) -> Iterator[psycopg.Connection]:
    """Give somebody else's connection, who is never the one to give way."""
    url = house.database.engine.url
    with psycopg.connect(
        host=str(url.query["host"]), user=url.username, dbname=url.database
    ) as connection:
        connection.execute("SET deadlock_timeout = '60s'")
        yield connection
        connection.rollback()


def _somebody_waits(house: House) -> bool:
    with house.database.engine.connect() as looking:
        return bool(looking.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def _collide(house: House, application_id: UUID, act: Callable[[], T]) -> T:
    """Act while somebody holds the journal, and wants the application that the act has locked."""
    with another(house) as other, ThreadPoolExecutor(1) as pool:
        other.execute("LOCK TABLE journal IN EXCLUSIVE MODE")
        acting = pool.submit(act)
        wait_until(partial(_somebody_waits, house))
        other.execute("SELECT 1 FROM applications WHERE id = %s FOR UPDATE", [application_id])
        return acting.result()


def test_who_gives_way_in_a_deadlock_is_told_to_send_it_again(story: Story, seen: Seen) -> None:
    times = rounds(short=1, long=50)
    portal = Portal(app_on(story.house), make_key(story.house, "portal"))
    for _ in range(times):
        draft = story.apply(submit=False)
        path = f"/applications/{draft}/submit"
        refused = _collide(story.house, draft, partial(portal.post, path))
        assert (refused.status_code, refused.headers["Retry-After"]) == (UNAVAILABLE, "30")
        assert scenes.statuses(story, draft)[0] == "draft"
        assert portal.post(path).status_code == OK
    assert breaches(story.house) == []
    seen("deadlock", times=times, answered_503=times, lost=0)


def test_a_worker_that_gives_way_does_it_a_little_later(
    story: Story, clock: TestClock, seen: Seen
) -> None:
    times = rounds(short=1, long=50)
    remind = partial(plan_reminders, story.house.works, SYSTEM)
    for _ in range(times):
        clock.set(START)
        asked = scenes.requested(story)
        clock.set(FIRST_RUNG)

        def give_way() -> None:
            with pytest.raises(OperationalError):
                remind()

        _collide(story.house, asked, give_way)
        assert scenes.request_of(story, asked).reminders == 0
        remind()
        assert scenes.request_of(story, asked).reminders == 1
    deliver_to(story.house, Postbox())
    assert breaches(story.house) == []
    seen("deadlock of a worker", times=times, reminders_twice=0, lost=0)


def test_what_cannot_be_put_in_a_row_is_told_to_come_again(house: House, seen: Seen) -> None:
    times = rounds(short=1, long=50)
    with another(house) as operator:
        name = sql.Identifier(str(house.database.engine.url.database))
        isolation = sql.SQL("SET default_transaction_isolation = 'repeatable read'")
        operator.execute(sql.SQL("ALTER DATABASE {} {}").format(name, isolation))
        operator.commit()
    with _with_a_pool_of(2, house) as strict:
        story = tell(strict)
        portal = Portal(app_on(strict), make_key(strict, "portal"))
        for _ in range(times):
            draft = story.apply(submit=False)
            path = f"/applications/{draft}/submit"
            with another(house) as other, ThreadPoolExecutor(1) as pool:
                other.execute("UPDATE applications SET waived = waived WHERE id = %s", [draft])
                acting = pool.submit(portal.post, path)
                wait_until(partial(_somebody_waits, house))
                other.commit()
                refused = acting.result()
            assert (refused.status_code, refused.headers["Retry-After"]) == (UNAVAILABLE, "30")
            assert portal.post(path).status_code == OK
        assert breaches(strict) == []
    seen("serialization failure", times=times, answered_503=times, lost=0)
