"""For whoever is signed in: where else they are, and how to end that."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from letters.services import sessions
from letters.web.guards import Guard, guarded
from letters.web.signin import acting, leave, signed_in, this_session
from letters.web.state import house

bp = Blueprint("account", __name__, url_prefix="/coordinate/account")


@bp.get("")
@guarded(Guard.COORDINATOR)
def page() -> ResponseReturnValue:
    """List the reader's own sessions."""
    with house().works.look(acting()) as work:
        found = sessions.of_coordinator(work, signed_in().id)
    return render_template("coordinator/account.html", sessions=found, this_one=this_session())


@bp.post("/sessions/<uuid:sign_in_id>/end")
@guarded(Guard.COORDINATOR)
def end(sign_in_id: UUID) -> ResponseReturnValue:
    """End one session, which may be this one."""
    if sign_in_id == this_session():
        return leave()
    with house().works.change(acting()) as work:
        sessions.end(work, signed_in().id, sign_in_id)
    return redirect(url_for(".page"), HTTPStatus.SEE_OTHER)


@bp.post("/sessions/others/end")
@guarded(Guard.COORDINATOR)
def end_others() -> ResponseReturnValue:
    """End every session but this one."""
    with house().works.change(acting()) as work:
        sessions.end_all(work, signed_in().id, but=this_session())
    return redirect(url_for(".page"), HTTPStatus.SEE_OTHER)
