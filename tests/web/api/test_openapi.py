"""The description of the API: whole, sound, and of just the routes that are there."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from letters.domain.rules import definitions_of
from letters.web.api import examples
from letters.web.api.bodies import ApplicationInput, ProgramInput
from letters.web.api.openapi import document
from letters.web.guards import Guard, guard_of
from tests.services import rules
from tests.support.people import Story
from tests.web.api.portal import HERE, Portal, check

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

METHODS = {"get", "put", "post", "delete", "patch"}
JSON_TYPES = {"object", "array", "string", "integer", "number", "boolean", "null"}


@pytest.fixture
def described(app: Flask) -> dict[str, Any]:
    """The document as a client gets it."""
    answer = app.test_client().get("/api/openapi.json", base_url=HERE)
    check(answer)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation, with its path and method."""
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def pieces(value: object) -> Iterator[dict[str, Any]]:
    """Every object in the document, however deep."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from pieces(inner)


def resolved(described: dict[str, Any], piece: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, if it is one."""
    found: Any = described
    if "$ref" not in piece:
        return piece
    for name in piece["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    assert isinstance(found, dict)
    return found


def test_the_head(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1.")
    assert described["info"]["title"] == "Letters"
    assert described["info"]["version"]
    assert described["servers"] == [{"url": "http://127.0.0.1:8000"}]
    (name,) = described["security"][0]
    scheme = described["components"]["securitySchemes"][name]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


def test_just_the_routes_that_are_there(described: dict[str, Any], app: Flask) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert {(path, method) for path, method, _ in operations(described)} == routes
    assert len(routes) == 17


def test_every_route_needs_a_key(app: Flask) -> None:
    guards = {
        guard_of(app, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
    }

    assert guards == {Guard.API_KEY}


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    references = [piece for piece in pieces(described) if "$ref" in piece]

    assert references
    for piece in references:
        assert resolved(described, piece)


def test_every_component_is_used(described: dict[str, Any]) -> None:
    used = {piece["$ref"] for piece in pieces(described) if "$ref" in piece}
    there = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "responses", "parameters")
        for name in described["components"][kind]
    }

    assert there == used


def test_operations_are_whole(described: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(described)]
    tags = {tag["name"] for tag in described["tags"]}

    assert len(set(ids)) == len(ids)
    for path, method, operation in operations(described):
        assert method in METHODS
        assert operation["summary"]
        assert set(operation["tags"]) <= tags
        parameters = [resolved(described, piece) for piece in operation["parameters"]]
        in_path = {p["name"] for p in parameters if p["in"] == "path" and p["required"]}
        assert in_path == set(re.findall(r"{(\w+)}", path))
        assert all("schema" in parameter for parameter in parameters)


def test_every_post_takes_a_body_and_an_idempotency_key(described: dict[str, Any]) -> None:
    for _, method, operation in operations(described):
        parameters = [resolved(described, piece) for piece in operation["parameters"]]
        headers = {p["name"] for p in parameters if p["in"] == "header"}
        assert headers == ({"Idempotency-Key"} if method == "post" else set())
        assert ("requestBody" in operation) == (method in {"post", "patch"})


def test_a_body_is_needed_where_a_field_is(described: dict[str, Any]) -> None:
    needed = {
        operation["operationId"]
        for _, method, operation in operations(described)
        if method == "post" and operation["requestBody"]["required"]
    }

    assert needed == {
        "create_program",
        "create_application",
        "add_referee",
        "replace_referee",
        "cancel_request",
        "return_letter",
    }


def test_every_status_is_described(described: dict[str, Any]) -> None:
    for path, method, operation in operations(described):
        statuses = set(operation["responses"])
        expected = {"401", "429", "500", "503"}
        if method in {"post", "patch"}:
            expected |= {"400", "413", "415", "422", "409"}
        if operation["operationId"] == "list_applications":
            expected.add("422")
        if path != "/api/v1/programs":
            expected.add("404")
        if operation["operationId"] in {"create_program", "read_letter"}:
            expected.add("403")
        if operation["operationId"] == "read_letter":
            expected |= {"409", "410"}
        expected.add("201" if operation["operationId"].startswith("create") else "200")
        assert statuses == expected


def test_responses_are_whole(described: dict[str, Any]) -> None:
    for path, _, operation in operations(described):
        answered = "application/pdf" if path.endswith("/letter") else "application/json"
        for status, piece in operation["responses"].items():
            response = resolved(described, piece)
            assert response["description"]
            (kind,) = response["content"]
            assert kind == (answered if status < "400" else "application/problem+json")


def test_schemas_are_json_schema(described: dict[str, Any]) -> None:
    for name, schema in described["components"]["schemas"].items():
        assert "enum" in schema or schema["type"] == "object", name
        assert set(schema.get("required", ())) <= set(schema.get("properties", ()))
        for piece in pieces(schema.get("properties", {})):
            if isinstance(piece.get("type"), str):
                assert piece["type"] in JSON_TYPES
            assert "nullable" not in piece
            assert "$defs" not in piece


def test_bodies_refuse_what_they_do_not_know(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    inputs = [schema for name, schema in schemas.items() if name.endswith("Input")]

    assert len(inputs) == 10
    assert all(schema["additionalProperties"] is False for schema in inputs)


@pytest.mark.parametrize("model", [ProgramInput, ApplicationInput])
def test_examples_of_bodies_can_be_sent(
    described: dict[str, Any],
    portal: Portal,
    story: Story,
    model: type[ProgramInput | ApplicationInput],
) -> None:
    (example,) = described["components"]["schemas"][model.__name__]["examples"]
    (path,) = (
        path.removeprefix("/api/v1")
        for path, _, operation in operations(described)
        if str(model.__name__) in str(operation.get("requestBody"))
    )
    define_example_fields(story)
    if model is ProgramInput:
        example |= {"slug": "another"}

    assert portal.post(path, example).status_code == 201


def test_examples_of_answers_have_the_fields_of_answers(
    described: dict[str, Any], portal: Portal, story: Story
) -> None:
    define_example_fields(story)
    schemas = described["components"]["schemas"]
    (sent,) = schemas["ApplicationInput"]["examples"]
    (told,) = schemas["ApplicationAnswer"]["examples"]

    answer = portal.post("/applications", sent).json

    assert shape(told) == shape(answer)


def define_example_fields(story: Story) -> None:
    """Give the program of the story the fields that the examples fill in."""
    rules.define(story, *definitions_of(examples.PROGRAM_INPUT["fields"]))


def shape(value: Any) -> Any:  # noqa: ANN401 -- any JSON
    """The names in a value, without what they say."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else None


def test_all_addresses_in_it_are_examples(app: Flask) -> None:
    described = str(document(app, "https://letters.example.org"))

    domains = re.findall(r"@([\w.-]+\w)", described) + re.findall(r"https?://([\w.-]+)", described)
    assert domains
    assert all(re.search(r"(^|\.)example\.(org|com|edu|net)$", domain) for domain in domains)
