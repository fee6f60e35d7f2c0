"""For the referee: what was received, and whether it is the right letter."""

from datetime import datetime
from http import HTTPStatus

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from letters.domain.slots import Slot
from letters.domain.wrong_letter import Mark
from letters.records import Letter
from letters.services import confirming, viewing
from letters.services.receiving import decrypted
from letters.web import lately, limits
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
        picture=_may_look(shown.letter, work.now),
        Slot=Slot,
        Mark=Mark,
    )


@bp.get("/letter/<token>/first-page.png")
@guarded(Guard.LINK)
def first_page(token: str) -> ResponseReturnValue:
    """Draw the first page for the browser that sent the letter; nobody else reads it back.

    For every other browser, and where nothing can be drawn, there is nothing at this address.
    """
    with house().works.look(REFEREE) as work:
        letter = viewing.upload_page(work, token).letter
        if letter is None or not _may_look(letter, work.now):
            abort(HTTPStatus.NOT_FOUND)
        content = decrypted(work, letter)
    picture = house().examiners.inspector.picture(content)
    if picture is None:
        abort(HTTPStatus.NOT_FOUND)
    answer: Response = make_response(picture)
    answer.mimetype = "image/png"
    return answer


def _may_look(letter: Letter, now: datetime) -> bool:
    """What nobody could check is not drawn either."""
    return lately.SENT.includes(letter.id, now) and not letter.is_held_back


@bp.post("/letter/<token>/confirm")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_upload_link)
def confirm(token: str) -> ResponseReturnValue:
    """Write down that the letter which was looked at is the right one."""
    version = request.form.get("version", default=0, type=int)
    with house().works.change(REFEREE) as work:
        confirming.confirm(work, token, version)
    return redirect(url_for(".page", token=token), HTTPStatus.SEE_OTHER)
