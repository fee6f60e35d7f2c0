"""All rows of all tables, to hold two moments against each other."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from letters.records import Base, Database

Rows = dict[str, list[str]]


def all_rows(database: Database) -> Rows:
    """Return every row of every table as text, in an order of its own."""
    with database.reading() as session:
        return {
            table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }


def count(database: Database, record: type[Base]) -> int:
    """Return how many rows a table has."""
    return len(all_rows(database)[record.__tablename__])


@contextmanager
def unchanged(database: Database) -> Iterator[None]:
    """Check that the block changes no row of any table."""
    before = all_rows(database)
    yield
    assert all_rows(database) == before
