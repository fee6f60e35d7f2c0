"""For the applicant: which mails to get, and the waiver of the right to view the letters."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from letters.domain.errors import InvalidInput
from letters.domain.telling import MailChoice
from letters.domain.waiver import WAIVER, fingerprint
from letters.services import choosing
from letters.web import limits
from letters.web.errors import face_of, say_problem
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.state import APPLICANT, applicant_here, house
from letters.web.typed import showable

bp = Blueprint("choices", __name__, url_prefix="/application/<token>")


@bp.get("/mails")
@guarded(Guard.LINK)
def mails_page(token: str) -> ResponseReturnValue:
    """Show which mails the applicant gets."""
    return _mails_page(token)


@bp.post("/mails")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_status_link)
def mails(token: str) -> ResponseReturnValue:
    """Take down which mails the applicant wants."""
    try:
        choice = MailChoice(request.form.get("mails", ""))
    except ValueError:
        return _mails_page(token, missing=True), HTTPStatus.UNPROCESSABLE_ENTITY
    with house().works.change(applicant_here()) as work:
        choosing.choose_mails(work, token, choice)
    return _done(token)


def _mails_page(token: str, *, missing: bool = False) -> str:
    with house().works.look(APPLICANT) as work:
        application = choosing.mails_page(work, token)
    return render_template(
        "applicant/mails.html",
        application=application,
        token=token,
        missing=missing,
        MailChoice=MailChoice,
    )


@bp.get("/waiver")
@guarded(Guard.LINK)
def waiver_page(token: str) -> ResponseReturnValue:
    """Show the waiver as it stands, and what changing it means."""
    with house().works.look(APPLICANT) as work:
        waived = choosing.waiver_page(work, token).waived
    return _waiver_page(token, chosen="waive" if waived else "keep")


@bp.post("/waiver")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_status_link)
def waiver(token: str) -> ResponseReturnValue:
    """Waive the right to view the letters, or keep it."""
    chosen, signature = request.form.get("waiver", ""), request.form.get("signature", "")
    if chosen not in {"waive", "keep"}:
        said = {"waiver": gettext("Choose one of the two, please.")}
        page = _waiver_page(token, chosen=chosen, signature=signature, said=said)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with house().works.change(applicant_here()) as work:
            choosing.change_waiver(
                work,
                token,
                waived=chosen == "waive",
                signature=signature,
                usual=gettext(WAIVER),
                shown=request.form.get("words", ""),
            )
    except InvalidInput as invalid:
        said = {problem.field: say_problem(problem) for problem in invalid.problems}
        page = _waiver_page(token, chosen=chosen, signature=signature, said=said)
        return page, face_of(invalid).status
    return _done(token)


def _waiver_page(
    token: str, *, chosen: str, signature: str = "", said: dict[str, str] | None = None
) -> str:
    with house().works.look(APPLICANT) as work:
        application = choosing.waiver_page(work, token)
    text = application.program.waiver_wording or gettext(WAIVER)
    return render_template(
        "applicant/waiver.html",
        application=application,
        token=token,
        text=text,
        words=fingerprint(text),
        chosen=chosen,
        signature=showable(signature),
        said=said or {},
    )


def _done(token: str) -> ResponseReturnValue:
    return redirect(url_for("applicant.status", token=token), HTTPStatus.SEE_OTHER)
