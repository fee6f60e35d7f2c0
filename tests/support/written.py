"""Rows as SQL writes them: read in one database, and put into another of the same kind."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Table

from letters.records import Base, Database

Written = dict[tuple[str, str], str]
"""What each row is written as, by the name of its table and what its key is written as."""


def read(database: Database) -> Written:
    """Return every row of every table."""
    statement = _reading(database.engine.dialect.name)
    with database.reading() as session:
        found = session.connection().exec_driver_sql(statement)
        return {(name, key): row for name, key, row in found}


def put(database: Database, statements: Sequence[str]) -> None:
    """Do in one transaction what `statements` returned."""
    with database.engine.begin() as connection:
        connection.execution_options(no_parameters=True)
        for statement in statements:
            connection.exec_driver_sql(statement)


def statements(database: Database, before: Written, rows: Written) -> list[str]:
    """Write what inserts the rows that are new, then what changes others, which may refer to them.

    On PostgreSQL it is one text: it takes several statements at once.
    """
    inserts, updates, counters = [], [], []
    for table in Base.metadata.sorted_tables:
        of_table = {key: row for key, row in rows.items() if key[0] == table.name}
        new = [row for key, row in of_table.items() if key not in before]
        changed = [row for key, row in of_table.items() if key in before]
        if new:
            inserts.append(_insert(database, table, new))
            counters += [] if database.is_sqlite else _counters(table)
        if changed:
            updates.append(_insert(database, table, changed) + _or_update(table))
    written = inserts + updates + counters
    return written if database.is_sqlite else ["; ".join(written)]


@cache
def _reading(dialect: str) -> str:
    return " UNION ALL ".join(_of(table, dialect) for table in Base.metadata.sorted_tables)


def _of(table: Table, dialect: str) -> str:
    """Read a table. PostgreSQL plans a whole row much quicker than a call for each value."""
    name = table.name
    if dialect == "postgresql":
        return f"SELECT '{name}', ROW({_names(table.primary_key)})::text, {name}::text FROM {name}"  # noqa: S608 -- names of ours
    return f"SELECT '{name}', {_quoted(table.primary_key)}, {_quoted(table.columns)} FROM {name}"  # noqa: S608 -- names of ours


def _quoted(columns: Iterable[Column[Any]]) -> str:
    return " || ',' || ".join(f'quote("{column.name}")' for column in columns)


def _insert(database: Database, table: Table, rows: Sequence[str]) -> str:
    name = table.name
    if database.is_sqlite:
        values = ", ".join(f"({row})" for row in rows)
        return f"INSERT INTO {name} ({_names(table.columns)}) VALUES {values}"  # noqa: S608 -- names of ours
    texts = (row.replace("'", "''") for row in rows)
    values = ", ".join(f"('{text}'::{name})" for text in texts)
    return f"INSERT INTO {name} SELECT (one).* FROM (VALUES {values}) AS put (one)"  # noqa: S608 -- names of ours


def _or_update(table: Table) -> str:
    changes = ", ".join(f'"{column.name}" = excluded."{column.name}"' for column in table.columns)
    return f" ON CONFLICT ({_names(table.primary_key)}) DO UPDATE SET {changes}"


def _counters(table: Table) -> list[str]:
    return [
        f"SELECT setval(pg_get_serial_sequence('{table.name}', '{key.name}'), max({key.name}))"  # noqa: S608 -- names of ours
        f" FROM {table.name}"
        for key in table.primary_key
        if key.autoincrement is True
    ]


def _names(columns: Iterable[Column[Any]]) -> str:
    return ", ".join(f'"{column.name}"' for column in columns)
