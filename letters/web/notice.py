"""For a referee who was alerted: saying yes or no beforehand, and where they are reached."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from letters.domain.errors import InvalidInput
from letters.domain.notices import Notice
from letters.domain.status import RequestStatus
from letters.ports import Purpose
from letters.records import LetterRequest
from letters.services import answering, finding, noticing, replying, requesting, viewing
from letters.web import limits
from letters.web.errors import face_of, say_problem
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.state import REFEREE, house
from letters.web.typed import showable

bp = Blueprint("notice", __name__)


@bp.get("/notice/<token>")
@guarded(Guard.LINK)
def page(token: str) -> ResponseReturnValue:
    """Show who named the referee for what, and what they can say to it."""
    return _page(token)


@bp.post("/notice/<token>/welcome")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_notice_link)
def welcome(token: str) -> ResponseReturnValue:
    """Take down that the referee can write."""
    with house().works.change(REFEREE) as work:
        replying.welcome(work, token)
    return redirect(url_for(".page", token=token), HTTPStatus.SEE_OTHER)


@bp.post("/notice/<token>/decline")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_notice_link)
def decline(token: str) -> ResponseReturnValue:
    """Take down that the referee cannot write."""
    reason = request.form.get("reason", "")
    try:
        with house().works.change(REFEREE) as work:
            replying.decline_early(work, token, reason)
    except InvalidInput as invalid:
        problem = " ".join(map(say_problem, invalid.problems))
        return _page(token, reason_problem=problem, reason=reason), face_of(invalid).status
    return redirect(url_for(".page", token=token), HTTPStatus.SEE_OTHER)


@bp.post("/notice/<token>/address")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_notice_link)
def correct_address(token: str) -> ResponseReturnValue:
    """Put the referee's address right; this link ends with it."""
    email = request.form.get("email", "")
    try:
        with house().works.change(REFEREE) as work:
            corrected = replying.correct_address(work, token, email)
    except InvalidInput as invalid:
        problem = " ".join(map(say_problem, invalid.problems))
        return _page(token, email_problem=problem, email=email), face_of(invalid).status
    if _still_opens(token, corrected):
        same = gettext("That is the address we have on file already, so nothing was changed.")
        return _page(token, email_problem=same, email=email), HTTPStatus.UNPROCESSABLE_ENTITY
    asked = corrected.status is RequestStatus.REQUESTED
    return render_template(
        "referee/address_corrected.html", address=corrected.referee_email, asked=asked
    )


def _still_opens(token: str, of: LetterRequest) -> bool:
    """Say whether a link is still the current one: it ends when the address is corrected."""
    minted = house().works.tools.links.read(Purpose.NOTICE, token).generation
    return minted == of.link_generation


@bp.post("/notice/<token>/again")
@guarded(Guard.LINK)
@limiter.limit(limits.LINKS_AGAIN, key_func=limits.by_notice_link)
def again(token: str) -> ResponseReturnValue:
    """Mail the current link to the address on file; the answer is the same either way."""
    with house().works.change(REFEREE) as work:
        application, found = finding.request_once_behind(work, Purpose.NOTICE, token)
        if not requesting.send_link_again(work, application, found):
            noticing.send_notice_again(work, application, found)
    return render_template("link_sent.html")


def _page(
    token: str,
    *,
    reason_problem: str | None = None,
    reason: str = "",
    email_problem: str | None = None,
    email: str = "",
) -> str:
    with house().works.look(REFEREE) as work:
        shown = viewing.notice_page(work, token)
    return render_template(
        "referee/notice.html",
        shown=shown,
        token=token,
        reason_problem=reason_problem,
        reason=showable(reason),
        email_problem=email_problem,
        email=showable(email),
        longest=answering.LONGEST_REASON,
        Notice=Notice,
    )
