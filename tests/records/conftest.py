"""Databases for the tests of the tables."""

from collections.abc import Iterator
from typing import Any

import pytest

from letters.records import Database
from tests.conftest import DATABASES


@pytest.fixture(scope="module", params=DATABASES)
def one_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """One migrated database of each kind for tests that leave nothing in it."""
    name = {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[request.param]
    databases: Any = request.getfixturevalue(name)
    with databases.fresh() as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh migrated database that the test may change."""
    opened = Database(database_url)
    yield opened
    opened.close()
