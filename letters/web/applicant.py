"""For the applicant: the status view, and withdrawing."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from letters.domain.errors import LinkReplaced
from letters.services import alerting, finding, requesting, viewing, withdrawing
from letters.web import limits
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.state import APPLICANT, house

bp = Blueprint("applicant", __name__)


@bp.get("/application/<token>")
@guarded(Guard.LINK)
def status(token: str) -> ResponseReturnValue:
    """Show what has happened, what happens next, and what the applicant can do."""
    with house().works.look(APPLICANT) as work:
        shown = viewing.status_page(work, token)
        alerts = alerting.alerts_of(work, shown.application)
    return render_template("applicant/status.html", shown=shown, alerts=alerts, token=token)


def _shown(token: str) -> viewing.StatusPage:
    with house().works.look(APPLICANT) as work:
        return viewing.status_page(work, token)


@bp.get("/application/<token>/withdraw")
@guarded(Guard.LINK)
def withdrawing_page(token: str) -> ResponseReturnValue:
    """Ask whether the applicant is sure. Who has withdrawn is told so."""
    shown = _shown(token)
    if not shown.may_withdraw:
        return redirect(url_for(".status", token=token), HTTPStatus.SEE_OTHER)
    return render_template("applicant/withdraw.html", shown=shown, token=token)


@bp.post("/application/<token>/withdraw")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_status_link)
def withdraw(token: str) -> ResponseReturnValue:
    """Withdraw the application."""
    with house().works.change(APPLICANT) as work:
        withdrawing.withdraw_behind(work, token)
    return redirect(url_for(".status", token=token), HTTPStatus.SEE_OTHER)


@bp.post("/application/<token>/again")
@guarded(Guard.LINK)
@limiter.limit(limits.LINKS_AGAIN, key_func=limits.by_status_link)
def again(token: str) -> ResponseReturnValue:
    """Mail the current link to the address on file."""
    with house().works.change(APPLICANT) as work:
        try:
            found = finding.application_behind(work, token)
        except LinkReplaced as replaced:
            found = finding.application(work, replaced.row_id)
        locked = finding.application(work, found.id, lock=True)
        requesting.send_status_link_again(work, locked)
    return render_template("link_sent.html")
