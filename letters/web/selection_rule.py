"""For who manages a program: the rule that selects, tried before it is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letters.domain.errors import InvalidInput, Problem
from letters.domain.policy import requested_on_submission
from letters.domain.roles import Right
from letters.domain.rules import Rule, parse_rule
from letters.records import Program
from letters.services import dashboard, program_settings, selecting
from letters.services.selecting import Trial
from letters.web.errors import say_problem
from letters.web.guards import Guard, guarded
from letters.web.signin import acting, signed_in
from letters.web.state import SYSTEM, house
from letters.web.typed import typed_lines

bp = Blueprint("selection_rule", __name__, url_prefix="/coordinate/programs/<slug>/rule")

LATER, NOW = "later", "now"
"""What is done with those that wait already: nothing, or they are selected too."""


@dataclass(frozen=True)
class Typed:
    """A rule as it stands in the form: the values by field, the tags, and whether it is on."""

    fields: Mapping[str, Sequence[str]]
    tags: Sequence[str]
    on: bool
    version: int


@bp.get("")
@guarded(Guard.COORDINATOR)
def form(slug: str) -> ResponseReturnValue:
    """Show the rule, to be changed."""
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
    kept = program.rule
    fields = {name: sorted(values) for name, values in kept.fields.items()}
    typed = Typed(fields, sorted(kept.tags), program.rule_on, program.journal_length)
    return _form(program, typed)


@bp.post("/try")
@guarded(Guard.COORDINATOR)
def try_it(slug: str) -> ResponseReturnValue:
    """Say what the rule would select now. Nothing is saved."""
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
        typed = _typed(program)
        try:
            trial = selecting.trial(work, program, _rule(program, typed))
        except InvalidInput as invalid:
            return _form(program, typed, invalid), HTTPStatus.UNPROCESSABLE_ENTITY
    return _form(program, typed, trial=trial)


@bp.post("")
@guarded(Guard.COORDINATOR)
def save(slug: str) -> ResponseReturnValue:
    """Save the rule; where applications wait that it matches, it is asked about them first."""
    waiting = request.form.get("waiting")
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
    typed = _typed(program)
    try:
        with house().works.change(acting()) as work:
            locked = program_settings.locked(work, signed_in(), slug)
            rule = _rule(locked, typed)
            trial = selecting.trial(work, locked, rule)
            if typed.on and trial.matching and waiting not in {LATER, NOW}:
                return _ask(program, typed, trial)
            selecting.save(
                work, locked, rule, typed.version, on=typed.on, waiting_too=waiting == NOW
            )
    except InvalidInput as invalid:
        return _form(program, typed, invalid), HTTPStatus.UNPROCESSABLE_ENTITY
    if waiting == NOW:
        selecting.select_waiting(house().works, SYSTEM, program.id, most=selecting.AT_ONCE)
    return redirect(url_for(".form", slug=slug, saved=1), HTTPStatus.SEE_OTHER)


def _typed(program: Program) -> Typed:
    """Read the form: checked boxes, or lines of text, for each field that the program has."""
    return Typed(
        fields={d.name: typed_lines(f"field-{d.name}") for d in program.definitions},
        tags=typed_lines("tags"),
        on="on" in request.form,
        version=request.form.get("version", default=-1, type=int),
    )


def _rule(program: Program, typed: Typed) -> Rule:
    """Raises InvalidInput with every problem at once."""
    problems: list[Problem] = []
    rule = parse_rule(program.definitions, typed.fields, typed.tags, problems)
    if problems:
        raise InvalidInput(problems)
    return rule


def _form(
    program: Program,
    typed: Typed,
    invalid: InvalidInput | None = None,
    trial: Trial | None = None,
) -> str:
    problems = invalid.problems if invalid else ()
    return render_template(
        "coordinator/rule.html",
        program=program,
        typed=typed,
        trial=trial,
        said={problem.field: say_problem(problem) for problem in problems},
        counts=not requested_on_submission(program.terms),
        saved="saved" in request.args and request.method != "POST",
    )


def _ask(program: Program, typed: Typed, trial: Trial) -> str:
    return render_template(
        "coordinator/rule_waiting.html",
        program=program,
        typed=typed,
        trial=trial,
        at_once=selecting.AT_ONCE,
    )
