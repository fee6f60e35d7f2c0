"""What came with an application from outside, and the rule that selects by it.

A program defines fields (stage, degree, track ...); an application comes with a value for some of
them, and with tags. A rule names for some fields the values it takes, and tags that must be there.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from letters.domain.errors import Problem
from letters.domain.text import LONGEST_NAME, required_line
from letters.domain.words import N_

FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
MOST_FIELDS = 10
MOST_TAGS = 20
MOST_CHOICES = 100


@dataclass(frozen=True)
class FieldDefinition:
    """A field of a program: its name in the API, its label, and its choices (none: free text)."""

    name: str
    label: str
    choices: tuple[str, ...] = ()

    @property
    def as_json(self) -> dict[str, Any]:
        """It as it is kept."""
        return {"name": self.name, "label": self.label, "choices": list(self.choices)}


@dataclass(frozen=True)
class Rule:
    """All of it must hold: each field has one of its values, and each tag is there."""

    fields: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    tags: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Say whether the rule asks for nothing, and so selects nobody."""
        return not self.fields and not self.tags

    @property
    def as_json(self) -> dict[str, Any]:
        """It as it is kept: the same rule is always written in the same way."""
        fields = {name: sorted(values) for name, values in sorted(self.fields.items())}
        return {"fields": fields, "tags": sorted(self.tags)}

    def matches(self, values: Mapping[str, str], tags: Sequence[str]) -> bool:
        """Say whether an application with these values and tags is selected.

        An empty rule matches nothing: nobody is asked because a form was left blank.
        """
        if self.is_empty:
            return False
        return self.tags.issubset(tags) and all(
            values.get(name) in accepted for name, accepted in self.fields.items()
        )


def definitions_of(kept: Sequence[Mapping[str, Any]]) -> tuple[FieldDefinition, ...]:
    """Return the fields of a program from what is kept of them."""
    return tuple(FieldDefinition(x["name"], x["label"], tuple(x["choices"])) for x in kept)


def rule_of(kept: Mapping[str, Any]) -> Rule:
    """Return a rule from what is kept of it; nothing kept is the empty rule."""
    fields = {name: frozenset(values) for name, values in kept.get("fields", {}).items()}
    return Rule(MappingProxyType(fields), frozenset(kept.get("tags", ())))


def clean_definitions(
    typed: Sequence[FieldDefinition], problems: list[Problem]
) -> list[FieldDefinition]:
    """Return the fields of a program, tidied, or append to `problems` what is wrong.

    A problem is named after its place in the list, such as `fields.0.label`.
    """
    if len(typed) > MOST_FIELDS:
        problems.append(_too_many("fields"))
        return []
    names = [definition.name for definition in typed]
    return [
        _definition(f"fields.{index}", definition, names[:index], problems)
        for index, definition in enumerate(typed)
    ]


def clean_values(
    definitions: Sequence[FieldDefinition], values: Mapping[str, str], problems: list[Problem]
) -> dict[str, str]:
    """Return the values of an application, tidied, or append to `problems` what is wrong."""
    if len(values) > MOST_FIELDS:
        problems.append(_too_many("fields"))
        return {}
    known = {definition.name: definition for definition in definitions}
    cleaned: dict[str, str] = {}
    for name, value in values.items():
        definition = _known(known, f"fields.{name}", name, problems)
        if definition is None:
            continue
        line = _value(definition, value, problems)
        if line:
            cleaned[name] = line
    return cleaned


def clean_tags(tags: Sequence[str], problems: list[Problem], where: str = "tags") -> list[str]:
    """Return tags tidied, each once, in their order, or append to `problems` what is wrong."""
    if len(tags) > MOST_TAGS:
        problems.append(Problem(where, N_("Use at most %(most)s tags."), {"most": MOST_TAGS}))
        return []
    lines = (required_line(where, tag, problems, LONGEST_NAME) for tag in tags)
    return list(dict.fromkeys(line for line in lines if line))


def parse_rule(
    definitions: Sequence[FieldDefinition],
    fields: Mapping[str, Sequence[str]],
    tags: Sequence[str],
    problems: list[Problem],
) -> Rule:
    """Return a rule over a program's fields, or append to `problems` what is wrong with it.

    A field without values asks for nothing and is left out.
    """
    known = {definition.name: definition for definition in definitions}
    accepted: dict[str, frozenset[str]] = {}
    for name, values in fields.items():
        definition = _known(known, f"fields.{name}", name, problems)
        if definition is None or not values:
            continue
        if len(values) > MOST_CHOICES:
            problems.append(
                Problem(
                    f"fields.{name}", N_("Use at most %(most)s values."), {"most": MOST_CHOICES}
                )
            )
            continue
        lines = [_value(definition, value, problems) for value in values]
        accepted[name] = frozenset(line for line in lines if line)
    cleaned = frozenset(clean_tags(tags, problems))
    return Rule(MappingProxyType(accepted), cleaned)


def _too_many(where: str) -> Problem:
    return Problem(where, N_("Use at most %(most)s fields."), {"most": MOST_FIELDS})


def _definition(
    where: str, typed: FieldDefinition, before: Sequence[str], problems: list[Problem]
) -> FieldDefinition:
    if not FIELD_NAME.fullmatch(typed.name):
        problems.append(
            Problem(
                f"{where}.name",
                N_("Use small letters, digits and underscores, at most 40, and a letter first."),
            )
        )
    elif typed.name in before:
        problems.append(Problem(f"{where}.name", N_("Use each name once.")))
    label = required_line(f"{where}.label", typed.label, problems)
    if len(typed.choices) > MOST_CHOICES:
        problems.append(
            Problem(f"{where}.choices", N_("Use at most %(most)s choices."), {"most": MOST_CHOICES})
        )
        return FieldDefinition(typed.name, label)
    lines = [required_line(f"{where}.choices", choice, problems) for choice in typed.choices]
    return FieldDefinition(typed.name, label, tuple(dict.fromkeys(line for line in lines if line)))


def _known(
    known: Mapping[str, FieldDefinition], where: str, name: str, problems: list[Problem]
) -> FieldDefinition | None:
    if name not in known:
        problems.append(Problem(where[:LONGEST_NAME], N_("Use a field that the program has.")))
    return known.get(name)


def _value(definition: FieldDefinition, value: str, problems: list[Problem]) -> str:
    """Return one value of a field, tidied; empty where it is wrong."""
    where = f"fields.{definition.name}"
    line = required_line(where, value, problems, LONGEST_NAME)
    if line and definition.choices and line not in definition.choices:
        problems.append(Problem(where, N_("Use one of the choices that the program offers.")))
        return ""
    return line
