"""The fields that a program's applications can come with."""

from collections.abc import Sequence

from letters.domain.errors import InvalidInput, Problem, ProgramArchived, ProgramChanged
from letters.domain.journal import Fact
from letters.domain.rules import FieldDefinition, Rule, clean_definitions, parse_rule
from letters.domain.words import N_
from letters.records import Program
from letters.services.happening import happened_to_program
from letters.services.work import Work


def define(program: Program, typed: Sequence[FieldDefinition]) -> None:
    """Give a program that was just made its fields. Raises InvalidInput."""
    program.fields = [definition.as_json for definition in _cleaned(typed)]


def save(work: Work, program: Program, typed: Sequence[FieldDefinition], version: int) -> None:
    """Save the fields of a program; the caller holds the lock.

    What applications came with stays with them, also where a field or a choice is no more. Raises
    ProgramArchived, ProgramChanged where the program was changed since `version`, or InvalidInput,
    also where the rule asks for what would be no more.
    """
    if program.archived_at is not None:
        raise ProgramArchived
    if program.journal_length != version:
        raise ProgramChanged
    definitions = _cleaned(typed)
    _check_rule(definitions, program.rule)
    fields = [definition.as_json for definition in definitions]
    if fields == program.fields:
        return
    program.fields = fields
    happened_to_program(work, Fact.PROGRAM_CHANGED, program, details={"fields": ["fields"]})


def _cleaned(typed: Sequence[FieldDefinition]) -> list[FieldDefinition]:
    problems: list[Problem] = []
    definitions = clean_definitions(typed, problems)
    if problems:
        raise InvalidInput(problems)
    return definitions


def _check_rule(definitions: Sequence[FieldDefinition], rule: Rule) -> None:
    broken: list[Problem] = []
    parse_rule(definitions, {n: sorted(v) for n, v in rule.fields.items()}, (), broken)
    if broken:
        raise InvalidInput(
            [
                Problem(
                    "fields",
                    N_(
                        "The rule asks for a field or a choice that is gone. Change the rule first."
                    ),
                )
            ]
        )
