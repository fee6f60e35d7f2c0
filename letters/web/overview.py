"""For the referee: everything that is asked of one address, behind a link that was mailed there."""

import io
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from letters.domain.errors import LetterRefused, LinkInvalid
from letters.domain.slots import Slot
from letters.services import overview, viewing
from letters.services.inspecting import Upload, look_at
from letters.web import limits
from letters.web.errors import face_of, say
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.state import REFEREE, house

bp = Blueprint("overview", __name__)


@bp.get("/letter/<token>/all")
@guarded(Guard.LINK)
def page(token: str) -> ResponseReturnValue:
    """Show everything asked of the address, or offer to mail the link that does.

    An upload link may have been passed on to somebody who sends one letter; so it does not open
    the others.
    """
    with house().works.look(REFEREE) as work:
        try:
            shown = overview.overview(work, token)
        except LinkInvalid:
            of = viewing.upload_page(work, token)
            return render_template("referee/prove.html", shown=of, token=token)
    return _all(token, shown)


def _all(token: str, shown: overview.Overview, problem: str | None = None) -> str:
    return render_template("referee/all.html", shown=shown, token=token, problem=problem, Slot=Slot)


@bp.post("/letter/<token>/all")
@guarded(Guard.LINK)
@limiter.limit(limits.LINKS_AGAIN, key_func=limits.by_upload_link)
def prove(token: str) -> ResponseReturnValue:
    """Mail the link that shows everything to the address on file."""
    with house().works.change(REFEREE) as work:
        overview.mail_overview(work, token)
    return render_template("link_sent.html")


@bp.post("/letter/<token>/all/again")
@guarded(Guard.LINK)
@limiter.limit(limits.LINKS_AGAIN, key_func=limits.by_overview_link)
def again(token: str) -> ResponseReturnValue:
    """Mail a fresh link in place of one that expired or was replaced."""
    with house().works.change(REFEREE) as work:
        overview.mail_overview_again(work, token)
    return render_template("link_sent.html")


@bp.post("/letter/<token>/all/use")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_overview_link)
def use(token: str) -> ResponseReturnValue:
    """Use one letter for other requests about the same applicant: for all of them, or none."""
    source = request.form.get("letter", type=UUID)
    targets = request.form.getlist("request", type=UUID)
    with house().works.look(REFEREE) as work:
        shown = overview.overview(work, token)
        if source is None or not targets:
            nothing = gettext("Tick at least one, then press the button again.")
            return _all(token, shown, nothing), HTTPStatus.UNPROCESSABLE_ENTITY
        reuse = overview.look_for_reuse(work, shown, source, targets)
    try:
        uploads = _looked_at(reuse)
    except LetterRefused as refusal:
        return _all(token, shown, say(refusal)), face_of(refusal).status
    with house().works.change(REFEREE) as work:
        overview.use_again(work, token, source, uploads)
    return redirect(url_for(".page", token=token), HTTPStatus.SEE_OTHER)


def _looked_at(reuse: overview.Reuse) -> dict[UUID, Upload]:
    """Compare the letter with what each of the other requests wants. Raises LetterRefused."""
    letter = reuse.letter
    return {
        request_id: look_at(io.BytesIO(reuse.content), letter.file_name, wanted, house().examiners)
        for request_id, wanted in reuse.wanted.items()
    }
