"""PostgreSQL wakes workers when a mail was queued for good, and a lost connection is made again."""

from collections.abc import Iterator
from contextlib import closing
from threading import Thread

import pytest
from sqlalchemy import insert, text, update

from letters.records import Database, OutboxStatus
from letters.records.listening import Listener
from tests.records.sample_rows import AT, SampleRows, table

LONG = 30.0
SHORT = 0.05

only_postgres = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database(database_url)) as opened:
        yield opened


@pytest.fixture
def listener(database: Database) -> Iterator[Listener]:
    """One that was connected, and has been told to look since."""
    made = database.listener()
    assert made is not None
    with closing(made):
        assert made.wait(SHORT), "whoever just connected was told nothing so far"
        assert not made.wait(SHORT)
        yield made


def queue(database: Database, *, commit: bool = True) -> None:
    rows = SampleRows()
    with database.writing() as session:
        session.execute(insert(table("outbox")), [rows.another("outbox"), rows.another("outbox")])
        if commit:
            session.commit()


@only_postgres
def test_a_commit_wakes_whoever_waits(database: Database, listener: Listener) -> None:
    other = Thread(target=queue, args=[database])
    other.start()
    assert listener.wait(LONG)
    other.join()
    assert not listener.wait(SHORT)


@only_postgres
def test_what_was_queued_before_the_waiting_counts_too(
    database: Database, listener: Listener
) -> None:
    queue(database)
    assert listener.wait(SHORT)


@only_postgres
def test_what_was_rolled_back_wakes_nobody(database: Database, listener: Listener) -> None:
    queue(database, commit=False)
    assert not listener.wait(SHORT)


@only_postgres
def test_a_mail_that_is_to_be_sent_again_wakes_and_what_workers_do_does_not(
    database: Database, listener: Listener
) -> None:
    queue(database)
    assert listener.wait(SHORT)
    outbox = table("outbox")
    for status, wakes in (
        (OutboxStatus.CANCELLED, False),
        (OutboxStatus.DEAD, False),
        (OutboxStatus.QUEUED, True),
        (OutboxStatus.QUEUED, False),
        (OutboxStatus.SENDING, False),
        (OutboxStatus.QUEUED, False),
        (OutboxStatus.SENT, False),
        (OutboxStatus.QUEUED, True),
    ):
        times = {
            "sent_at": AT if status is OutboxStatus.SENT else None,
            "lease_until": AT if status is OutboxStatus.SENDING else None,
        }
        with database.writing() as session:
            session.execute(update(outbox).values(status=status, **times))
            session.commit()
        assert listener.wait(SHORT) is wakes, status


@only_postgres
def test_an_act_on_many_that_waits_for_a_worker_wakes_one(
    database: Database, listener: Listener
) -> None:
    rows = SampleRows()
    with database.writing() as session:
        for name in ("programs", "coordinators", "bulk_jobs"):
            session.execute(insert(table(name)).values(rows.rows[name]))
        session.commit()
    assert listener.wait(SHORT)


@only_postgres
def test_a_lost_connection_is_made_again(database: Database, listener: Listener) -> None:
    with database.writing() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            )
        )
    assert listener.wait(LONG), "lost: look yourself"
    assert listener.wait(SHORT), "connected again: look what happened meanwhile"
    queue(database)
    assert listener.wait(LONG)


def test_without_a_server_it_is_looked_now_and_then() -> None:
    with closing(Database("postgresql://nobody@127.0.0.1:1/nothing")) as database:
        listener = database.listener()
        assert listener is not None
        with closing(listener):
            assert listener.wait(SHORT)
            assert listener.wait(SHORT)
