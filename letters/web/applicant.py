"""For the applicant: the status view."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from letters.domain.errors import LinkReplaced
from letters.services import finding, requesting, viewing
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
    return render_template("applicant/status.html", shown=shown)


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
