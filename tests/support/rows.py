"""All rows of all tables, to hold two moments against each other."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Column, LargeBinary, Table, func, select

from letters.records import Base, Database

Rows = dict[str, list[str]]

# What a value is as text, and what bytes that are readable say besides.
_WRITTEN = {
    "sqlite": ('quote("{0}")', 'quote(CAST("{0}" AS TEXT))'),
    "postgresql": (
        """coalesce(quote_literal("{0}"::text), 'NULL')""",
        """coalesce(encode("{0}", 'escape'), 'NULL')""",
    ),
}


def all_rows(database: Database) -> Rows:
    """Return every row of every table as text, in an order of its own."""
    rows: Rows = {table.name: [] for table in Base.metadata.sorted_tables}
    statement = _reading(database.engine.dialect.name)
    with database.reading() as session:
        for name, row in session.connection().exec_driver_sql(statement):
            rows[name].append(row)
    return {name: sorted(found) for name, found in rows.items()}


@cache
def _reading(dialect: str) -> str:
    """Write one statement that reads it all: this is done before and after very many acts."""
    return " UNION ALL ".join(
        f"SELECT '{table.name}', {_row(table, dialect)} FROM {table.name}"  # noqa: S608 -- names of ours
        for table in Base.metadata.sorted_tables
    )


def _row(table: Table, dialect: str) -> str:
    return " || ',' || ".join(_value(column, dialect) for column in table.columns)


def _value(column: Column[object], dialect: str) -> str:
    value, readable = (way.format(column.name) for way in _WRITTEN[dialect])
    return f"{value} || {readable}" if isinstance(column.type, LargeBinary) else value


def count(database: Database, record: type[Base]) -> int:
    """Return how many rows a table has."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(record)) or 0


@contextmanager
def unchanged(database: Database) -> Iterator[None]:
    """Check that the block changes no row of any table."""
    before = all_rows(database)
    yield
    assert all_rows(database) == before
