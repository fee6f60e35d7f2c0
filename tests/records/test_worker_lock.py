"""A worker knows whether it is the only one on a SQLite database."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from letters.records import Database
from letters.records.worker_lock import at_work

HOLD = """
import fcntl, signal, sys
file = open(sys.argv[1], "r+")
fcntl.flock(file, fcntl.LOCK_SH)
print("held", flush=True)
signal.pause()
"""
"""What a worker does about the lock, without all else that it is."""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/letters.db"


def alone(url: str) -> bool:
    """Begin to work, and stop; say whether nobody else was at it."""
    calls: list[bool] = []
    with closing(Database(url)) as database, at_work(database, lambda: calls.append(True)):
        return bool(calls)


@contextmanager
def another(url: str) -> Iterator[int]:
    """Let another process be at work; give its number, and kill it in the end."""
    lock = f"{url.removeprefix('sqlite:///')}-worker"
    holds = [sys.executable, "-S", "-c", HOLD, lock]
    with subprocess.Popen(holds, stdout=subprocess.PIPE) as process:  # noqa: S603 -- our own interpreter
        assert process.stdout is not None
        assert process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.kill()


def test_who_is_alone_takes_over_and_who_is_not_does_not(url: str, tmp_path: Path) -> None:
    assert alone(url)
    with another(url) as number:
        assert not alone(url)
        os.kill(number, signal.SIGSTOP)
        assert not alone(url), "one that stands still is there"
    assert alone(url)
    assert stat.S_IMODE((tmp_path / "letters.db-worker").stat().st_mode) == 0o600


def test_two_in_one_process_see_each_other(url: str) -> None:
    with closing(Database(url)) as database, at_work(database, lambda: None):
        assert not alone(url)
    assert alone(url)


def test_who_came_second_is_still_seen_when_the_first_has_gone(url: str) -> None:
    with closing(Database(url)) as database, ExitStack() as first:
        first.enter_context(at_work(database, lambda: None))
        with at_work(database, lambda: None):
            first.close()
            assert not alone(url)
    assert alone(url)


def test_where_it_cannot_be_told_nobody_takes_over(tmp_path: Path) -> None:
    assert not alone(f"sqlite:///{tmp_path}/nowhere/letters.db")
    assert not alone("sqlite://")
    assert not alone("postgresql://nobody@localhost/nothing")
