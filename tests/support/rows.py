"""All rows of all tables, to hold two moments against each other."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from sqlalchemy import LargeBinary, Table, func, select

from letters.records import Base, Database

Rows = dict[str, list[str]]

# Bytes as they are: what is readable in them is to be read.
_BYTES = {
    "sqlite": """CAST(coalesce("{0}", '') AS BLOB)""",
    "postgresql": """coalesce("{0}", '')""",
}
_NO_BYTES = {"sqlite": "NULL", "postgresql": "NULL::bytea"}


def all_rows(database: Database) -> Rows:
    """Return every row of every table as text, in an order of its own."""
    rows: Rows = {table.name: [] for table in Base.metadata.sorted_tables}
    statement = _reading(database.engine.dialect.name)
    with database.reading() as session:
        for name, texts, in_bytes in session.connection().exec_driver_sql(statement):
            rows[name].append(texts if in_bytes is None else f"{texts},{in_bytes!r}")
    return {name: sorted(found) for name, found in rows.items()}


@cache
def _reading(dialect: str) -> str:
    """Write one statement that reads it all: this is done before and after very many acts."""
    return " UNION ALL ".join(
        f"SELECT '{table.name}', {_row(table, dialect)} FROM {table.name}"  # noqa: S608 -- names of ours
        for table in Base.metadata.sorted_tables
    )


def _row(table: Table, dialect: str) -> str:
    names = [f'"{column.name}"' for column in table.columns]
    in_bytes = [
        _BYTES[dialect].format(column.name)
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    ]
    return f"{_texts(names, dialect)}, {' || '.join(in_bytes) or _NO_BYTES[dialect]}"


def _texts(names: Sequence[str], dialect: str) -> str:
    """Write values as one text; PostgreSQL plans a row much quicker than a call for each value."""
    if dialect == "postgresql":
        return f"ROW({', '.join(names)})::text"
    return " || ',' || ".join(f"quote({name})" for name in names)


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
