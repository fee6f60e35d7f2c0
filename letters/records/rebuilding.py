"""Rebuilding a table on SQLite, for migrations: it cannot drop a constraint in place."""

import re

from sqlalchemy import Connection, text


def rebuild(connection: Connection, table: str, *, without_constraint: str) -> None:
    """Make `table` anew without one CHECK, with its rows, indexes and triggers.

    The way that SQLite's documentation describes (“Making Other Kinds Of Table Schema Changes”).
    Foreign keys are off meanwhile. A table that has no such CHECK stays as it is.
    """
    definition = _definitions(connection, table, "table")[0]
    changed = _without(definition, without_constraint)
    if changed == definition:
        return
    kept = _definitions(connection, table, "index") + _definitions(connection, table, "trigger")
    new = f"new_{table}"
    for statement in (
        re.sub(rf"^CREATE TABLE \"?{table}\"?", f"CREATE TABLE {new}", changed),
        f"INSERT INTO {new} SELECT * FROM {table}",  # noqa: S608 -- the migration names the table
        f"DROP TABLE {table}",
        f"ALTER TABLE {new} RENAME TO {table}",
        *kept,
    ):
        connection.exec_driver_sql(statement)


def _definitions(connection: Connection, table: str, kind: str) -> list[str]:
    """Return the statements that made the table itself, its indexes or its triggers."""
    query = text(
        "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type = :kind AND sql NOT NULL"
    )
    return list(connection.scalars(query, {"table": table, "kind": kind}))


def _without(definition: str, constraint: str) -> str:
    """Cut `, CONSTRAINT name CHECK (…)` out, up to the bracket that closes it."""
    found = re.search(rf",\s*CONSTRAINT {constraint} CHECK \(", definition)
    if found is None:
        return definition
    end, depth = found.end(), 1
    while depth:
        depth += {"(": 1, ")": -1}.get(definition[end], 0)
        end += 1
    return definition[: found.start()] + definition[end:]
