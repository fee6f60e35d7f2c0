"""For the applicant: the status view, withdrawing, and a mail for who lost the link."""

from http import HTTPStatus

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letters.domain.errors import InvalidInput
from letters.ports import Purpose
from letters.services import alerting, finding, lost_links, requesting, viewing, withdrawing
from letters.web import limits, opened
from letters.web.errors import face_of, say_problem
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.state import APPLICANT, SYSTEM, applicant_here, house
from letters.web.typed import showable

bp = Blueprint("applicant", __name__)


@bp.get("/application/<token>")
@guarded(Guard.LINK)
def status(token: str) -> ResponseReturnValue:
    """Show what has happened, what happens next, and what the applicant can do."""
    with house().works.look(APPLICANT) as work:
        shown = viewing.status_page(work, token)
        alerts = alerting.alerts_of(work, shown.application)
    opened.remember(shown.application.id)
    return render_template("applicant/status.html", shown=shown, alerts=alerts, token=token)


@bp.get("/application/<token>/seen")
@guarded(Guard.LINK)
@limiter.limit(limits.LOOKS, key_func=limits.by_status_link)
def seen(token: str) -> ResponseReturnValue:
    """Give the fingerprint of what the status view shows now, for an open page that asks."""
    with house().works.look(APPLICANT) as work:
        return jsonify(seen=viewing.seen(work, token))


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
    with house().works.change(applicant_here()) as work:
        withdrawing.withdraw_behind(work, token)
    return redirect(url_for(".status", token=token), HTTPStatus.SEE_OTHER)


@bp.post("/application/<token>/again")
@guarded(Guard.LINK)
@limiter.limit(limits.LINKS_AGAIN, key_func=limits.by_status_link)
def again(token: str) -> ResponseReturnValue:
    """Mail the current link to the address on file."""
    with house().works.change(applicant_here()) as work:
        locked = finding.application_once_behind(work, Purpose.STATUS, token)
        requesting.send_status_link_again(work, locked)
    return render_template("link_sent.html")


@bp.get("/application")
@guarded(Guard.PUBLIC)
def lost() -> ResponseReturnValue:
    """Ask who lost the link for their address."""
    return _lost()


@bp.post("/application")
@guarded(Guard.PUBLIC)
@limiter.limit(limits.LOST_LINKS_PER_CALLER)
@limiter.limit(
    limits.LOST_LINKS_PER_MAILBOX,
    key_func=limits.by_typed_mailbox,
    deduct_when=limits.was_done,
)
def mail_links() -> ResponseReturnValue:
    """Mail the links if somebody applied with this address; the answer is the same either way."""
    email = request.form.get("email", "")
    try:
        with house().works.change(SYSTEM) as work:
            lost_links.mail_status_links(work, email)
    except InvalidInput as invalid:
        problem = " ".join(map(say_problem, invalid.problems))
        return _lost(problem, email), face_of(invalid).status
    return render_template("applicant/links_sent.html")


def _lost(problem: str = "", email: str = "") -> str:
    return render_template("applicant/lost.html", problem=problem, email=showable(email))
