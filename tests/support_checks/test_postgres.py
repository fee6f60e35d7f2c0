"""The throwaway cluster answers, copies and drops databases, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from tests.support import postgres
from tests.support.need import need
from tests.support.patience import wait_until

pytestmark = pytest.mark.postgres


def _do(url: str, statement: str) -> None:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text(statement))


def _one(url: str, statement: str) -> object:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        return connection.execute(text(statement)).scalar_one()


def _folder(url: str) -> Path:
    return Path(str(make_url(url).query["host"]))


def test_it_answers(cluster: postgres.Cluster) -> None:
    assert _one(cluster.url("postgres"), "SELECT 1") == 1


def test_it_listens_on_no_network(cluster: postgres.Cluster) -> None:
    assert _one(cluster.url("postgres"), "SHOW listen_addresses") == ""


def test_a_database_is_copied_from_a_template(cluster: postgres.Cluster) -> None:
    cluster.create_database("origin")
    _do(cluster.url("origin"), "CREATE TABLE kept AS SELECT 7 AS figure")
    cluster.create_database("copy", template="origin")
    assert _one(cluster.url("copy"), "SELECT figure FROM kept") == 7
    for name in ("origin", "copy"):
        cluster.drop_database(name)


def test_a_database_in_use_is_dropped(cluster: postgres.Cluster) -> None:
    cluster.create_database("short-lived")
    engine = create_engine(cluster.url("short-lived"), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        cluster.drop_database("short-lived")
        connection.invalidate()
    names = "SELECT count(*) FROM pg_database WHERE datname = 'short-lived'"
    assert _one(cluster.url("postgres"), names) == 0


@pytest.fixture
def filled(cluster: postgres.Cluster) -> Iterator[str]:
    """The name of a database with rows in two tables, one of which refers to the other."""
    name = f"filled_{uuid4().hex}"
    cluster.create_database(name)
    for statement in (
        "CREATE TABLE alembic_version (version_num TEXT)",
        "INSERT INTO alembic_version VALUES ('0001')",
        "CREATE TABLE pets (id INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name TEXT)",
        "CREATE TABLE walks (pet INT NOT NULL REFERENCES pets)",
        "INSERT INTO pets (name) VALUES ('Rex')",
        "INSERT INTO walks VALUES (1)",
    ):
        _do(cluster.url(name), statement)
    yield name
    cluster.drop_database(name)


def test_a_database_is_emptied_and_begins_to_count_again(
    cluster: postgres.Cluster, filled: str
) -> None:
    assert cluster.empty(filled, cluster.shape(filled)) is True
    assert _one(cluster.url(filled), "SELECT count(*) FROM walks") == 0
    assert _one(cluster.url(filled), "INSERT INTO pets (name) VALUES ('Bo') RETURNING id") == 1
    assert _one(cluster.url(filled), "SELECT version_num FROM alembic_version") == "0001"


def test_a_database_in_use_is_emptied(cluster: postgres.Cluster, filled: str) -> None:
    engine = create_engine(cluster.url(filled), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE pets"))
        assert cluster.empty(filled, cluster.shape(filled)) is True
        connection.invalidate()
    assert _one(cluster.url(filled), "SELECT count(*) FROM pets") == 0


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE pets ADD COLUMN age INT",
        "ALTER TABLE pets ALTER COLUMN name SET NOT NULL",
        "ALTER TABLE walks DROP CONSTRAINT walks_pet_fkey",
        "ALTER TABLE walks DISABLE TRIGGER ALL",
        "CREATE INDEX by_name ON pets (name)",
        "UPDATE alembic_version SET version_num = '0002'",
        "DROP TABLE alembic_version",
    ],
)
def test_a_database_of_another_shape_is_left_alone(
    cluster: postgres.Cluster, filled: str, change: str
) -> None:
    shape = cluster.shape(filled)
    _do(cluster.url(filled), change)
    assert cluster.empty(filled, shape) is False
    assert _one(cluster.url(filled), "SELECT count(*) FROM pets") == 1


def test_a_clone_has_the_shape_of_its_template(cluster: postgres.Cluster, filled: str) -> None:
    cluster.create_database("clone", template=filled)
    assert cluster.shape("clone") == cluster.shape(filled)
    cluster.drop_database("clone")


def test_a_database_that_is_gone_cannot_be_emptied(cluster: postgres.Cluster) -> None:
    assert cluster.empty("nowhere", "any shape") is False


def test_nothing_is_left_behind() -> None:
    need("PostgreSQL", postgres.binaries() is not None, postgres.HOW)
    with postgres.Cluster.start() as running:
        folder = _folder(running.url("postgres"))
        assert folder.exists()
    assert not folder.exists()


def test_a_killed_test_process_takes_its_cluster_along() -> None:
    need("PostgreSQL", postgres.binaries() is not None, postgres.HOW)
    script = (
        "import time; from tests.support.postgres import Cluster;"
        "print(Cluster.start().url('postgres'), flush=True); time.sleep(60)"
    )
    with subprocess.Popen(  # noqa: S603 -- this interpreter and the script above
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        folder = _folder(process.stdout.readline().strip())
        assert folder.exists()
        os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: not folder.exists(), "the cluster is still there")
