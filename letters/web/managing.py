"""For who manages a program: one act about a referee or an application, with a reason, and notes.

Each act has a page of its own that says what it causes; only its button does it.
"""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letters.domain.errors import InvalidInput
from letters.domain.managing import NEEDS_A_REASON, ApplicationAct, RequestAct
from letters.domain.roles import Right
from letters.records import Application, LetterRequest
from letters.services import dashboard, managing, remarks
from letters.services.work import Work
from letters.web.errors import face_of, say_problem
from letters.web.guards import Guard, guarded
from letters.web.signin import acting, signed_in
from letters.web.state import house
from letters.web.typed import showable

bp = Blueprint("managing", __name__, url_prefix="/coordinate")

REQUEST_ACTS = f"/requests/<uuid:request_id>/<any({', '.join(RequestAct)}):request_act>"
APPLICATION_ACTS = (
    f"/applications/<uuid:application_id>/<any({', '.join(ApplicationAct)}):application_act>"
)


# --- about one referee ------------------------------------------------------------------------


@bp.get(REQUEST_ACTS)
@guarded(Guard.COORDINATOR)
def request_page(request_id: UUID, request_act: str) -> ResponseReturnValue:
    """Say what an act about a referee causes."""
    return _request_page(request_id, RequestAct(request_act))


@bp.post(REQUEST_ACTS)
@guarded(Guard.COORDINATOR)
def do_request_act(request_id: UUID, request_act: str) -> ResponseReturnValue:
    """Do it, and keep the reason."""
    chosen = RequestAct(request_act)
    try:
        with house().works.change(acting()) as work:
            found, asked = dashboard.request_managed_by(work, signed_in(), request_id)
            managing.check(work, chosen, found, asked)
            _keep_reason(work, found, chosen, asked)
            managing.do(work, chosen, found, asked)
    except InvalidInput as invalid:
        return _request_page(request_id, chosen, _said(invalid)), face_of(invalid).status
    return back_to(found)


def _request_page(request_id: UUID, act: RequestAct, problem: str = "") -> str:
    with house().works.look(acting()) as work:
        found, asked = dashboard.request_managed_by(work, signed_in(), request_id, lock=False)
        managing.check(work, act, found, asked)
    return _act_page(found, act, problem, asked)


# --- about an application ---------------------------------------------------------------------


@bp.get(APPLICATION_ACTS)
@guarded(Guard.COORDINATOR)
def application_page(application_id: UUID, application_act: str) -> ResponseReturnValue:
    """Say what an act to an application causes."""
    return _application_page(application_id, ApplicationAct(application_act))


@bp.post(APPLICATION_ACTS)
@guarded(Guard.COORDINATOR)
def do_application_act(application_id: UUID, application_act: str) -> ResponseReturnValue:
    """Do it, and keep the reason."""
    chosen = ApplicationAct(application_act)
    try:
        with house().works.change(acting()) as work:
            found = dashboard.application_managed_by(work, signed_in(), application_id)
            managing.check_application(chosen, found)
            _keep_reason(work, found, chosen)
            managing.do_to_application(work, chosen, found)
    except InvalidInput as invalid:
        return _application_page(application_id, chosen, _said(invalid)), face_of(invalid).status
    return back_to(found)


def _application_page(application_id: UUID, act: ApplicationAct, problem: str = "") -> str:
    with house().works.look(acting()) as work:
        found = dashboard.application_managed_by(work, signed_in(), application_id, lock=False)
        managing.check_application(act, found)
    return _act_page(found, act, problem)


# --- notes ------------------------------------------------------------------------------------


@bp.post("/applications/<uuid:application_id>/notes")
@guarded(Guard.COORDINATOR)
def leave_note(application_id: UUID) -> ResponseReturnValue:
    """Leave a note for colleagues."""
    note = request.form.get("note", "")
    try:
        with house().works.change(acting()) as work:
            found = dashboard.application_managed_by(
                work, signed_in(), application_id, Right.READ_LETTERS
            )
            remarks.leave_note(work, found, note)
    except InvalidInput as invalid:
        page = note_page(application_id, _said(invalid), note)
        return page, face_of(invalid).status
    return back_to(found)


def note_page(application_id: UUID, problem: str, note: str) -> str:
    """Return the form for a note that was not taken, with what was typed."""
    with house().works.look(acting()) as work:
        found = dashboard.application_managed_by(
            work, signed_in(), application_id, Right.READ_LETTERS, lock=False
        )
    return render_template(
        "coordinator/note.html", application=found, problem=problem, note=showable(note)
    )


@bp.post("/applications/<uuid:application_id>/notes/<uuid:remark_id>/remove")
@guarded(Guard.COORDINATOR)
def remove_note(application_id: UUID, remark_id: UUID) -> ResponseReturnValue:
    """Take a note away."""
    with house().works.change(acting()) as work:
        found = dashboard.application_managed_by(
            work, signed_in(), application_id, Right.READ_LETTERS
        )
        remarks.remove_note(work, found, remark_id)
    return back_to(found)


# --- what they share --------------------------------------------------------------------------


def back_to(found: Application) -> ResponseReturnValue:
    """Lead back to the page of an application."""
    page = url_for("coordinator.application", application_id=found.id)
    return redirect(page, HTTPStatus.SEE_OTHER)


def _keep_reason(
    work: Work,
    application: Application,
    act: RequestAct | ApplicationAct,
    asked: LetterRequest | None = None,
) -> None:
    reason = request.form.get("reason", "")
    remarks.because(work, application, reason, asked, needed=act in NEEDS_A_REASON)


def _act_page(
    application: Application,
    act: RequestAct | ApplicationAct,
    problem: str,
    asked: LetterRequest | None = None,
) -> str:
    return render_template(
        "coordinator/act.html",
        application=application,
        act=act,
        referee=asked,
        needed=act in NEEDS_A_REASON,
        problem=problem,
        reason=showable(request.form.get("reason", "")),
    )


def _said(invalid: InvalidInput) -> str:
    return " ".join(map(say_problem, invalid.problems))
