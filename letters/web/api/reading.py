"""Reading what clients send, and saying plainly what is wrong with it."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import TypeVar

from flask import request
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import UnsupportedMediaType

from letters.domain.errors import InvalidInput, Problem
from letters.domain.words import N_
from letters.web.api.bodies import NOT_AN_INSTANT, TOO_FAR_AWAY, Input
from letters.web.api.problems import Refusal

Body = TypeVar("Body", bound=Input)

JSON = "application/json"
NOT_JSON = N_(
    "The body is not well-formed JSON, so nothing was done. "
    "Check its brackets, commas, quotation marks and that it is UTF-8."
)
LONGEST_PATH = 120

AN_ID = N_("Give an id in the form in which it was answered: 32 digits and letters, four hyphens.")
AN_OBJECT = N_("Give an object: fields between curly braces.")
SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "missing": N_("This field is needed."),
        "extra_forbidden": N_("There is no such field. Check its spelling, or leave it out."),
        "model_type": AN_OBJECT,
        "dict_type": AN_OBJECT,
        "list_type": N_("Give a list: values between square brackets."),
        "too_short": N_("Name at least one, or leave the field out."),
        "string_type": N_("Give text, between quotation marks."),
        "int_type": N_("Give a whole number, without quotation marks."),
        "bool_type": N_("Give true or false, without quotation marks."),
        "enum": N_("Give one of these: %(expected)s."),
        "greater_than_equal": N_("Give a number that is at least %(ge)s."),
        "less_than_equal": N_("Give a number that is at most %(le)s."),
        "uuid_type": AN_ID,
        "uuid_parsing": AN_ID,
        NOT_AN_INSTANT: N_(
            "Give a date, a time and its offset from UTC, such as 2027-04-01T23:59:00+02:00."
        ),
        TOO_FAR_AWAY: N_("Give a date before the year %(year)s."),
    }
)
UNEXPECTED = N_("This value cannot be used here.")


def read(model: type[Body]) -> Body:
    """Return the body of this request; one whose fields may all be left out may be left out too.

    Raises Refusal when it is not JSON, InvalidInput with every field of a wrong kind.
    """
    raw = request.get_data()
    if not raw and is_optional(model):
        return model()
    if request.mimetype != JSON:
        raise UnsupportedMediaType
    return _checked(model, raw)


def read_query(model: type[Body]) -> Body:
    """Return what follows the path. Raises InvalidInput with everything that is wrong."""
    return _checked(model, json.dumps(request.args.to_dict()).encode())


def _checked(model: type[Body], raw: bytes) -> Body:
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
    if any(detail["type"] == "json_invalid" for detail in details):
        raise Refusal(HTTPStatus.BAD_REQUEST, NOT_JSON)
    raise InvalidInput([_problem(detail) for detail in details])


def is_optional(model: type[Input]) -> bool:
    """Say whether a body may be left out: it has no field that is needed."""
    return not any(field.is_required() for field in model.model_fields.values())


def _problem(detail: ErrorDetails) -> Problem:
    path = ".".join(str(part) for part in detail["loc"])
    context = detail.get("ctx", {}).items()
    values = {name: v if isinstance(v, int) else _listed(str(v)) for name, v in context}
    return Problem(path[:LONGEST_PATH], SENTENCES.get(detail["type"], UNEXPECTED), values)


def _listed(expected: str) -> str:
    """Turn pydantic's “'a' or 'b'” into a list that reads the same in every language."""
    return expected.replace(" or ", ", ")
