"""The description of the API: an OpenAPI 3.1 document, assembled from the routes themselves.

Every view says beside its docstring what goes in and what comes out (see describing.py), and the
schemas are those of the very models that bodies are read with and answers are made of.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from http import HTTPStatus

from flask import Blueprint, Flask, current_app
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from werkzeug.routing import Rule

from letters.web.api import bodies, examples, parameters
from letters.web.api.answers import ApplicationAnswer, ApplicationsAnswer, ProgramAnswer
from letters.web.api.changes_body import ProgramChangesInput
from letters.web.api.describing import ATTRIBUTE, Description
from letters.web.api.fields_body import FieldsInput
from letters.web.api.keys import CALLS_PER_KEY
from letters.web.api.once import REPLAYED, json_answer
from letters.web.api.parameters import Piece
from letters.web.api.problems import MEDIA_TYPE
from letters.web.api.reading import JSON, is_optional
from letters.web.api.reason_body import ReasonInput
from letters.web.guards import Guard, guard_of, guarded
from letters.web.state import house

bp = Blueprint("openapi", __name__)

SCHEMAS = "#/components/schemas/{model}"

METHODS = ("GET", "POST", "PATCH")
OF_EVERY_CALL = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
OF_EVERY_BODY = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
REFUSALS: Mapping[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "The body is not JSON, or a header cannot be used.",
    HTTPStatus.UNAUTHORIZED: "No key came with the request, or an unknown one.",
    HTTPStatus.FORBIDDEN: "This key may not do that.",
    HTTPStatus.NOT_FOUND: "There is no such thing, or this key may not know of it.",
    HTTPStatus.GONE: "It was deleted, as the program said it would be.",
    HTTPStatus.CONFLICT: "The rules forbid it at this point; the sentence says why.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is not declared as JSON.",
    HTTPStatus.UNPROCESSABLE_ENTITY: (
        "Fields need correcting, each with a sentence; "
        "or the Idempotency-Key was used for another request."
    ),
    HTTPStatus.TOO_MANY_REQUESTS: f"The key was used too often: at most {CALLS_PER_KEY}.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong on our side; nothing was changed.",
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "The database does not answer. Where the request changes something, that may have been "
        "done: send it again with the same Idempotency-Key."
    ),
}
HEADERS_OF: Mapping[HTTPStatus, Mapping[str, str]] = {
    HTTPStatus.CREATED: {"Location": "Where it can be read again."},
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "How to send a key."},
    HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": "After how many seconds to try again."},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "After how many seconds to try again."},
}
ABOUT = (
    "Takes applications in, submits and selects them, and says where they stand. "
    "Times are instants: RFC 3339 with an offset, answered in UTC. Every refusal is an "
    "`application/problem+json` document with a sentence that says what to do, and changes "
    "nothing; only after a 503 it may have been done."
)


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str = Field(description="Its path, such as `referees.1.email`; empty for the whole.")
    detail: str = Field(description="A sentence that says what to do.")


class ProblemAnswer(BaseModel):
    """Why a request was refused (RFC 9457)."""

    model_config = {"json_schema_extra": {"examples": [examples.PROBLEM]}}

    type: str = Field(description="`about:blank`, or a name that stays the same.")
    title: str
    status: int
    detail: str = Field(description="A sentence that says what to do.")
    errors: list[FieldProblem] = Field(default=[], description="Given for bodies that were read.")


MODELS: Sequence[tuple[type[BaseModel], JsonSchemaMode]] = (
    (bodies.ProgramInput, "validation"),
    (ProgramChangesInput, "validation"),
    (bodies.ApplicationInput, "validation"),
    (FieldsInput, "validation"),
    (bodies.NoticesInput, "validation"),
    (bodies.RefereeInput, "validation"),
    (ReasonInput, "validation"),
    (bodies.NoInput, "validation"),
    (ProgramAnswer, "serialization"),
    (ApplicationAnswer, "serialization"),
    (ApplicationsAnswer, "serialization"),
    (ProblemAnswer, "validation"),
)


@bp.get("/api/openapi.json")
@guarded(Guard.PUBLIC)
def spec() -> ResponseReturnValue:
    """Describe the API."""
    return json_answer(document(current_app, house().settings.base_url))


def document(app: Flask, base_url: str) -> Piece:
    """Return the description of every route of `app` that needs an API key."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Letters", "version": "1", "description": ABOUT},
        "servers": [{"url": base_url}],
        "security": [{"key": []}],
        "tags": [{"name": name} for name in ("programs", "applications", "requests")],
        "paths": _paths(app),
        "components": {
            "schemas": _schemas(),
            "responses": {_name(status): _refusal(status) for status in REFUSALS},
            "parameters": {"IdempotencyKey": parameters.idempotency_key()},
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key from `letters api-key create`.",
                }
            },
        },
    }


