"""Fixtures that every floor's tests share."""

import gc
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import hypothesis
import pytest
from _pytest.terminal import TerminalReporter
from playwright.sync_api import Browser, Playwright, sync_playwright

from letters.house import House
from letters.logs import write_json_lines
from letters.settings import Settings
from tests.support import browser, need, postgres
from tests.support.clock import TestClock
from tests.support.houses import (
    PostgresDatabases,
    SqliteDatabases,
    close_resting,
    house_on,
    settings_for,
)
from tests.support.memory import folder_in_memory, memory
from tests.support.people import START, Story, tell
from tests.support.postgres import Cluster
from tests.support.s3 import S3Server
from tests.support.thorough import rounds

DATABASES = ("sqlite", "postgresql")

# What hypothesis draws differs from run to run: a few examples in each come to many in time. A busy
# machine is no reason to fail: none is held against a clock. This counts for all tests that
# are defined after it, in whatever order their modules are imported.
hypothesis.settings.register_profile(
    "letters",
    max_examples=rounds(short=30, long=1000),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("letters")

# What is collected stays to the end: none of it is garbage, then or later.
gc.disable()

NEW_THINGS_PER_LOOK = 100_000
"""A test makes many and keeps few: looking for garbage less often saves time, and takes little."""


@pytest.hookimpl
def pytest_configure() -> None:
    """Log as the service does; keep the tests' own folders in memory, which waits for no disk."""
    write_json_lines()
    in_memory = memory()
    if in_memory is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(in_memory))


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Let the processes that run all tests share the work of rewriting their assertions.

    Each imports some modules first, and finds the others rewritten when it comes to them. Last of
    all that begins, so that what measures coverage has begun.
    """
    process = os.environ.get("PYTEST_XDIST_WORKER")
    if process is None or session.config.args != session.config.getini("testpaths"):
        return
    first, step = int(process.removeprefix("gw")), int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    for module in sorted(Path("tests").rglob("test_*.py"))[first::step]:
        import_module(".".join(module.with_suffix("").parts))


@pytest.hookimpl
def pytest_collection_finish() -> None:
    """Look for garbage from here on, and only among what the tests make."""
    gc.freeze()
    gc.set_threshold(NEW_THINGS_PER_LOOK)
    gc.enable()


@pytest.fixture(scope="session")
def sqlite_databases() -> Iterator[SqliteDatabases]:
    """Migrated SQLite files to copy."""
    with folder_in_memory() as folder:
        yield SqliteDatabases(folder)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A throwaway PostgreSQL cluster for this test process."""
    need.need("PostgreSQL", postgres.binaries() is not None, postgres.HOW)
    with Cluster.start() as running:
        yield running


@pytest.fixture(scope="session")
def postgres_databases(cluster: Cluster) -> Iterator[PostgresDatabases]:
    """A migrated PostgreSQL database to clone."""
    yield PostgresDatabases(cluster)
    close_resting()


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """What drives the browsers of a test process: there can be but one."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(driver: Playwright) -> Iterator[Browser]:
    """One browser for all tests of a process."""
    program = browser.chromium()
    need.need("Chromium", program is not None, browser.HOW)
    with browser.browser(driver, program) as running:
        yield running


@pytest.fixture(scope="session")
def whole_chromium(driver: Playwright) -> Iterator[Browser]:
    """The browser with its viewer of PDFs, which the quicker one lacks."""
    program = browser.whole_chromium()
    need.need("Chromium with its viewer of PDFs", program is not None, browser.HOW_WHOLE)
    with browser.browser(driver, program) as running:
        yield running


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """An S3 service on this machine, with a bucket for the letters."""
    with S3Server.start() as running:
        yield running


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh migrated database; a test that asks for it runs on both kinds."""
    databases: SqliteDatabases | PostgresDatabases = request.getfixturevalue(
        f"{'postgres' if request.param == 'postgresql' else request.param}_databases"
    )
    with databases.fresh() as url:
        yield url


@pytest.fixture
def clock() -> TestClock:
    """A clock that stands at START until the test moves it."""
    return TestClock(START)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings with everything in the test's own folder."""
    return settings_for(database_url, tmp_path)


@pytest.fixture
def house(settings: Settings, clock: TestClock) -> Iterator[House]:
    """A whole house on a fresh database."""
    with house_on(settings, clock) as built:
        yield built


@pytest.fixture
def story(house: House) -> Story:
    """A house with the internship in it: two letters, policy `selected`."""
    return tell(house)


@pytest.hookimpl
def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Name loudly what was not found on this machine."""
    need.report_missing(terminalreporter)
