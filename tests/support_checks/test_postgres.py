"""The throwaway cluster answers, copies and drops databases, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from tests.support import postgres
from tests.support.need import need

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    need("PostgreSQL", postgres.binaries() is not None, postgres.HOW)
    with postgres.Cluster.start() as running:
        yield running


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


def test_a_database_in_use_is_dropped(cluster: postgres.Cluster) -> None:
    cluster.create_database("short-lived")
    engine = create_engine(cluster.url("short-lived"), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        cluster.drop_database("short-lived")
        connection.invalidate()
    names = "SELECT count(*) FROM pg_database WHERE datname = 'short-lived'"
    assert _one(cluster.url("postgres"), names) == 0


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
    deadline = time.monotonic() + 20
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()
