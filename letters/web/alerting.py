"""For the applicant: alerting referees, with a look at the mail before it goes out."""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letters.domain.errors import InvalidInput, UnknownRequest
from letters.domain.journal import MessageKind
from letters.services import alerting
from letters.services.delivering import LOCALE
from letters.web import limits
from letters.web.errors import face_of, say_problem
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.state import APPLICANT, applicant_here, house
from letters.web.typed import showable

bp = Blueprint("alerting", __name__)


@bp.get("/application/<token>/alert")
@guarded(Guard.LINK)
def page(token: str) -> ResponseReturnValue:
    """Let the applicant choose referees and write a line; all who can be alerted are ticked."""
    return _page(token)


@bp.post("/application/<token>/alert/preview")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_status_link)
def preview(token: str) -> ResponseReturnValue:
    """Show the mail as it will go out, or the form again for who wants to change it."""
    if "change" in request.form:
        return _page(token, chosen=_typed_ids(), line=_typed_line())
    try:
        with house().works.look(APPLICANT) as work:
            shown = alerting.preview(work, token, _chosen(), _typed_line())
    except InvalidInput as invalid:
        return _page_with(token, invalid)
    words = house().renderer.render(MessageKind.ADVANCE_NOTICE, shown.mail.facts, LOCALE)
    return render_template("applicant/alert_preview.html", shown=shown, words=words, token=token)


@bp.post("/application/<token>/alert")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_status_link)
def send(token: str) -> ResponseReturnValue:
    """Send the advance notice to the chosen referees."""
    try:
        with house().works.change(applicant_here()) as work:
            alerting.alert(work, token, _chosen(), _typed_line())
    except InvalidInput as invalid:
        return _page_with(token, invalid)
    return redirect(url_for("applicant.status", token=token), HTTPStatus.SEE_OTHER)


def _typed_ids() -> list[str]:
    return request.form.getlist("referee")


def _typed_line() -> str:
    return request.form.get("personal_line", "")


def _chosen() -> set[UUID]:
    """Return the ids that were ticked. Raises UnknownRequest for what is none."""
    try:
        return {UUID(typed) for typed in _typed_ids()}
    except ValueError:
        raise UnknownRequest from None


def _page_with(token: str, invalid: InvalidInput) -> ResponseReturnValue:
    said = {problem.field: say_problem(problem) for problem in invalid.problems}
    shown = _page(token, chosen=_typed_ids(), line=_typed_line(), said=said)
    return shown, face_of(invalid).status


def _page(
    token: str,
    *,
    chosen: Sequence[str] | None = None,
    line: str = "",
    said: dict[str, str] | None = None,
) -> str:
    with house().works.look(APPLICANT) as work:
        shown = alerting.page(work, token)
    ticked = [str(one.id) for one in shown.possible] if chosen is None else chosen
    return render_template(
        "applicant/alert.html",
        shown=shown,
        token=token,
        ticked=ticked,
        line=showable(line),
        said=said or {},
        longest=alerting.LONGEST_LINE,
    )
