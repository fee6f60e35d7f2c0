"""What clients send to change what an application came with."""

from typing import Annotated

from pydantic import ConfigDict, Field

from letters.domain.rules import MOST_TAGS
from letters.services.fields_and_tags import Brought
from letters.web.api import examples
from letters.web.api.bodies import FieldValues, Input, Tags


class FieldsInput(Input):
    """What an application came with, changed; what is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.FIELDS_INPUT]})

    fields: Annotated[
        FieldValues | None,
        Field(description="All values by the name of a field; those that are not here go."),
    ] = None
    tags: Annotated[
        Tags | None,
        Field(
            description="All tags; those that are not here go.",
            json_schema_extra={"maxItems": MOST_TAGS},
        ),
    ] = None

    def as_brought(self) -> Brought:
        """Return it as the use case takes it."""
        return Brought(self.fields, self.tags)
