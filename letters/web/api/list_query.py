"""What clients say of the applications that they want listed."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from letters.domain.status import ApplicationStatus
from letters.web.api.bodies import Input, Instant


class ListQuery(Input):
    """Which applications are listed; without anything all that the key may know of."""

    program: Annotated[str | None, Field(description="The short name of their program.")] = None
    status: Annotated[ApplicationStatus | None, Field(description="How they stand.")] = None
    updated_since: Annotated[
        Instant | None,
        Field(description="RFC 3339 with an offset: something happened to them then or later."),
    ] = None
    cursor: Annotated[
        UUID | None, Field(description="The `next` of the page before, which goes on there.")
    ] = None
