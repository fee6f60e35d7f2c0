"""A hint to SQLite, which keeps no statistics here, about where a query had better begin."""

from typing import Any

from sqlalchemy import SQLColumnExpression
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def not_first(column: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """Return a column by whose index SQLite does not begin; PostgreSQL knows better itself.

    For a condition that many rows meet, beside one that an index tells of the few.
    """
    return _NotFirst(column)


class _NotFirst(FunctionElement[Any]):
    """The column itself; SQLite's unary plus changes nothing but the plan."""

    inherit_cache = True

    def __init__(self, column: SQLColumnExpression[Any]) -> None:
        super().__init__(column)
        (known,) = self.clauses
        self.type = known.type


@compiles(_NotFirst)
def _plainly(what: _NotFirst, compiler: SQLCompiler, **how: object) -> str:
    (column,) = (compiler.process(one, **how) for one in what.clauses)
    return column


@compiles(_NotFirst, "sqlite")
def _on_sqlite(what: _NotFirst, compiler: SQLCompiler, **how: object) -> str:
    return f"+{_plainly(what, compiler, **how)}"
