"""A rule selects by what came with an application, and never by what did not."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.errors import Problem
from letters.domain.rules import (
    MOST_CHOICES,
    MOST_FIELDS,
    MOST_TAGS,
    FieldDefinition,
    Rule,
    clean_definitions,
    clean_tags,
    clean_values,
    definitions_of,
    parse_rule,
    rule_of,
)

STAGE = FieldDefinition("stage", "Stage", ("first round", "interview"))
TRACK = FieldDefinition("track", "Track")
DEFINED = (STAGE, TRACK)
WORDS = st.text("abc", min_size=1, max_size=3)
VALUES = st.dictionaries(WORDS, WORDS, max_size=4)
TAGS = st.lists(WORDS, max_size=4)


def test_what_a_rule_takes(subtests: pytest.Subtests) -> None:
    rule = Rule(
        {"stage": frozenset({"interview"}), "track": frozenset({"A", "B"})}, frozenset({"funded"})
    )
    table = [
        ({"stage": "interview", "track": "B"}, ["funded", "late"], True),
        ({"stage": "first round", "track": "B"}, ["funded"], False),
        ({"stage": "interview"}, ["funded"], False),
        ({"stage": "interview", "track": "B"}, ["late"], False),
        ({}, [], False),
    ]
    for values, tags, matches in table:
        with subtests.test(values=values, tags=tags):
            assert rule.matches(values, tags) is matches


@given(VALUES, TAGS)
def test_an_empty_rule_selects_nobody(values: dict[str, str], tags: list[str]) -> None:
    assert not Rule().matches(values, tags)


@given(VALUES, TAGS)
def test_an_application_matches_the_rule_made_of_it(
    values: dict[str, str], tags: list[str]
) -> None:
    rule = Rule({name: frozenset({value}) for name, value in values.items()}, frozenset(tags))
    assert rule.matches(values, tags) is not rule.is_empty


@given(VALUES, TAGS, VALUES, TAGS, WORDS)
def test_one_tag_more_never_selects_more(
    asked: dict[str, str], needed: list[str], values: dict[str, str], tags: list[str], more: str
) -> None:
    fields = {name: frozenset({value}) for name, value in asked.items()}
    loose = Rule(fields, frozenset(needed))
    strict = Rule(fields, frozenset({*needed, more}))
    assert loose.is_empty or loose.matches(values, tags) or not strict.matches(values, tags)


def test_a_rule_that_is_read_is_tidied() -> None:
    problems: list[Problem] = []
    rule = parse_rule(
        DEFINED, {"stage": [" interview "], "track": []}, ["funded", " funded"], problems
    )
    assert problems == []
    assert rule == Rule({"stage": frozenset({"interview"})}, frozenset({"funded"}))


def test_what_is_wrong_with_a_rule(subtests: pytest.Subtests) -> None:
    many = [str(number) for number in range(MOST_CHOICES + 1)]
    table: list[tuple[dict[str, list[str]], list[str], str]] = [
        ({"degree": ["MSc"]}, [], "fields.degree"),
        ({"stage": ["second round"]}, [], "fields.stage"),
        ({"track": [""]}, [], "fields.track"),
        ({"track": many}, [], "fields.track"),
        ({}, ["two\nlines"], "tags"),
    ]
    for fields, tags, where in table:
        with subtests.test(where=where):
            problems: list[Problem] = []
            parse_rule(DEFINED, fields, tags, problems)
            assert [problem.field for problem in problems] == [where]


def test_the_values_of_an_application_are_those_its_program_defines() -> None:
    problems: list[Problem] = []
    given_values = {"stage": "interview", "track": " A  1 ", "degree": "MSc"}
    assert clean_values(DEFINED, given_values, problems) == {"stage": "interview", "track": "A 1"}
    assert [problem.field for problem in problems] == ["fields.degree"]


def test_a_choice_that_is_not_offered_is_a_problem() -> None:
    problems: list[Problem] = []
    assert clean_values(DEFINED, {"stage": "Interview"}, problems) == {}
    assert [problem.field for problem in problems] == ["fields.stage"]


def test_tags_are_kept_once_and_in_order() -> None:
    problems: list[Problem] = []
    assert clean_tags(["late", "funded", " late"], problems) == ["late", "funded"]
    assert problems == []


def test_too_many_tags_are_a_problem() -> None:
    problems: list[Problem] = []
    assert clean_tags(["a"] * (MOST_TAGS + 1), problems) == []
    assert [problem.field for problem in problems] == ["tags"]


@given(VALUES, TAGS)
def test_what_is_kept_of_a_rule_is_the_rule(values: dict[str, str], tags: list[str]) -> None:
    rule = Rule({name: frozenset({value}) for name, value in values.items()}, frozenset(tags))
    assert rule_of(json.loads(json.dumps(rule.as_json))) == rule


def test_nothing_kept_is_the_empty_rule() -> None:
    assert rule_of({}).is_empty


def test_the_fields_of_a_program_are_tidied_and_kept_in_order() -> None:
    problems: list[Problem] = []
    typed = FieldDefinition("stage", " The  stage", ("b", " a", "b"))
    tidied = clean_definitions([typed, TRACK], problems)
    assert problems == []
    assert tidied == [FieldDefinition("stage", "The stage", ("b", "a")), TRACK]
    assert list(definitions_of([definition.as_json for definition in tidied])) == tidied


def test_what_is_wrong_with_the_fields_of_a_program(subtests: pytest.Subtests) -> None:
    many = tuple(str(number) for number in range(MOST_CHOICES + 1))
    table: list[tuple[list[FieldDefinition], str]] = [
        ([replace(TRACK, name=name)], "fields.0.name")
        for name in (
            "",
            "Track",
            "1st",
            "a-b",
            "a b",
            "a.b",
            'a"b',
            "\u00e9t\u00e9",
            "x" * 41,
            "a\n",
        )
    ]
    table += [
        ([TRACK, STAGE, TRACK], "fields.2.name"),
        ([replace(TRACK, label=" ")], "fields.0.label"),
        ([replace(TRACK, choices=("a", "\u202eb"))], "fields.0.choices"),
        ([replace(TRACK, choices=many)], "fields.0.choices"),
        ([TRACK] * (MOST_FIELDS + 1), "fields"),
    ]
    for typed, where in table:
        with subtests.test(where=where, name=typed[0].name.encode("unicode-escape")):
            problems: list[Problem] = []
            clean_definitions(typed, problems)
            assert [problem.field for problem in problems] == [where]


def test_too_many_values_are_a_problem() -> None:
    problems: list[Problem] = []
    assert clean_values(DEFINED, {str(n): "x" for n in range(MOST_FIELDS + 1)}, problems) == {}
    assert [problem.field for problem in problems] == ["fields"]
