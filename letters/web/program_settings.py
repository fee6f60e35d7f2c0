"""For who manages a program: its settings, the next season, closing it and putting it away."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letters.domain.errors import InvalidInput
from letters.domain.policy import is_closed
from letters.domain.roles import Right
from letters.records import Program
from letters.services import dashboard
from letters.services import program_settings as settings
from letters.services.work import Work
from letters.web import program_form
from letters.web.errors import face_of, say_problem
from letters.web.guards import Guard, guarded
from letters.web.signin import acting, signed_in
from letters.web.state import house
from letters.web.typed import showable

bp = Blueprint("program_settings", __name__, url_prefix="/coordinate/programs/<slug>")

ACTS: Mapping[str, Callable[[Work, Program], None]] = {
    "close": settings.close,
    "reopen": settings.reopen,
    "archive": settings.archive,
    "unarchive": settings.unarchive,
}


# --- the settings -----------------------------------------------------------------------------


@bp.get("/settings")
@guarded(Guard.COORDINATOR)
def form(slug: str) -> ResponseReturnValue:
    """Show the settings, to be changed."""
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
        closed = is_closed(program.terms, work.now)
    fields = program_form.shown(settings.settings_of(program))
    return _form(program, fields, version=settings.version_of(program), closed=closed)


@bp.post("/settings")
@guarded(Guard.COORDINATOR)
def save(slug: str) -> ResponseReturnValue:
    """Save the settings; another due date is asked about first."""
    version = request.form.get("version", default=-1, type=int)
    try:
        with house().works.change(acting()) as work:
            program = settings.locked(work, signed_in(), slug)
            typed = program_form.typed(_fields(slug), settings.settings_of(program))
            change = settings.change(work, program, typed)
            sure = request.form.get("sure_of") == request.form.get("due_at")
            if change.told is None or sure:
                settings.save(work, program, typed, version)
                return _to_list(slug)
    except InvalidInput as invalid:
        return _again(slug, invalid, version)
    return render_template(
        "coordinator/due_moves.html",
        program=program,
        due_at=change.columns["due_at"],
        zone=typed.timezone,
        told=change.told,
        fields=_fields(slug),
        version=version,
    )


def _again(slug: str, invalid: InvalidInput, version: int) -> ResponseReturnValue:
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
        closed = is_closed(program.terms, work.now)
    page = _form(program, _fields(slug), version=version, closed=closed, said=_said(invalid))
    return page, face_of(invalid).status


def _form(
    program: Program,
    fields: Mapping[str, str],
    *,
    version: int = 0,
    closed: bool = False,
    copying: bool = False,
    said: Mapping[str, str] | None = None,
) -> str:
    return render_template(
        "coordinator/settings.html",
        program=program,
        fields=fields,
        version=version,
        closed=closed,
        copying=copying,
        said=said or {},
    )


def _fields(slug: str | None = None) -> dict[str, str]:
    """Return what was typed; the short name is the program's own once it has one."""
    found = {name: showable(request.form.get(name, "")) for name in program_form.FIELDS}
    return found if slug is None else {**found, "slug": slug}


def _said(invalid: InvalidInput) -> dict[str, str]:
    """Return the sentences by field; the form has megabytes where the rules have bytes."""
    names = {"largest_file": program_form.MEGABYTES}
    return {names.get(p.field, p.field): say_problem(p) for p in invalid.problems}


def _to_list(slug: str) -> ResponseReturnValue:
    return redirect(url_for("coordinator.applications", slug=slug), HTTPStatus.SEE_OTHER)


# --- the next season --------------------------------------------------------------------------


@bp.get("/copy")
@guarded(Guard.COORDINATOR)
def copy_form(slug: str) -> ResponseReturnValue:
    """Show last season's settings, a year on, to be changed and saved as a new program."""
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
    return _form(program, program_form.shown(settings.next_season(program)), copying=True)


@bp.post("/copy")
@guarded(Guard.COORDINATOR)
def copy(slug: str) -> ResponseReturnValue:
    """Create the program of the next season."""
    try:
        with house().works.change(acting()) as work:
            program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
            made = settings.copy(work, program, program_form.typed(_fields()))
            new_slug = made.slug
    except InvalidInput as invalid:
        return _copy_again(slug, invalid)
    return _to_list(new_slug)


def _copy_again(slug: str, invalid: InvalidInput) -> ResponseReturnValue:
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
    page = _form(program, _fields(), copying=True, said=_said(invalid))
    return page, face_of(invalid).status


# --- closing and putting away -----------------------------------------------------------------


@bp.get("/<any(close, reopen, archive, unarchive):act>")
@guarded(Guard.COORDINATOR)
def act_page(slug: str, act: str) -> ResponseReturnValue:
    """Say what an act causes, before it is done."""
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
    return render_template("coordinator/season_act.html", program=program, act=act)


@bp.post("/<any(close, reopen, archive, unarchive):act>")
@guarded(Guard.COORDINATOR)
def do_act(slug: str, act: str) -> ResponseReturnValue:
    """Close a program, open it again, put it away, or bring it back."""
    with house().works.change(acting()) as work:
        ACTS[act](work, settings.locked(work, signed_in(), slug))
    return _to_list(slug)
