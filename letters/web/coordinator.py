"""For the coordinator: the programs they run, the applications in them, and one application."""

import io
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from letters.domain.errors import ProgramClosed
from letters.domain.lists import Sort
from letters.domain.progress import Standing
from letters.domain.roles import Right
from letters.records import Application
from letters.services import (
    application_page,
    confirming,
    dashboard,
    extending,
    listing,
    requesting,
    standing,
)
from letters.web.errors import face_of
from letters.web.guards import Guard, guarded
from letters.web.list_address import asked_list
from letters.web.signin import acting, signed_in
from letters.web.state import house

bp = Blueprint("coordinator", __name__, url_prefix="/coordinate")

MOST_DAYS = 90
"""So much more time can be given with one click."""


@bp.get("/")
@guarded(Guard.COORDINATOR)
def programs() -> ResponseReturnValue:
    """List the programs this coordinator runs, each with its season in numbers."""
    with house().works.look(acting()) as work:
        found = dashboard.seasons(work, signed_in(), archived="archived" in request.args)
        stands = standing.standings(work, signed_in(), [season.program for season in found])
    return render_template("coordinator/programs.html", seasons=found, standings=stands)


@bp.get("/programs/<slug>")
@guarded(Guard.COORDINATOR)
def applications(slug: str) -> ResponseReturnValue:
    """List a program's applications; search, filters, order and page are in the address."""
    asked = asked_list()
    with house().works.look(acting()) as work:
        page = listing.applications_page(
            work, signed_in(), slug, asked.filters, asked.sort, asked.beside
        )
    return render_template(
        "coordinator/applications.html",
        page=page,
        program=page.season.program,
        asked=asked,
        states=list(Standing),
        sorts=list(Sort),
    )


@bp.post("/applications/<uuid:application_id>/select")
@guarded(Guard.COORDINATOR)
def select_application(application_id: UUID) -> ResponseReturnValue:
    """Select one application, from its own page, which says so where the program has closed."""
    try:
        with house().works.change(acting()) as work:
            dashboard.application_run_by(work, signed_in(), application_id, Right.MANAGE)
            requesting.select(work, application_id)
    except ProgramClosed as closed:
        return _application(application_id), face_of(closed).status
    return redirect(url_for(".application", application_id=application_id), HTTPStatus.SEE_OTHER)


@bp.get("/applications/<uuid:application_id>")
@guarded(Guard.COORDINATOR)
def application(application_id: UUID) -> ResponseReturnValue:
    """Show one application: its referees, its letters, its mails and all that happened."""
    return _application(application_id)


def _application(application_id: UUID) -> str:
    with house().works.look(acting()) as work:
        page = application_page.application_page(work, signed_in(), application_id)
    return render_template("coordinator/application.html", page=page)


@bp.post("/requests/<uuid:request_id>/letter")
@guarded(Guard.COORDINATOR)
def letter(request_id: UUID) -> ResponseReturnValue:
    """Hand a letter over. It is a POST because every look at a letter is written down."""
    with house().works.change(acting()) as work:
        opened = dashboard.open_letter(work, signed_in(), request_id)
    answer: Response = send_file(
        io.BytesIO(opened.content),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=opened.letter.file_name,
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


# --- one request ------------------------------------------------------------------------------


@bp.post("/requests/<uuid:request_id>/release")
@guarded(Guard.COORDINATOR)
def release(request_id: UUID) -> ResponseReturnValue:
    """Let a letter be opened that nobody could check."""
    version = request.form.get("version", default=0, type=int)
    with house().works.change(acting()) as work:
        found, asked = dashboard.request_run_by(work, signed_in(), request_id)
        confirming.release(work, found, asked, version)
    return _back_to(found)


@bp.post("/requests/<uuid:request_id>/extend")
@guarded(Guard.COORDINATOR)
def extend(request_id: UUID) -> ResponseReturnValue:
    """Give one referee more time; the answer is mailed."""
    days = request.form.get("days", default=0, type=int)
    with house().works.change(acting()) as work:
        found, asked = dashboard.request_run_by(work, signed_in(), request_id)
        extending.extend_by(work, found, asked, max(0, min(days, MOST_DAYS)))
    return _back_to(found)


@bp.post("/requests/<uuid:request_id>/no-more-time")
@guarded(Guard.COORDINATOR)
def refuse_more_time(request_id: UUID) -> ResponseReturnValue:
    """Tell a referee that the date stands."""
    with house().works.change(acting()) as work:
        found, asked = dashboard.request_run_by(work, signed_in(), request_id)
        extending.refuse_more_time(work, found, asked)
    return _back_to(found)


def _back_to(found: Application) -> ResponseReturnValue:
    return redirect(url_for(".application", application_id=found.id), HTTPStatus.SEE_OTHER)
