"""For the referee: what was received, and whether it is the right letter."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letters.domain.errors import LetterNotCurrent
from letters.domain.slots import Slot
from letters.domain.wrong_letter import Mark
from letters.services import confirming, viewing
from letters.web import just_sent, limits
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.state import REFEREE, house

bp = Blueprint("receipt", __name__)


@bp.get("/letter/<token>/receipt")
@guarded(Guard.LINK)
def page(token: str) -> ResponseReturnValue:
    """Say what was received. Without a letter there is only the upload page."""
    with house().works.look(REFEREE) as work:
        shown = viewing.upload_page(work, token)
    if shown.letter is None:
        return redirect(url_for("referee.page", token=token), HTTPStatus.SEE_OTHER)
    return render_template(
        "referee/receipt.html",
        shown=shown,
        letter=shown.letter,
        token=token,
        sent_here=just_sent.may_look(shown.letter.id, work.now),
        Slot=Slot,
        Mark=Mark,
    )


@bp.post("/letter/<token>/confirm")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_upload_link)
def confirm(token: str) -> ResponseReturnValue:
    """Write down that the letter which was looked at is the right one."""
    version = request.form.get("version", type=int)
    if version is None:
        raise LetterNotCurrent
    with house().works.change(REFEREE) as work:
        confirming.confirm(work, token, version)
    return redirect(url_for(".page", token=token), HTTPStatus.SEE_OTHER)
