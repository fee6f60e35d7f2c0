"""What a call takes beside its body, for the description of the API."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from werkzeug.routing import Rule

from letters.services.idempotency import HEADER
from letters.web.api.once import LONGEST_KEY

Piece = dict[str, Any]

IN_A_PATH = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
SCHEMAS_IN_A_PATH: Mapping[str, Piece] = {
    "uuid": {"type": "string", "format": "uuid"},
    "string": {"type": "string"},
}


def in_path(rule: Rule) -> Iterator[Piece]:
    """Give the parts of a path that stand for something."""
    for found in IN_A_PATH.finditer(rule.rule):
        yield {
            "name": found["name"],
            "in": "path",
            "required": True,
            "schema": SCHEMAS_IN_A_PATH[found["kind"] or "string"],
        }


def in_query(model: type[BaseModel], schemas: str) -> Iterator[Piece]:
    """Give what may follow the path, each of which may be left out; `schemas` is where models are.

    What stands for “left out” in a body cannot be said in a query.
    """
    described = model.model_json_schema(ref_template=schemas)
    for name, schema in described["properties"].items():
        given = next(choice for choice in schema["anyOf"] if choice != {"type": "null"})
        yield {
            "name": name,
            "in": "query",
            "required": False,
            "description": schema["description"],
            "schema": given,
        }


def idempotency_key() -> Piece:
    """Return the header of every POST."""
    return {
        "name": HEADER,
        "in": "header",
        "required": False,
        "description": "Makes it safe to send the request again: the same key with the same "
        "request gets the same answer, and nothing is done twice.",
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
        "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
    }
