"""Instants in SQL, as quarters of an hour since 1970: enough to tell the days of every zone."""

from datetime import datetime

from sqlalchemy import BigInteger, SQLColumnExpression
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

SLOTS_A_DAY = 96


def slot_of(at: SQLColumnExpression[datetime | None]) -> ColumnElement[int]:
    """Return the quarter of an hour in which an instant lies."""
    return _Slot(at)


class _Slot(FunctionElement[int]):
    """Each database has words of its own for it."""

    type = BigInteger()
    inherit_cache = True


@compiles(_Slot, "sqlite")
def _on_sqlite(slot: _Slot, compiler: SQLCompiler, **how: object) -> str:
    (at,) = (compiler.process(one, **how) for one in slot.clauses)
    return f"(CAST(strftime('%s', {at}) AS INTEGER) / 900)"


@compiles(_Slot, "postgresql")
def _on_postgresql(slot: _Slot, compiler: SQLCompiler, **how: object) -> str:
    (at,) = (compiler.process(one, **how) for one in slot.clauses)
    return f"CAST(floor(extract(epoch FROM {at}) / 900) AS BIGINT)"
