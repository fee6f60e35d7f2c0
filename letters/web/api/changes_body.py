"""What clients send to change a program: any of the fields that it was made with, but two."""

from copy import copy
from typing import Any

from pydantic import ConfigDict, create_model
from pydantic.fields import FieldInfo

from letters.web.api import examples
from letters.web.api.bodies import Input, ProgramInput

STAYS = frozenset({"slug", "fields"})
"""The short name is in links that were mailed, and a rule may ask for the fields."""


class _Changes(Input):
    """The ground of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PROGRAM_CHANGES]})


def _nothing() -> None:
    """What stands for a field that was left out; it is never read."""


def _left_out(field: FieldInfo) -> tuple[Any, FieldInfo]:
    """Return a field that may be left out, and then stays as it is."""
    optional = copy(field)
    optional.default, optional.default_factory = FieldInfo().default, _nothing
    return field.annotation, optional


_FIELDS: dict[str, Any] = {
    name: _left_out(field) for name, field in ProgramInput.model_fields.items() if name not in STAYS
}
ProgramChangesInput: type[Input] = create_model(
    "ProgramChangesInput",
    __base__=_Changes,
    __doc__="What is to change about a program; what is left out stays as it is.",
    **_FIELDS,
)
