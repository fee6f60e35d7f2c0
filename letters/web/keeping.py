"""For who works on a program: what is erased when, and legal holds that keep it from that."""

from http import HTTPStatus
from typing import Protocol
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letters.domain.errors import InvalidInput
from letters.domain.roles import Right
from letters.records import Application, Program
from letters.services import dashboard, holding
from letters.services.erasures import Beside, erasures_page
from letters.services.work import Work
from letters.web.errors import face_of, say_problem
from letters.web.guards import Guard, guarded
from letters.web.signin import acting, signed_in
from letters.web.state import house
from letters.web.typed import showable

bp = Blueprint("keeping", __name__, url_prefix="/coordinate")


@bp.get("/programs/<slug>/erasures")
@guarded(Guard.COORDINATOR)
def erasures(slug: str) -> ResponseReturnValue:
    """List what is erased when, and say what a legal hold keeps."""
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug)
        may_manage = dashboard.has_right(work, signed_in(), program.id, Right.MANAGE)
        found = erasures_page(work, program, _beside())
        hold = holding.standing(work, program.id)
    return render_template(
        "coordinator/erasures.html",
        program=program,
        found=found,
        hold=hold,
        may_manage=may_manage,
    )


def _beside() -> Beside | None:
    after, before = (request.args.get(name, type=UUID) for name in ("after", "before"))
    if after is not None:
        return Beside(after)
    return None if before is None else Beside(before, before=True)


# --- a hold on a program ----------------------------------------------------------------------


@bp.get("/programs/<slug>/hold")
@guarded(Guard.COORDINATOR)
def program_hold(slug: str) -> ResponseReturnValue:
    """Show the hold on a program, with the form that lifts it; or else the one that sets it."""
    return _page(_program(slug))


@bp.post("/programs/<slug>/hold")
@guarded(Guard.COORDINATOR)
def hold_program(slug: str) -> ResponseReturnValue:
    """Set a hold on a program."""
    return _change(holding.set_hold, _program(slug), url_for(".program_hold", slug=slug))


@bp.post("/programs/<slug>/hold/lift")
@guarded(Guard.COORDINATOR)
def lift_program(slug: str) -> ResponseReturnValue:
    """Lift the hold on a program."""
    return _change(holding.lift_hold, _program(slug), url_for(".program_hold", slug=slug))


# --- a hold on one application ----------------------------------------------------------------


@bp.get("/applications/<uuid:application_id>/hold")
@guarded(Guard.COORDINATOR)
def application_hold(application_id: UUID) -> ResponseReturnValue:
    """Show the hold on an application, with the form that lifts it; or else that sets it."""
    return _page(_application(application_id))


@bp.post("/applications/<uuid:application_id>/hold")
@guarded(Guard.COORDINATOR)
def hold_application(application_id: UUID) -> ResponseReturnValue:
    """Set a hold on an application."""
    then = url_for("coordinator.application", application_id=application_id)
    return _change(holding.set_hold, _application(application_id), then)


@bp.post("/applications/<uuid:application_id>/hold/lift")
@guarded(Guard.COORDINATOR)
def lift_application(application_id: UUID) -> ResponseReturnValue:
    """Lift the hold on an application."""
    then = url_for("coordinator.application", application_id=application_id)
    return _change(holding.lift_hold, _application(application_id), then)


# --- both -------------------------------------------------------------------------------------

Held = tuple[Program, Application | None]


class Find(Protocol):
    """Finds what a hold is about: a program, or one application of it; locked for a change."""

    def __call__(self, work: Work, *, lock: bool) -> Held:
        """Raises UnknownProgram, UnknownApplication or AccessDenied."""
        ...


def _program(slug: str) -> Find:
    def find(work: Work, *, lock: bool) -> Held:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
        if lock:
            holding.lock_program(work, program)
        return program, None

    return find


def _application(application_id: UUID) -> Find:
    """An archived program's applications are held as well: that is when it matters."""

    def find(work: Work, *, lock: bool) -> Held:
        found = dashboard.application_run_by(
            work, signed_in(), application_id, Right.MANAGE, lock=lock
        )
        return found.program, found

    return find


def _change(change: holding.Change, find: Find, then: str) -> ResponseReturnValue:
    try:
        with house().works.change(acting()) as work:
            program, application = find(work, lock=True)
            change(work, program, request.form.get("reason", ""), application)
    except InvalidInput as invalid:
        return _page(find, _said(invalid)), face_of(invalid).status
    return redirect(then, HTTPStatus.SEE_OTHER)


def _page(find: Find, problem: str = "") -> str:
    with house().works.look(acting()) as work:
        program, application = find(work, lock=False)
        hold = holding.standing(work, program.id, application.id if application else None)
    return render_template(
        "coordinator/hold.html",
        program=program,
        application=application,
        hold=hold,
        problem=problem,
        reason=showable(request.form.get("reason", "")),
    )


def _said(invalid: InvalidInput) -> str:
    return " ".join(map(say_problem, invalid.problems))
