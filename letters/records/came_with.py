"""What came with an application, in SQL: the values of its fields, and its tags."""

from collections.abc import Collection

from sqlalchemy import Boolean, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from letters.records.applications import Application


def has_value(name: str, values: Collection[str]) -> ColumnElement[bool]:
    """Say of an Application whether it came with one of these values for the field `name`.

    The name is one that a program may give a field.
    """
    value: ColumnElement[str] = Application.fields[name].as_string()
    return value.in_(sorted(values))


def has_tag(tag: str) -> ColumnElement[bool]:
    """Say of an Application whether it came with this tag."""
    return _Holds(Application.tags, literal(tag))


class _Holds(FunctionElement[bool]):
    """Whether a list that is kept as JSON holds a text; each database has words of its own."""

    type = Boolean()
    inherit_cache = True


@compiles(_Holds, "sqlite")
def _on_sqlite(holds: _Holds, compiler: SQLCompiler, **how: object) -> str:
    kept, wanted = (compiler.process(one, **how) for one in holds.clauses)
    held = f"SELECT 1 FROM json_each({kept}) AS held WHERE held.value = {wanted}"  # noqa: S608 -- both are SQL of the compiler
    return f"EXISTS ({held})"


@compiles(_Holds, "postgresql")
def _on_postgresql(holds: _Holds, compiler: SQLCompiler, **how: object) -> str:
    kept, wanted = (compiler.process(one, **how) for one in holds.clauses)
    held = f"SELECT 1 FROM json_array_elements_text({kept}) AS held(tag) WHERE held.tag = {wanted}"  # noqa: S608 -- both are SQL of the compiler
    return f"EXISTS ({held})"
