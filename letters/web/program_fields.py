"""For who manages a program: the fields that its applications can come with."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letters.domain.errors import InvalidInput
from letters.domain.roles import Right
from letters.domain.rules import MOST_FIELDS, FieldDefinition
from letters.records import Program
from letters.services import dashboard, program_fields, program_settings
from letters.web.errors import say_problem
from letters.web.guards import Guard, guarded
from letters.web.signin import acting, signed_in
from letters.web.state import house
from letters.web.typed import showable, typed_lines

bp = Blueprint("program_fields", __name__, url_prefix="/coordinate/programs/<slug>/fields")

MORE = 2
"""So many empty ones wait below those that are there."""

NOTHING = FieldDefinition("", "")


@bp.get("")
@guarded(Guard.COORDINATOR)
def form(slug: str) -> ResponseReturnValue:
    """Show the fields, to be changed."""
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
    return _form(program, program.definitions, program.journal_length)


@bp.post("")
@guarded(Guard.COORDINATOR)
def save(slug: str) -> ResponseReturnValue:
    """Save the fields; one that was emptied is gone."""
    version = request.form.get("version", default=-1, type=int)
    typed = _typed()
    try:
        with house().works.change(acting()) as work:
            program = program_settings.locked(work, signed_in(), slug)
            program_fields.save(work, program, typed, version)
    except InvalidInput as invalid:
        with house().works.look(acting()) as work:
            program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
        page = _form(program, typed, version, invalid)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for(".form", slug=slug, saved=1), HTTPStatus.SEE_OTHER)


def _typed() -> list[FieldDefinition]:
    found = (
        FieldDefinition(_line(f"name-{n}"), _line(f"label-{n}"), typed_lines(f"choices-{n}"))
        for n in range(MOST_FIELDS)
    )
    return [definition for definition in found if definition != NOTHING]


def _line(name: str) -> str:
    return showable(request.form.get(name, "")).strip()


def _form(
    program: Program,
    definitions: Sequence[FieldDefinition],
    version: int,
    invalid: InvalidInput | None = None,
) -> str:
    problems = invalid.problems if invalid else ()
    return render_template(
        "coordinator/fields.html",
        program=program,
        definitions=[*definitions, *[NOTHING] * MORE][:MOST_FIELDS],
        version=version,
        said={problem.field: say_problem(problem) for problem in problems},
        saved="saved" in request.args and not invalid,
    )
