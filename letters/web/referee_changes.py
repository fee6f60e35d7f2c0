"""For who manages a program: another address, another person or another date for a referee."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from letters.domain.errors import ExtensionNotPossible, InvalidInput, Problem
from letters.domain.words import N_
from letters.records import Application, LetterRequest
from letters.services import changing, dashboard, remarks
from letters.services.applying import NewReferee
from letters.services.changing import Change
from letters.services.replacing import Naming
from letters.services.work import Work
from letters.web.errors import face_of, say, say_problem
from letters.web.guards import Guard, guarded
from letters.web.managing import back_to
from letters.web.signin import acting, signed_in
from letters.web.state import house
from letters.web.typed import showable

bp = Blueprint("referee_changes", __name__, url_prefix="/coordinate")

FIELDS = ("name", "email", "affiliation", "relationship")
TEMPLATES = {
    Change.ADDRESS: "coordinator/address.html",
    Change.REPLACE: "coordinator/name_referee.html",
    Change.DUE: "coordinator/own_due.html",
}

Do = Callable[[Work, Application, LetterRequest], None]


# --- one referee ------------------------------------------------------------------------------


@bp.get("/requests/<uuid:request_id>/address")
@guarded(Guard.COORDINATOR)
def address_page(request_id: UUID) -> ResponseReturnValue:
    """Show the form for another address, and what it causes."""
    return _page(Change.ADDRESS, request_id, {})


@bp.post("/requests/<uuid:request_id>/address")
@guarded(Guard.COORDINATOR)
def address(request_id: UUID) -> ResponseReturnValue:
    """Put right where a referee is reached."""
    email = request.form.get("email", "")
    return _change(
        Change.ADDRESS,
        request_id,
        lambda work, found, asked: changing.correct(work, found, asked, email, _sure_of()),
    )


@bp.get("/requests/<uuid:request_id>/replace")
@guarded(Guard.COORDINATOR)
def replace_page(request_id: UUID) -> ResponseReturnValue:
    """Show the form for somebody else, and what naming them causes."""
    return _page(Change.REPLACE, request_id, {})


@bp.post("/requests/<uuid:request_id>/replace")
@guarded(Guard.COORDINATOR)
def replace(request_id: UUID) -> ResponseReturnValue:
    """Name somebody else in place of a referee."""
    return _change(
        Change.REPLACE,
        request_id,
        lambda work, found, asked: changing.replace(work, found, asked, _typed(), _sure_of()),
    )


@bp.get("/requests/<uuid:request_id>/due")
@guarded(Guard.COORDINATOR)
def due_page(request_id: UUID) -> ResponseReturnValue:
    """Show the form for a date of this referee's own."""
    return _page(Change.DUE, request_id, {})


@bp.post("/requests/<uuid:request_id>/due")
@guarded(Guard.COORDINATOR)
def due(request_id: UUID) -> ResponseReturnValue:
    """Give this referee until another day."""
    return _change(
        Change.DUE,
        request_id,
        lambda work, found, asked: changing.move_due(work, found, asked, _day()),
    )


def _change(change: Change, request_id: UUID, do: Do) -> ResponseReturnValue:
    try:
        with house().works.change(acting()) as work:
            found, asked = dashboard.request_managed_by(work, signed_in(), request_id)
            changing.check(work, change, found, asked)
            remarks.because(work, found, request.form.get("reason", ""), asked)
            do(work, found, asked)
    except InvalidInput as invalid:
        return _page(change, request_id, _said(invalid)), face_of(invalid).status
    except ExtensionNotPossible as error:
        page = _page(change, request_id, {"until": say(error)})
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    return back_to(found)


def _page(change: Change, request_id: UUID, said: dict[str, str]) -> str:
    with house().works.look(acting()) as work:
        found, asked = dashboard.request_managed_by(work, signed_in(), request_id, lock=False)
        changing.check(work, change, found, asked)
    return _form(TEMPLATES[change], Naming(found, asked), said)


# --- one referee more -------------------------------------------------------------------------


@bp.get("/applications/<uuid:application_id>/referees/new")
@guarded(Guard.COORDINATOR)
def add_page(application_id: UUID) -> ResponseReturnValue:
    """Show the form for one referee more."""
    return _addition_page(application_id, {})


@bp.post("/applications/<uuid:application_id>/referees/new")
@guarded(Guard.COORDINATOR)
def add(application_id: UUID) -> ResponseReturnValue:
    """Name one referee more."""
    try:
        with house().works.change(acting()) as work:
            found = dashboard.application_managed_by(work, signed_in(), application_id)
            changing.check_addition(work, found)
            remarks.because(work, found, request.form.get("reason", ""))
            changing.add(work, found, _typed(), _sure_of())
    except InvalidInput as invalid:
        return _addition_page(application_id, _said(invalid)), face_of(invalid).status
    return back_to(found)


def _addition_page(application_id: UUID, said: dict[str, str]) -> str:
    with house().works.look(acting()) as work:
        found = dashboard.application_managed_by(work, signed_in(), application_id, lock=False)
        changing.check_addition(work, found)
    return _form("coordinator/name_referee.html", Naming(found), said)


# --- what they share --------------------------------------------------------------------------


def _form(template: str, shown: Naming, said: dict[str, str]) -> str:
    typed = {field: showable(request.form.get(field, "")) for field in (*FIELDS, "until", "reason")}
    return render_template(template, shown=shown, typed=typed, said=said)


def _sure_of() -> str:
    """Return the address that the form asked about before."""
    return request.form.get("sure_of", "")


def _typed() -> NewReferee:
    return NewReferee(**{field: request.form.get(field, "") for field in FIELDS})


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("until", ""))
    except ValueError:
        problem = Problem("until", N_("Choose a day, such as 2027-04-15."))
        raise InvalidInput([problem]) from None


def _said(invalid: InvalidInput) -> dict[str, str]:
    return {problem.field: say_problem(problem) for problem in invalid.problems}
