"""A whole house on a fresh database: SQLite or PostgreSQL, migrated once for a test process."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Lock

from sqlalchemy import QueuePool

from letters.adapters.inspector import draw_picture, examine, read_texts
from letters.domain.documents import Findings, refusal
from letters.house import House, assemble
from letters.migrating import upgrade
from letters.ports import Clock, DocumentInspector
from letters.records import Database
from letters.settings import Settings
from tests.support.postgres import Cluster

SECRET = "test-secret-key-of-more-than-32-characters"
STORE_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
TEMPLATE = "letters_template"


class InProcessInspector:
    """The real checks without the process around them, which has tests of its own.

    It reads the letter only if it is told to: most tests are not about whom it is for. One file
    after the other: PDFium aborts the process when two threads use it at the same time.
    """

    def __init__(self, *, reads: bool = False) -> None:
        self._reads = reads
        self._turn = Lock()

    def inspect(self, content: bytes) -> Findings:
        """Return what was found."""
        with self._turn:
            findings = examine(content)
            if not self._reads or refusal(findings) is not None:
                return findings
            return replace(findings, texts=read_texts(content))

    def picture(self, content: bytes) -> bytes | None:
        """Return the first page as PNG."""
        with self._turn:
            return draw_picture(content)


class SqliteDatabases:
    """Fresh SQLite files, copied from one that was migrated.

    A place is used again when its file is gone, so that houses know its address; see `house_on`.
    """

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        self._places = (folder / f"{number}.db" for number in count(1))
        self._free: list[Path] = []
        upgrade(f"sqlite:///{self._template}")

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """Give the URL of a migrated database that nobody else uses."""
        path = self._free.pop() if self._free else next(self._places)
        shutil.copy(self._template, path)
        yield f"sqlite:///{path}"
        for ending in ("", "-wal", "-shm"):
            Path(f"{path}{ending}").unlink(missing_ok=True)
        self._free.append(path)


class PostgresDatabases:
    """Fresh PostgreSQL databases, cloned from one that was migrated.

    Emptying takes a tenth of the time of cloning: a database whose tables are still as they were
    migrated is emptied and used again. Any other is dropped.
    """

    name = "postgresql"

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._names = (f"letters_{number}" for number in count(1))
        self._free: list[str] = []
        cluster.create_database(TEMPLATE)
        upgrade(cluster.url(TEMPLATE))
        self._shape = cluster.shape(TEMPLATE)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """Give the URL of a migrated database that nobody else uses."""
        name = self._free.pop() if self._free else self._clone()
        yield self._cluster.url(name)
        if self._cluster.empty(name, self._shape):
            self._free.append(name)
        else:
            self._cluster.drop_database(name)

    def _clone(self) -> str:
        name = next(self._names)
        self._cluster.create_database(name, TEMPLATE)
        return name


def settings_for(
    database_url: str, folder: Path, base_url: str = "http://127.0.0.1:8000"
) -> Settings:
    """Settings of a test's house, with everything under `folder`."""
    return Settings(
        secret_keys=(SECRET,),
        database_url=database_url,
        store_url=f"file:{folder / 'store'}",
        store_keys=(STORE_KEY,),
        mail_url=f"file:{folder / 'mail'}",
        mail_from="Letters <letters@letters.example.org>",
        base_url=base_url,
    )


_resting: dict[str, Database] = {}


@contextmanager
def house_on(
    settings: Settings, clock: Clock, inspector: DocumentInspector | None = None
) -> Iterator[House]:
    """Assemble a house and close it in the end.

    A house on an address where one stood before takes over its engine, which knows by then how
    our statements are put. A second house beside the first has an engine of its own. PostgreSQL's
    connections stay open, and know as much; but not those that a test left in use.
    """
    url = settings.database_url
    house = assemble(
        settings,
        clock=clock,
        inspector=inspector or InProcessInspector(),
        database=_resting.pop(url, None),
    )
    yield house
    house.mailer.close()
    _put_to_rest(house.database, url)


def _put_to_rest(database: Database, url: str) -> None:
    pool = database.engine.pool
    in_use = isinstance(pool, QueuePool) and pool.checkedout()
    if database.is_sqlite or in_use or url in _resting:
        database.close()
    _resting.setdefault(url, database)


def close_resting() -> None:
    """Close the connections of all houses that are over."""
    while _resting:
        _resting.popitem()[1].close()
