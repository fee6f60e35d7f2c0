"""For who manages a program: its settings, the next season, closing it and putting it away."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letters.domain.errors import AlreadyExists, InvalidInput, ProgramChanged
from letters.domain.policy import is_closed
from letters.domain.roles import Right
from letters.records import Program
from letters.services import dashboard
from letters.services import program_settings as settings
from letters.services.work import Work
from letters.web import program_form
from letters.web.errors import face_of
from letters.web.guards import Guard, guarded
from letters.web.settings_page import Use, Wrong, fields, form_page, typed_version
from letters.web.signin import acting, signed_in
from letters.web.state import house

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
    shown = program_form.shown(settings.settings_of(program))
    version = settings.version_of(program)
    return form_page(Use.CHANGE, program, shown, version=version, closed=closed)


@bp.post("/settings")
@guarded(Guard.COORDINATOR)
def save(slug: str) -> ResponseReturnValue:
    """Save the settings; another due date is asked about first."""
    try:
        with house().works.change(acting()) as work:
            program = settings.locked(work, signed_in(), slug)
            typed = program_form.typed(fields(slug), settings.settings_of(program))
            change = settings.change(work, program, typed)
            sure = request.form.get("sure_of") == request.form.get("due_at")
            if change.told is None or sure:
                settings.save(work, program, typed, typed_version())
                return _to_list(slug)
    except InvalidInput as invalid:
        return typed_form(slug, wrong=invalid), face_of(invalid).status
    except ProgramChanged as changed:
        return typed_form(slug, changed=changed), face_of(changed).status
    return render_template(
        "coordinator/due_moves.html",
        program=program,
        due_at=change.columns["due_at"],
        zone=typed.timezone,
        told=change.told,
        fields=fields(slug),
        version=typed_version(),
    )


def typed_form(
    slug: str,
    *,
    copying: bool = False,
    wrong: Wrong | None = None,
    changed: ProgramChanged | None = None,
) -> str:
    """Return the form with what was typed into it, and with what is wrong with that.

    Where the settings were changed elsewhere it becomes one about those, to be saved all the same.
    """
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
        closed = is_closed(program.terms, work.now)
    return form_page(
        Use.COPY if copying else Use.CHANGE,
        program,
        fields(None if copying else slug),
        version=settings.version_of(program) if changed else typed_version(),
        closed=closed,
        wrong=wrong,
        elsewhere=changed is not None,
    )


def _to_list(slug: str) -> ResponseReturnValue:
    return redirect(url_for("coordinator.applications", slug=slug), HTTPStatus.SEE_OTHER)


# --- the next season --------------------------------------------------------------------------


@bp.get("/copy")
@guarded(Guard.COORDINATOR)
def copy_form(slug: str) -> ResponseReturnValue:
    """Show last season's settings, a year on, to be changed and saved as a new program."""
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
    return form_page(Use.COPY, program, program_form.shown(settings.next_season(program)))


@bp.post("/copy")
@guarded(Guard.COORDINATOR)
def copy(slug: str) -> ResponseReturnValue:
    """Create the program of the next season."""
    try:
        with house().works.change(acting()) as work:
            program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
            made = settings.copy(work, program, program_form.typed(fields()))
            new_slug = made.slug
    except (InvalidInput, AlreadyExists) as wrong:
        return typed_form(slug, copying=True, wrong=wrong), face_of(wrong).status
    return _to_list(new_slug)


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
