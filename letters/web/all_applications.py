"""For the applicant: all their applications, behind a link that was mailed to their address."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from letters.services import all_applications
from letters.web import limits
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.state import APPLICANT, applicant_here, house

bp = Blueprint("all_applications", __name__)


@bp.get("/applications/<token>")
@guarded(Guard.LINK)
def page(token: str) -> ResponseReturnValue:
    """Show all applications that were made with the address."""
    with house().works.look(APPLICANT) as work:
        shown = all_applications.all_applications(work, token)
    return render_template("applicant/all.html", shown=shown)


@bp.post("/application/<token>/all")
@guarded(Guard.LINK)
@limiter.limit(limits.LINKS_AGAIN, key_func=limits.by_status_link)
def ask(token: str) -> ResponseReturnValue:
    """Mail the link that shows all of them to the address on file, be there others or not."""
    with house().works.change(applicant_here()) as work:
        all_applications.mail_link(work, token)
    return render_template("link_sent.html")


@bp.post("/applications/<token>/again")
@guarded(Guard.LINK)
@limiter.limit(limits.LINKS_AGAIN, key_func=limits.by_applications_link)
def again(token: str) -> ResponseReturnValue:
    """Mail a fresh link in place of one that expired or was replaced."""
    with house().works.change(applicant_here()) as work:
        all_applications.mail_link_again(work, token)
    return render_template("link_sent.html")
