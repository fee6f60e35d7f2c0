"""Fields and tags in the API: taken strictly, answered, changed, and looked at by the rule."""

from typing import Any

import pytest

from tests.services import rules
from tests.services.rules import STAGE, TRACK
from tests.support.people import Story
from tests.support.rows import unchanged
from tests.web.api.portal import APPLICATION, NOBODY, PROGRAM, Portal, changed, make_key

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CAME_WITH: dict[str, Any] = {"fields": {"stage": "interview"}, "tags": ["late", "funded"]}
TEXT = "Give text, between quotation marks."
OBJECT = "Give an object: fields between curly braces."
LIST = "Give a list: values between square brackets."
NO_FIELD = "Use a field that the program has."


@pytest.fixture
def draft(portal: Portal, story: Story) -> str:
    """The id of a draft in a program that has fields and a rule."""
    rules.with_rule(story)
    found: str = portal.post("/applications", APPLICATION).json["id"]
    return found


def test_an_application_is_answered_with_what_it_came_with(portal: Portal, story: Story) -> None:
    rules.define(story, STAGE, TRACK)
    answer = portal.post("/applications", APPLICATION | CAME_WITH)
    assert answer.status_code == 201
    assert {name: answer.json[name] for name in CAME_WITH} == CAME_WITH
    assert portal.get(f"/applications/{answer.json['id']}").json == answer.json


def test_what_matches_is_selected_at_once(portal: Portal, story: Story) -> None:
    rules.with_rule(story)
    answer = portal.post("/applications", APPLICATION | CAME_WITH | {"submit": True})
    assert (answer.json["status"], answer.json["outlook"]) == ("selected", "were_requested")


def test_a_change_replaces_what_it_names(portal: Portal, draft: str) -> None:
    path = f"/applications/{draft}/fields"
    assert portal.post(path, CAME_WITH, once="a").json["tags"] == ["late", "funded"]
    answer = portal.post(path, {"tags": ["late"]})
    assert (answer.json["fields"], answer.json["tags"]) == ({"stage": "interview"}, ["late"])
    assert portal.post(path, {"fields": {}}).json["fields"] == {}
    assert portal.post(path, {"fields": None}).status_code == 200
    assert portal.post(path).status_code == 200
    assert portal.post(path, CAME_WITH, once="a").headers["Idempotency-Replayed"] == "true"


def test_a_change_can_have_it_selected(portal: Portal, draft: str) -> None:
    portal.post(f"/applications/{draft}/submit")
    answer = portal.post(f"/applications/{draft}/fields", CAME_WITH)
    assert answer.json["status"] == "selected"
    assert {request["status"] for request in answer.json["requests"]} == {"requested"}


MISTAKES: list[tuple[str, object, str, str]] = [
    ("fields", [], "fields", OBJECT),
    ("fields", {"stage": 1}, "fields.stage", TEXT),
    ("fields", {"stage": None}, "fields.stage", TEXT),
    ("fields", {"stage": ["interview"]}, "fields.stage", TEXT),
    (
        "fields",
        {"stage": "Interview"},
        "fields.stage",
        "Use one of the choices that the program offers.",
    ),
    ("fields", {"degree": "MSc"}, "fields.degree", NO_FIELD),
    ("fields", {"track": ""}, "fields.track", "Fill this in, please."),
    ("fields", {"track": "x" * 121}, "fields.track", "Use at most 120 characters."),
    ("fields", {str(n): "x" for n in range(11)}, "fields", "Use at most 10 fields."),
    ("tags", "funded", "tags", LIST),
    ("tags", [1], "tags.0", TEXT),
    ("tags", ["a\nb"], "tags", "Remove the line breaks or invisible characters, please."),
    ("tags", ["x"] * 21, "tags", "Use at most 20 tags."),
]


def test_what_cannot_be_taken_is_said_and_changes_nothing(
    portal: Portal, story: Story, draft: str, subtests: pytest.Subtests
) -> None:
    for name, value, where, sentence in MISTAKES:
        with subtests.test(where=where, value=ascii(value)[:40]):
            with unchanged(story.house.database):
                answers = [
                    portal.post(f"/applications/{draft}/fields", {name: value}),
                    portal.post(
                        "/applications", changed(APPLICATION, "external_id", None) | {name: value}
                    ),
                ]
            for answer in answers:
                assert answer.status_code == 422
                assert answer.json["errors"] == [{"field": where, "detail": sentence}]


def test_a_field_that_nobody_has_is_named_briefly(portal: Portal, draft: str) -> None:
    answer = portal.post(f"/applications/{draft}/fields", {"fields": {"x" * 5000: "1"}})
    assert answer.status_code == 422
    assert len(answer.json["errors"][0]["field"]) <= 120


PROGRAM_MISTAKES: list[tuple[object, str]] = [
    ({}, "fields"),
    ([{"name": "track"}], "fields.0.label"),
    ([{"name": "Track", "label": "Track"}], "fields.0.name"),
    ([{"name": "track", "label": "Track", "choices": "a"}], "fields.0.choices"),
    ([{"name": "track", "label": "Track", "kind": "text"}], "fields.0.kind"),
    ([{"name": "track", "label": "Track"}] * 2, "fields.1.name"),
]


def test_a_program_takes_its_fields_strictly(
    portal: Portal, story: Story, subtests: pytest.Subtests
) -> None:
    for fields, where in PROGRAM_MISTAKES:
        with subtests.test(where=where), unchanged(story.house.database):
            answer = portal.post("/programs", PROGRAM | {"fields": fields})
            assert answer.status_code == 422
            assert [error["field"] for error in answer.json["errors"]] == [where]


def test_other_programs_applications_are_as_if_absent(
    portal: Portal, story: Story, draft: str
) -> None:
    portal.post("/programs", PROGRAM)
    stranger = portal.with_key(make_key(story.house, "stranger", PROGRAM["slug"]))
    with unchanged(story.house.database):
        answers = [
            stranger.post(f"/applications/{one}/fields", CAME_WITH) for one in (draft, NOBODY)
        ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
