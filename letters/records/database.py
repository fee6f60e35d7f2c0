"""Connecting: SQLite as the embedded default, PostgreSQL through psycopg 3."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from letters.records.database_files import make_private
from letters.records.listening import Listener

SQLITE_WAIT_MS = 10_000
POOL_SIZE = 10
SECONDS_FOR_A_CONNECTION = 10.0
MOST_PREPARED = 300
"""So many statements are kept prepared by a PostgreSQL connection: about as many as we have."""
USED_AT = "used_at"
TRUSTED_FOR = 1.0
"""Seconds; a server takes longer to restart."""
READ_ONLY = "letters_read_only"
INSERTS: Mapping[str, Callable[..., sqlite.Insert | postgresql.Insert]] = MappingProxyType(
    {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
)
"""The INSERT of each dialect, for what only those know: to insert unless it is there."""

AWAY = (OperationalError, InterfaceError, NoConnection)
"""What is raised when the database is away, full, or had to end a transaction for another's sake.

Nothing is wrong with what was asked for: it may be asked again.
"""


class Database:
    """One database, for writing and for reading.

    On SQLite a writing transaction begins with BEGIN IMMEDIATE, so that it waits for its turn
    at the start and never fails half-way with "database is locked"; a reading one begins plainly
    and does not wait for writers (WAL). On PostgreSQL a reading transaction is READ ONLY and sees
    one snapshot from beginning to end.
    """

    def __init__(
        self, url: str, pool_size: int = POOL_SIZE, patience: float = SECONDS_FOR_A_CONNECTION
    ) -> None:
        """Open nothing yet; `url` is `sqlite:///…` or `postgresql://…`.

        On PostgreSQL there are `pool_size` connections at most; when all are in use, one is waited
        for as long as `patience`, in seconds.
        """
        parsed = with_driver(make_url(url))
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.engine = (
            _sqlite_engine(parsed)
            if self.is_sqlite
            else _postgres_engine(parsed, pool_size, patience)
        )
        options: dict[str, Any] = {READ_ONLY: True}
        if not self.is_sqlite:
            options |= {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
        self._reader = self.engine.execution_options(**options)

    def writing(self) -> Session:
        """Return a session for a use case that changes something."""
        return Session(self.engine, expire_on_commit=False)

    def reading(self) -> Session:
        """Return a session for looking only."""
        return Session(self._reader, expire_on_commit=False, autoflush=False)

    def listener(self) -> Listener | None:
        """Return who is woken when a mail was queued; None on SQLite, which wakes nobody."""
        return None if self.is_sqlite else Listener(self.engine)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def with_driver(url: URL) -> URL:
    """Return `url` with the driver we use where it names none."""
    if url.drivername in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def sqlite_file(url: URL) -> Path | None:
    """Return the file of a SQLite database; None for another one, or one in memory."""
    is_file = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
    return Path(str(url.database)) if is_file else None


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url)
    if (path := sqlite_file(url)) is not None:
        event.listen(engine, "do_connect", lambda *_: make_private(path))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgres_engine(url: URL, pool_size: int, patience: float) -> Engine:
    engine = create_engine(url, pool_size=pool_size, max_overflow=0, pool_timeout=patience)
    event.listen(engine, "do_connect", _connect_postgres)
    event.listen(engine, "connect", _prepare_postgres)
    event.listen(engine, "checkin", _remember_when)
    event.listen(engine, "checkout", partial(_ask_if_idle, engine.dialect))
    return engine


class _PostgresConnection(psycopg.Connection[Any]):
    """A connection that knows after a look what it has prepared.

    The driver forgets all prepared statements at a rollback, which is how a look ends: each would
    be planned anew. After an error, which an outdated plan can be, they are to be forgotten.
    """

    def rollback(self) -> None:
        """End the transaction: one that only read, and did not fail, by committing nothing."""
        if self.read_only and self.info.transaction_status is TransactionStatus.INTRANS:
            self.commit()
        else:
            super().rollback()


def _connect_postgres(
    _dialect: Dialect, _entry: ConnectionPoolEntry, places: Sequence[Any], names: dict[str, Any]
) -> _PostgresConnection:
    return _PostgresConnection.connect(*places, **names)


def _prepare_postgres(connection: Any, _entry: ConnectionPoolEntry) -> None:  # noqa: ANN401 -- the driver's own type
    """Have each query done by one process and as it stands.

    Ours take milliseconds: compiling one, or starting others for a share of it, takes longer than
    it saves, and the cores are the others' who ask at the same time. Outside a transaction, whose
    end would undo it.
    """
    connection.prepared_max = MOST_PREPARED
    connection.autocommit = True
    connection.execute("SET jit = off")
    connection.execute("SET max_parallel_workers_per_gather = 0")
    connection.autocommit = False


def _remember_when(_connection: Any, entry: ConnectionPoolEntry) -> None:  # noqa: ANN401 -- the driver's own type
    entry.info[USED_AT] = time.monotonic()


def _ask_if_idle(
    dialect: Dialect,
    connection: Any,  # noqa: ANN401 -- the driver's own type
    entry: ConnectionPoolEntry,
    _proxy: object,
) -> None:
    """Have another connection made where one that lay idle is lost, as after a restart.

    One that was in use a moment ago is not asked, or that would be every third question of a
    worker. Raises InvalidatePoolError, at which the pool begins anew.
    """
    used_at = entry.info.get(USED_AT)
    if used_at is None or time.monotonic() - used_at < TRUSTED_FOR:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:  # noqa: ANN401 -- the driver's own type
    connection.isolation_level = None
    # SQLite's own lower() knows English letters only: “ólafur” would not find Ólafur.
    connection.create_function("lower", 1, _lower, deterministic=True)
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA busy_timeout = {SQLITE_WAIT_MS}")
    cursor.close()


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _begin_sqlite(connection: Connection) -> None:
    """The driver would begin late and plainly; see Database for why we say it ourselves."""
    reading = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
