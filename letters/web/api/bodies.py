"""What clients send. Types are taken strictly; the meaning is checked downstairs.

What a model says of lengths and ranges is there for the description of the API: the rules are the
domain's, which names every problem at once.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from letters.addresses import LONGEST_ADDRESS
from letters.domain.keeping import (
    DEFAULT_KEPT_DAYS,
    DEFAULT_WISHED_PAGES,
    LONGEST_KEPT_DAYS,
    MOST_WISHED_PAGES,
)
from letters.domain.policy import (
    DEFAULT_MIN_LETTERS,
    LONGEST_GRACE_HOURS,
    MOST_LETTERS,
    RequestPolicy,
)
from letters.domain.rules import FIELD_NAME, MOST_CHOICES, MOST_FIELDS, MOST_TAGS, FieldDefinition
from letters.domain.schedule import DEFAULT_MOST_REMINDERS, DEFAULT_REMINDER_DAYS
from letters.domain.text import LONGEST_LINE, LONGEST_NAME, LONGEST_TEXT
from letters.services.applying import NewApplication, NewReferee
from letters.services.program_cleaning import (
    EARLIEST_REMINDER,
    LONGEST_SLUG,
    MOST_REMINDERS,
    SLUG,
    NewProgram,
)
from letters.web.api import examples

RFC_3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII
)
FIRST_YEAR_REFUSED = 3000
NOT_AN_INSTANT = "not_an_instant"
TOO_FAR_AWAY = "too_far_away"


def instant(value: object) -> datetime:
    """Read an RFC 3339 date and time; its offset is what makes it an instant."""
    if not isinstance(value, str) or not RFC_3339.fullmatch(value.upper()):
        raise PydanticCustomError(NOT_AN_INSTANT, "not an RFC 3339 date and time with an offset")
    try:
        found = datetime.fromisoformat(value.upper())
    except ValueError:
        raise PydanticCustomError(NOT_AN_INSTANT, "no such day or time") from None
    if not 1 < found.year < FIRST_YEAR_REFUSED:
        raise PydanticCustomError(TOO_FAR_AWAY, "not in this age", {"year": FIRST_YEAR_REFUSED})
    return found.astimezone(UTC)


Instant = Annotated[
    datetime,
    BeforeValidator(instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


def _line(description: str, longest: int, **more: Any) -> Any:  # noqa: ANN401 -- pydantic's own type
    """A line of text, described; whether it is empty or too long is the domain's to say."""
    return Field(description=description, json_schema_extra={"maxLength": longest, **more})


def _count(description: str, least: int) -> Any:  # noqa: ANN401 -- pydantic's own type
    return Field(
        description=description, json_schema_extra={"minimum": least, "maximum": MOST_LETTERS}
    )


Name = Annotated[str, _line("As it is to be written in mails.", LONGEST_NAME)]
FieldValues = dict[str, Annotated[str, _line("Its value.", LONGEST_NAME)]]
Tags = list[Annotated[str, _line("A tag.", LONGEST_NAME)]]
Address = Annotated[str, _line("A mailable address.", LONGEST_ADDRESS, format="email")]


class Input(BaseModel):
    """The ground of all bodies."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class FieldInput(Input):
    """A field that the program's applications can come with."""

    name: Annotated[str, _line("Its name here.", 40, pattern=FIELD_NAME.pattern)]
    label: Annotated[str, _line("What coordinators read.", LONGEST_NAME)]
    choices: Annotated[
        list[Annotated[str, _line("A choice.", LONGEST_NAME)]],
        Field(
            description="The values it can have; any value if left out.",
            json_schema_extra={"maxItems": MOST_CHOICES},
        ),
    ] = []


