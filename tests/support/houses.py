"""A whole house on a fresh database: SQLite or PostgreSQL, migrated once and copied per test."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock
from uuid import uuid4

from letters.adapters.inspector import draw_picture, examine, read_texts
from letters.domain.documents import Findings, refusal
from letters.house import House, assemble
from letters.migrating import upgrade
from letters.ports import Clock, DocumentInspector
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
    """Fresh SQLite files, copied from one that was migrated."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        upgrade(f"sqlite:///{self._template}")

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """Give the URL of a migrated database that nobody else uses."""
        path = self._folder / f"{uuid4().hex}.db"
        shutil.copy(self._template, path)
        yield f"sqlite:///{path}"
        for ending in ("", "-wal", "-shm"):
            Path(f"{path}{ending}").unlink(missing_ok=True)


class PostgresDatabases:
    """Fresh PostgreSQL databases, cloned from one that was migrated."""

    name = "postgresql"

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        cluster.create_database(TEMPLATE)
        upgrade(cluster.url(TEMPLATE))

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """Give the URL of a migrated database that nobody else uses."""
        name = f"t{os.getpid()}_{uuid4().hex}"
        self._cluster.create_database(name, TEMPLATE)
        yield self._cluster.url(name)
        self._cluster.drop_database(name)


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


@contextmanager
def house_on(
    settings: Settings, clock: Clock, inspector: DocumentInspector | None = None
) -> Iterator[House]:
    """Assemble a house and close it in the end."""
    house = assemble(settings, clock=clock, inspector=inspector or InProcessInspector())
    yield house
    house.database.close()
