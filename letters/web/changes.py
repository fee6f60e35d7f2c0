"""For the applicant: nudging a referee, correcting an address, naming somebody else or one more."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letters.domain.errors import InvalidInput, NudgeTooSoon
from letters.services import finding, nudging, readdressing, replacing
from letters.services.applying import NewReferee
from letters.services.replacing import Naming
from letters.web import limits
from letters.web.errors import face_of, say_problem
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.state import APPLICANT, applicant_here, house
from letters.web.typed import showable

bp = Blueprint("changes", __name__, url_prefix="/application/<token>/referees")

FIELDS = ("name", "email", "affiliation", "relationship")


def _done(token: str) -> ResponseReturnValue:
    return redirect(url_for("applicant.status", token=token), HTTPStatus.SEE_OTHER)


# --- nudging ----------------------------------------------------------------------------------


@bp.get("/<uuid:request_id>/nudge")
@guarded(Guard.LINK)
def nudge_page(token: str, request_id: UUID) -> ResponseReturnValue:
    """Say what a reminder will cause; or when one is possible, where it is too soon."""
    try:
        with house().works.look(APPLICANT) as work:
            shown = nudging.page(work, token, request_id)
    except NudgeTooSoon as soon:
        return _too_soon(token, request_id, soon)
    return render_template("applicant/nudge.html", shown=shown, token=token)


@bp.post("/<uuid:request_id>/nudge")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_status_link)
def nudge(token: str, request_id: UUID) -> ResponseReturnValue:
    """Remind the referee."""
    try:
        with house().works.change(applicant_here()) as work:
            nudging.nudge(work, token, request_id)
    except NudgeTooSoon as soon:
        return _too_soon(token, request_id, soon)
    return _done(token)


def _too_soon(token: str, request_id: UUID, soon: NudgeTooSoon) -> ResponseReturnValue:
    with house().works.look(APPLICANT) as work:
        application = finding.application_behind(work, token)
        referee = finding.request_in(application, request_id)
    page = render_template(
        "applicant/nudge_too_soon.html",
        application=application,
        referee=referee,
        at=datetime.fromisoformat(str(soon.values["at"])),
        token=token,
    )
    return page, face_of(soon).status


# --- correcting an address --------------------------------------------------------------------


@bp.get("/<uuid:request_id>/address")
@guarded(Guard.LINK)
def address_page(token: str, request_id: UUID) -> ResponseReturnValue:
    """Show the form for another address, and what it will cause."""
    return _address_page(token, request_id)


@bp.post("/<uuid:request_id>/address")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_status_link)
def address(token: str, request_id: UUID) -> ResponseReturnValue:
    """Put right where the referee is reached."""
    email = request.form.get("email", "")
    try:
        with house().works.change(applicant_here()) as work:
            readdressing.correct(work, token, request_id, email, sure_of=_sure_of())
    except InvalidInput as invalid:
        problem = " ".join(map(say_problem, invalid.problems))
        shown = _address_page(token, request_id, problem=problem, email=email)
        return shown, face_of(invalid).status
    return _done(token)


def _address_page(
    token: str, request_id: UUID, *, problem: str = "", email: str | None = None
) -> str:
    with house().works.look(APPLICANT) as work:
        shown = readdressing.page(work, token, request_id)
    return render_template(
        "applicant/address.html",
        shown=shown,
        token=token,
        problem=problem,
        email=showable(shown.email if email is None else email),
    )


# --- naming somebody --------------------------------------------------------------------------


@bp.get("/<uuid:request_id>/replace")
@guarded(Guard.LINK)
def replace_page(token: str, request_id: UUID) -> ResponseReturnValue:
    """Show the form for somebody else, and what naming them will cause."""
    return _naming_page(token, _look_at_replacing(token, request_id), {})


@bp.post("/<uuid:request_id>/replace")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_status_link)
def replace(token: str, request_id: UUID) -> ResponseReturnValue:
    """Name somebody else in place of the referee."""
    try:
        with house().works.change(applicant_here()) as work:
            replacing.replace(work, token, request_id, _typed(), sure_of=_sure_of())
    except InvalidInput as invalid:
        page = _naming_page(token, _look_at_replacing(token, request_id), _said(invalid))
        return page, face_of(invalid).status
    return _done(token)


@bp.get("/new")
@guarded(Guard.LINK)
def add_page(token: str) -> ResponseReturnValue:
    """Show the form for one referee more, and what naming them will cause."""
    return _naming_page(token, _look_at_adding(token), {})


@bp.post("/new")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_status_link)
def add(token: str) -> ResponseReturnValue:
    """Name one referee more."""
    try:
        with house().works.change(applicant_here()) as work:
            replacing.add(work, token, _typed(), sure_of=_sure_of())
    except InvalidInput as invalid:
        return _naming_page(token, _look_at_adding(token), _said(invalid)), face_of(invalid).status
    return _done(token)


def _sure_of() -> str:
    """Return the address that the form asked about before."""
    return request.form.get("sure_of", "")


def _typed() -> NewReferee:
    return NewReferee(**{field: request.form.get(field, "") for field in FIELDS})


def _said(invalid: InvalidInput) -> dict[str, str]:
    return {problem.field: say_problem(problem) for problem in invalid.problems}


def _look_at_replacing(token: str, request_id: UUID) -> Naming:
    with house().works.look(APPLICANT) as work:
        return replacing.replacement_page(work, token, request_id)


def _look_at_adding(token: str) -> Naming:
    with house().works.look(APPLICANT) as work:
        return replacing.addition_page(work, token)


def _naming_page(token: str, shown: Naming, said: dict[str, str]) -> str:
    typed = {field: showable(request.form.get(field, "")) for field in FIELDS}
    return render_template(
        "applicant/name_referee.html", shown=shown, token=token, typed=typed, said=said
    )
