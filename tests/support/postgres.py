"""A throwaway PostgreSQL cluster from Debian's binaries, reached through a Unix socket alone.

Every cluster has a keeper: a small shell process that waits for the end of a pipe which only the
test process holds open. When that closes it, or dies in whatever way, the keeper stops the server
and removes its folder. It is the only way a cluster ends, so the way out after a crash is the one
that every run takes.
"""

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import Connection, OperationalError, errors, sql

from tests.support.memory import memory

HOW = "install Debian's postgresql"

_USER = "postgres"
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}

# Rows of the catalogues of what was made, not of what PostgreSQL brings: those have lower numbers.
# Sums of hashes, since it is asked after every test: writing the rows as text takes much longer.
_SHAPE = """
    SELECT concat_ws(' ',
        (SELECT sum(hash_record_extended(one, 0)) FROM
            (SELECT oid, relname FROM pg_class WHERE oid >= 16384) AS one),
        (SELECT sum(hash_record_extended(one, 0)) FROM
            (SELECT attrelid, attname, atttypid, attnotnull FROM pg_attribute
             WHERE attrelid >= 16384) AS one),
        (SELECT sum(hash_record_extended(one, 0)) FROM
            (SELECT oid, conname FROM pg_constraint WHERE oid >= 16384) AS one),
        (SELECT sum(hash_record_extended(one, 0)) FROM
            (SELECT oid, tgenabled FROM pg_trigger WHERE oid >= 16384) AS one),
        (SELECT version_num FROM alembic_version))
"""
# Deleting the few rows of a test is much quicker than truncating every table. For a replica, the
# server minds no trigger: neither those of foreign keys nor our own. A connection plans a function
# once.
_LEARN_TO_EMPTY = """
    SET session_replication_role = replica;
    DO $$
    DECLARE name regclass; deletions text := '';
    BEGIN
        FOR name IN
            SELECT oid FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                AND relname <> 'alembic_version'
        LOOP
            deletions := deletions || format(
                'IF EXISTS (SELECT FROM %1$s) THEN DELETE FROM %1$s; END IF; ', name);
        END LOOP;
        EXECUTE format(
            'CREATE FUNCTION pg_temp.empty() RETURNS void LANGUAGE plpgsql AS %L',
            'BEGIN ' || deletions
            || 'PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence; END');
    END $$
"""
_EMPTY = "SELECT pg_temp.empty()"
_END_WHO_IS_AT_WORK = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""


def binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL server on this machine, if there is one."""
    versions = Path("/usr/lib/postgresql").glob("[0-9]*/bin/initdb")
    newest = max(versions, key=lambda found: int(found.parts[-3]), default=None)
    if newest:
        return newest.parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class Cluster:
    """A running cluster; made for one test process and gone with it."""

    def __init__(
        self, programs: Path, folder: Path, keeper: subprocess.Popen[bytes], options: str
    ) -> None:
        self._programs = programs
        self._folder = folder
        self._keeper = keeper
        self._options = options
        self._emptying: dict[str, Connection] = {}

    @classmethod
    def start(cls, **settings: str) -> Self:
        """Make a cluster and start it. Ask `binaries()` first whether that is possible.

        `settings` come over those of the tests.
        """
        programs = binaries()
        if programs is None:
            message = f"No PostgreSQL server was found: {HOW}."
            raise RuntimeError(message)
        folder = Path(tempfile.mkdtemp(prefix="letters-pg-", dir=memory()))
        if os.geteuid() == 0:
            shutil.chown(folder, _USER)
        given = {**_SETTINGS, "unix_socket_directories": str(folder), **settings}
        options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in given.items())
        cluster = cls(programs, folder, _keeper(programs, folder), options)
        try:
            _initialize(programs, folder)
            cluster.go_on()
        except BaseException:
            cluster.stop()
            raise
        return cluster

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop the server and remove all it wrote."""
        for connection in self._emptying.values():
            connection.close()
        self._keeper.communicate()

    def crash(self) -> None:
        """End the server at once; what it has not written down yet is lost to it."""
        self._control("stop", "--mode", "immediate", "--silent")

    def go_on(self) -> None:
        """Start the server, and wait until it has recovered."""
        self._control("start", "--silent", "--log", self._folder / "log", "-o", self._options)

    def _control(self, *arguments: str | Path) -> None:
        data = self._folder / "data"
        control = self._programs / "pg_ctl"
        _run(control, *arguments, "--pgdata", data, "--wait", folder=self._folder)

    def url(self, database: str) -> str:
        """Return SQLAlchemy's URL of a database."""
        return f"postgresql+psycopg://{_USER}@/{database}?host={self._folder}"

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create a database, as a copy of `template` (which nobody may be using) if given."""
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        self._execute(statement)

    def drop_database(self, name: str) -> None:
        """Drop a database together with the connections to it; a missing one is no error."""
        self._execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    def shape(self, database: str) -> str:
        """Return a fingerprint of a migrated database's tables, whatever rows are in them.

        A clone has the shape of its template.
        """
        with self._connected(database) as connection:
            return _shape(connection)

    def empty(self, database: str, shape: str) -> bool:
        """Remove all rows of a migrated database, and whatever is still at work on it.

        Says whether that was done: a database that is gone, or of another shape, is left alone.
        """
        try:
            if database not in self._emptying:
                self._emptying[database] = self._connected(database)
                self._emptying[database].execute(_LEARN_TO_EMPTY)
            connection = self._emptying[database]
            connection.execute(_END_WHO_IS_AT_WORK)
            if _shape(connection) == shape:
                connection.execute(_EMPTY)
                return True
        except (OperationalError, errors.UndefinedTable):
            pass
        self._leave(database)
        return False

    def _leave(self, database: str) -> None:
        connection = self._emptying.pop(database, None)
        if connection:
            connection.close()

    def _execute(self, statement: sql.Composed) -> None:
        with self._connected("postgres") as connection:
            connection.execute(statement)

    def _connected(self, database: str) -> Connection:
        return psycopg.connect(host=str(self._folder), user=_USER, dbname=database, autocommit=True)


def _shape(connection: Connection) -> str:
    row = connection.execute(_SHAPE).fetchone()
    assert row is not None
    return str(row[0])


def _initialize(programs: Path, folder: Path) -> None:
    data = folder / "data"
    _run(
        *(programs / "initdb", "--pgdata", data, "--username", _USER, "--auth", "trust"),
        *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        folder=folder,
    )


def _keeper(programs: Path, folder: Path) -> subprocess.Popen[bytes]:
    stop = shlex.join(
        _as_owner(programs / "pg_ctl", "stop", "--pgdata", folder / "data", "--mode", "immediate")
    )
    script = f"cat; {stop}; rm -rf {shlex.quote(str(folder))}"
    # A session of its own: Ctrl-C at the terminal must not end the keeper before the tests.
    return subprocess.Popen(  # noqa: S603 -- a fixed program and our own folder
        ["/bin/sh", "-c", script],
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _run(*command: str | Path, folder: Path) -> None:
    # Output goes to a file: a server would inherit a pipe, and reading it would never end.
    transcript = folder / "transcript"
    with transcript.open("ab") as output:
        done = subprocess.run(  # noqa: S603 -- Debian's own programs and our own folder
            _as_owner(*command), cwd=folder, stdout=output, stderr=output, check=False
        )
    if done.returncode:
        message = f"{command[0]} failed:\n{transcript.read_text()}"
        raise RuntimeError(message)


def _as_owner(*command: str | Path) -> list[str]:
    """Return the command as the owner of the cluster runs it: the server refuses to run as root."""
    words = [str(word) for word in command]
    if os.geteuid() != 0:
        return words
    return ["/usr/sbin/runuser", "-u", _USER, "--", *words]
