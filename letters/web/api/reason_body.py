"""What clients send where a reason is needed."""

from typing import Annotated

from pydantic import ConfigDict, Field

from letters.services.remarks import LONGEST_REMARK
from letters.web.api import examples
from letters.web.api.bodies import Input


class ReasonInput(Input):
    """Why it is done."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.REASON_INPUT]})

    reason: Annotated[
        str,
        Field(
            description="For coordinators, and for the referee where a letter is returned.",
            json_schema_extra={"minLength": 1, "maxLength": LONGEST_REMARK},
        ),
    ]
