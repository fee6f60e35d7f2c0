"""Writers wait for each other and readers for nobody, on both databases."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier
from typing import TypeVar

import pytest
from psycopg.errors import ReadOnlySqlTransaction
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, InternalError
from sqlalchemy.orm import Session

from letters.records import Coordinator, Database
from letters.records.database import with_driver
from tests.records.sample_rows import SampleRows, table

T = TypeVar("T")

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def at_once(call: Callable[[], T], times: int = 2) -> list[T]:
    """Run `call` in several threads that begin together."""
    ready = Barrier(times)

    def run(_: int) -> T:
        ready.wait()
        return call()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def add_coordinator(session: Session) -> None:
    row = SampleRows().another("coordinators")
    session.execute(insert(table("coordinators")).values(row))


def coordinators(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(Coordinator)).one()


# --- writers and readers ----------------------------------------------------------------------


def test_two_writers_that_read_first_both_get_through(database: Database) -> None:
    with database.writing() as session:
        add_coordinator(session)
        session.commit()

    def count_up() -> int:
        for _ in range(20):
            with database.writing() as session:
                found = session.scalars(select(Coordinator).with_for_update()).one()
                found.invitation_generation += 1
                session.commit()
        return 20

    done = at_once(count_up)
    with database.reading() as session:
        assert session.scalars(select(Coordinator.invitation_generation)).one() == 1 + sum(done)


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.writing() as writer, database.reading() as reader:
        add_coordinator(writer)
        assert coordinators(reader) == 0
        writer.commit()


def test_a_writer_does_not_wait_for_a_reader(database: Database) -> None:
    with database.reading() as reader, database.writing() as writer:
        assert coordinators(reader) == 0
        add_coordinator(writer)
        writer.commit()
        assert coordinators(writer) == 1


def test_a_reader_sees_one_moment_from_beginning_to_end(database: Database) -> None:
    with database.reading() as reader:
        assert coordinators(reader) == 0
        with database.writing() as writer:
            add_coordinator(writer)
            writer.commit()
        assert coordinators(reader) == 0
    with database.reading() as reader:
        assert coordinators(reader) == 1


def test_a_connection_that_was_read_with_can_be_written_with(database_url: str) -> None:
    database = Database(database_url, pool_size=1)
    with database.reading() as session:
        assert coordinators(session) == 0
    with database.writing() as session:
        add_coordinator(session)
        session.commit()
    with database.reading() as session:
        assert coordinators(session) == 1
    database.close()


# --- SQLite -----------------------------------------------------------------------------------


@only_sqlite
@pytest.mark.parametrize(
    ("pragma", "expected"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 10_000)],
)
def test_every_connection_to_sqlite_is_prepared(
    database: Database, pragma: str, expected: object
) -> None:
    with database.reading() as one, database.reading() as another:
        found = [session.scalars(text(f"PRAGMA {pragma}")).one() for session in (one, another)]
    assert found == [expected, expected]


@only_sqlite
def test_a_writing_transaction_holds_the_lock_from_its_first_look(database: Database) -> None:
    other = sqlite3.connect(str(database.engine.url.database), timeout=0)
    with database.writing() as session:
        coordinators(session)
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


@only_sqlite
def test_a_reading_transaction_holds_no_lock(database: Database) -> None:
    other = sqlite3.connect(str(database.engine.url.database), timeout=0)
    with database.reading() as session:
        coordinators(session)
        assert other.execute("BEGIN IMMEDIATE").fetchall() == []
    other.close()


def test_a_database_in_memory_needs_no_folder() -> None:
    database = Database("sqlite://")
    with database.engine.connect() as connection:
        assert connection.scalars(text("SELECT 1")).one() == 1
    database.close()
    assert database.is_sqlite is True


# --- PostgreSQL -------------------------------------------------------------------------------


@only_postgres
@pytest.mark.postgres
def test_a_reading_transaction_on_postgresql_can_change_nothing(database: Database) -> None:
    with database.reading() as session, pytest.raises(InternalError) as refused:
        session.execute(update(Coordinator).values(name="Somebody"))
    assert type(refused.value.orig) is ReadOnlySqlTransaction


@only_postgres
@pytest.mark.postgres
def test_reading_and_writing_differ_in_isolation(database: Database) -> None:
    shown = []
    for session in (database.reading(), database.writing()):
        with session:
            level = session.scalars(text("SHOW transaction_isolation")).one()
            only = session.scalars(text("SHOW transaction_read_only")).one()
            shown.append((level, only))
    assert shown == [("repeatable read", "on"), ("read committed", "off")]


@only_postgres
@pytest.mark.postgres
def test_a_query_is_done_by_one_process_and_as_it_stands(database: Database) -> None:
    for session in (database.writing(), database.reading(), database.writing()):
        with session:
            for name, value in (("jit", "off"), ("max_parallel_workers_per_gather", "0")):
                assert session.scalars(text(f"SHOW {name}")).one() == value
            session.rollback()


def prepared(database: Database) -> int:
    """Return how many statements about coordinators the connection knows."""
    known = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM coordinators%'"
    with database.reading() as session:
        return int(session.scalars(text(known)).one())


@only_postgres
@pytest.mark.postgres
def test_what_was_prepared_outlives_a_look_but_not_an_error(database_url: str) -> None:
    with closing(Database(database_url, pool_size=1)) as database:
        for _ in range(7):
            with database.reading() as session:
                coordinators(session)
        assert prepared(database) == 1
        with database.reading() as session, pytest.raises(DataError):
            session.execute(text("SELECT 1 / 0"))
        assert prepared(database) == 0


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("postgresql://user@host/letters", "postgresql+psycopg"),
        ("postgres://user@host/letters", "postgresql+psycopg"),
        ("postgresql+psycopg://user@host/letters", "postgresql+psycopg"),
        ("sqlite:///letters.db", "sqlite"),
    ],
)
def test_a_url_without_a_driver_gets_ours(url: str, driver: str) -> None:
    assert with_driver(make_url(url)).drivername == driver


@only_postgres
def test_a_connection_that_was_lost_while_it_lay_idle_is_made_again(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letters.records.database.TRUSTED_FOR", 0.0)
    own = text("SELECT pg_backend_pid()")
    with database.reading() as session:
        lost = session.scalar(own)
    with closing(Database(database_url)) as another, another.writing() as session:
        session.execute(text("SELECT pg_terminate_backend(:lost, 5000)"), {"lost": lost})
    with database.writing() as session:
        assert session.scalar(own) != lost
