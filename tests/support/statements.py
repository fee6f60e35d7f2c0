"""Counting the SQL statements that something takes."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from tests.support import once

_NOT_COUNTED = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Give a list that grows by each statement sent through `engine` while the block runs.

    Beginning and ending a transaction does not count: SQLite's are sent as statements, those of
    PostgreSQL are not. Several rows that go out at once are one statement.
    """
    once.no_longer()
    statements: list[str] = []

    def note(*what: object) -> None:
        statement = str(what[2])
        if not statement.startswith(_NOT_COUNTED):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
