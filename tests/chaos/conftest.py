"""What the hostile tests share: the application they attack, and the cluster they crash."""

from collections.abc import Iterator

import pytest
from _pytest.terminal import TerminalReporter
from flask import Flask

from letters.house import House
from tests.chaos.report import Seen, print_rows, taking_down
from tests.support import need, postgres
from tests.support.apps import app_on
from tests.support.houses import PostgresDatabases
from tests.support.postgres import Cluster
from tests.support.thorough import LONG

DEADLOCKS_FOUND_AFTER = "300ms"
"""Time enough to ask for the second lock once the first one is waited for."""


@pytest.fixture
def app(house: House) -> Flask:
    """The application over the test's house."""
    return app_on(house)


@pytest.fixture(scope="session")
def own_cluster() -> Iterator[Cluster]:
    """A cluster to be maltreated, which keeps what it has committed."""
    need.need("PostgreSQL", postgres.binaries() is not None, postgres.HOW)
    with Cluster.start(synchronous_commit="on", deadlock_timeout=DEADLOCKS_FOUND_AFTER) as running:
        yield running


@pytest.fixture(scope="session")
def own_databases(own_cluster: Cluster) -> PostgresDatabases:
    """A migrated database in it to clone."""
    return PostgresDatabases(own_cluster)


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Seen:
    """Takes down what became of a fault, for the table in the end: seen("killed", kills=500)."""
    drawn = getattr(request.node, "callspec", None)
    where = drawn.params.get("database_url") if drawn else None
    return taking_down(request.node, where)


@pytest.hookimpl
def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Tell what was seen, where it was many times more than once."""
    if LONG:
        print_rows(terminalreporter)