class ProgramInput(Input):
    """A program to create."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PROGRAM_INPUT]})

    slug: Annotated[
        str,
        _line("Its short name, unique and part of addresses.", LONGEST_SLUG, pattern=SLUG.pattern),
    ]
    title: Annotated[str, _line("What it is called.", LONGEST_LINE)]
    organization: Annotated[str, _line("Who offers it.", LONGEST_LINE)]
    description: Annotated[str, _line("For applicants.", LONGEST_TEXT)] = ""
    instructions: Annotated[str, _line("For referees: what to write about.", LONGEST_TEXT)] = ""
    due_at: Annotated[
        Instant, Field(description="When letters are due: RFC 3339 with an offset, to come.")
    ]
    grace_hours: Annotated[
        int,
        Field(
            ge=0,
            le=LONGEST_GRACE_HOURS,
            description="How long after the due date letters are still taken.",
        ),
    ] = 0
    timezone: Annotated[str, Field(description="The IANA name of the zone dates are shown in.")]
    min_letters: Annotated[int, _count("How many letters make an application complete.", 1)] = (
        DEFAULT_MIN_LETTERS
    )
    max_letters: Annotated[
        int | None, _count("At most how many referees; two more than the least if left out.", 1)
    ] = None
    request_policy: Annotated[
        RequestPolicy,
        Field(
            description="Whether letters are requested on submission (`automatic`) or only for "
            "applications that are selected (`selected`)."
        ),
    ] = RequestPolicy.AUTOMATIC
    wished_pages: Annotated[
        int,
        Field(
            ge=0,
            le=MOST_WISHED_PAGES,
            description="How many pages a letter should have at most; 0 if it may have any length. "
            "Longer letters are taken, and marked.",
        ),
    ] = DEFAULT_WISHED_PAGES
    kept_days: Annotated[
        int,
        Field(
            ge=1,
            le=LONGEST_KEPT_DAYS,
            description="How many days after its closing date a letter is deleted for good.",
        ),
    ] = DEFAULT_KEPT_DAYS
    takes_word: Annotated[
        bool,
        Field(
            description="Whether Word files are taken and converted to PDF, where the service "
            "can do that."
        ),
    ] = False
    notices_on_submission: Annotated[
        bool,
        Field(
            description="Whether the referees of an application get the advance notice when it is "
            "submitted. It has no effect under the policy `automatic`, which asks them at once."
        ),
    ] = False
    most_reminders: Annotated[
        int,
        Field(
            ge=0,
            le=MOST_REMINDERS,
            description="How often a referee is reminded of one letter at most, whoever reminds.",
        ),
    ] = DEFAULT_MOST_REMINDERS
    reminder_days: Annotated[
        list[Annotated[int, Field(ge=1, le=EARLIEST_REMINDER)]],
        Field(
            max_length=MOST_REMINDERS,
            description="How many days before the due date referees are reminded.",
        ),
    ] = list(DEFAULT_REMINDER_DAYS)
    waiver_wording: Annotated[
        str, _line("What applicants sign who waive; empty for the usual text.", LONGEST_TEXT)
    ] = ""
    sender_name: Annotated[
        str, _line("Who mails come from; empty for the organization.", LONGEST_NAME)
    ] = ""
    accent: Annotated[
        str,
        _line(
            "The colour of links and buttons, such as #1a4f8b; empty for our own. It needs a "
            "contrast of 4.5 to 1 on light grounds.",
            7,
        ),
    ] = ""
    contact_email: Annotated[Address, Field(description="Where people can write with questions.")]
    fields: Annotated[
        list[FieldInput],
        Field(
            description="What applications can come with, beside tags.",
            json_schema_extra={"maxItems": MOST_FIELDS},
        ),
    ] = []

    def as_new(self) -> NewProgram:
        """Return it as the use case takes it."""
        return NewProgram(**self.model_dump(exclude={"fields"}))

    def definitions(self) -> list[FieldDefinition]:
        """Return its fields as the use case takes them."""
        return [FieldDefinition(x.name, x.label, tuple(x.choices)) for x in self.fields]


class ApplicantInput(Input):
    """Who applies."""

    name: Name
    email: Address


class RefereeInput(Input):
    """Who is to write a letter."""

    name: Name
    email: Address
    affiliation: Annotated[str | None, _line("Where they work.", LONGEST_LINE)] = None
    relationship: Annotated[str | None, _line("How they know the applicant.", LONGEST_LINE)] = None

    def as_new(self) -> NewReferee:
        """Return it as the use case takes it."""
        return NewReferee(self.name, self.email, self.affiliation or "", self.relationship or "")


class ApplicationInput(Input):
    """An application to take in."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.APPLICATION_INPUT]})

    program: Annotated[str, _line("The program's short name.", LONGEST_SLUG)]
    external_id: Annotated[
        str | None, _line("Your own id for it, unique within the program.", LONGEST_LINE)
    ] = None
    applicant: ApplicantInput
    referees: Annotated[
        list[RefereeInput],
        Field(description="In the order they are shown; a draft may name fewer than the least."),
    ]
    waived: Annotated[
        bool, Field(description="Whether the applicant gave up the right to view the letters.")
    ]
    fields: Annotated[
        FieldValues, Field(description="Values for some of the program's fields, by name.")
    ] = {}
    tags: Annotated[
        Tags,
        Field(
            description="Words of your own, for coordinators to filter and select by.",
            json_schema_extra={"maxItems": MOST_TAGS},
        ),
    ] = []
    submit: Annotated[
        bool, Field(description="Whether to submit it at once; if not, it stays a draft.")
    ] = False

    def as_new(self) -> NewApplication:
        """Return it as the use case takes it."""
        return NewApplication(
            applicant_name=self.applicant.name,
            applicant_email=self.applicant.email,
            referees=[referee.as_new() for referee in self.referees],
            waived=self.waived,
            external_id=self.external_id,
            fields=self.fields,
            tags=self.tags,
        )


class NoticesInput(Input):
    """Which referees to alert."""

    requests: Annotated[
        list[UUID] | None,
        Field(
            min_length=1,
            description="The ids of requests of this application; all who may get one if left out.",
        ),
    ] = None


class NoInput(Input):
    """Nothing: the address says it all."""
