"""Addresses in SQL."""

from sqlalchemy import SQLColumnExpression, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def domain_of(address: SQLColumnExpression[str]) -> ColumnElement[str]:
    """Return what stands behind the sign @ in an address."""
    return _Domain(address)


class _Domain(FunctionElement[str]):
    """Each database has words of its own for it."""

    type = String()
    inherit_cache = True


@compiles(_Domain, "sqlite")
def _on_sqlite(domain: _Domain, compiler: SQLCompiler, **how: object) -> str:
    (address,) = (compiler.process(one, **how) for one in domain.clauses)
    return f"substr({address}, instr({address}, '@') + 1)"


@compiles(_Domain, "postgresql")
def _on_postgresql(domain: _Domain, compiler: SQLCompiler, **how: object) -> str:
    (address,) = (compiler.process(one, **how) for one in domain.clauses)
    return f"split_part({address}, '@', 2)"