# --- paths ------------------------------------------------------------------------------------


def _paths(app: Flask) -> Piece:
    paths: Piece = {}
    for rule in app.url_map.iter_rules():
        if guard_of(app, rule.endpoint) is not Guard.API_KEY:
            continue
        path = parameters.IN_A_PATH.sub(r"{\g<name>}", rule.rule)
        for method in METHODS:
            if method in (rule.methods or ()):
                operation = _operation(rule, method, app.view_functions[rule.endpoint])
                paths.setdefault(path, {})[method.lower()] = operation
    return paths


def _operation(rule: Rule, method: str, view: Callable[..., object]) -> Piece:
    description: Description = getattr(view, ATTRIBUTE)
    summary, _, more = inspect.cleandoc(view.__doc__ or "").partition("\n\n")
    operation: Piece = {
        "operationId": rule.endpoint.rpartition(".")[2],
        "summary": summary.rstrip("."),
        "tags": [rule.rule.split("/")[3]],
        "parameters": _parameters(rule, method, description.query),
        "responses": _responses(description, method),
    }
    if more:
        operation["description"] = " ".join(more.split())
    if description.body is not None:
        operation["requestBody"] = {
            "required": not is_optional(description.body),
            "content": {JSON: {"schema": _ref(description.body)}},
        }
    return operation


def _parameters(rule: Rule, method: str, query: type[BaseModel] | None) -> list[Piece]:
    found = list(parameters.in_path(rule))
    if query is not None:
        found += parameters.in_query(query, SCHEMAS)
    if method == "POST":
        found.append({"$ref": "#/components/parameters/IdempotencyKey"})
    return found


def _responses(description: Description, method: str) -> Piece:
    refusals = {*OF_EVERY_CALL, *description.refusals}
    headers = dict(HEADERS_OF.get(description.status, {}))
    if description.body is not None:
        refusals |= {*OF_EVERY_BODY}
    if method == "POST":
        headers[REPLAYED] = "`true` where an earlier answer is given again and nothing was done."
    answer: Piece = {
        "description": "Created." if description.status is HTTPStatus.CREATED else "Done.",
        "headers": _headers(headers),
        "content": _content(description.answer),
    }
    return {str(description.status.value): answer} | {
        str(status.value): {"$ref": f"#/components/responses/{_name(status)}"}
        for status in sorted(refusals)
    }


def _content(answer: type[BaseModel] | str) -> Piece:
    """Bytes have a media type and no schema."""
    if isinstance(answer, str):
        return {answer: {}}
    return {JSON: {"schema": _ref(answer)}}


# --- components -------------------------------------------------------------------------------


@cache
def _schemas() -> Piece:
    """The models, and the models in them, as JSON Schema."""
    _, schemas = models_json_schema(MODELS, ref_template=SCHEMAS)
    definitions: Piece = schemas["$defs"]
    return definitions


def _refusal(status: HTTPStatus) -> Piece:
    problem = {"schema": _ref(ProblemAnswer)}
    return {
        "description": REFUSALS[status],
        "headers": _headers(HEADERS_OF.get(status, {})),
        "content": {MEDIA_TYPE: problem},
    }


def _headers(described: Mapping[str, str]) -> Piece:
    return {
        name: {"description": description, "schema": {"type": "string"}}
        for name, description in described.items()
    }


def _ref(model: type[BaseModel]) -> Piece:
    return {"$ref": SCHEMAS.format(model=model.__name__)}


def _name(status: HTTPStatus) -> str:
    return f"Problem{status.value}"
