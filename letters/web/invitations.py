"""The page behind an invitation. Opening it changes nothing: mail scanners open links."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from letters.domain.errors import LinkKnown, LinkUsed
from letters.records import Coordinator
from letters.services import inviting, signing_in
from letters.web import limits
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.signin import (
    begin,
    browser_secret,
    check_links_are_mailed,
    here,
    link_sent,
    used,
)
from letters.web.state import SYSTEM, house

bp = Blueprint("invitations", __name__, url_prefix="/coordinate/invitation/<token>")
bp.register_error_handler(LinkUsed, used)


@bp.get("")
@guarded(Guard.LINK)
@limits.guesses_end
def page(token: str) -> ResponseReturnValue:
    """Show the button that accepts the invitation."""
    settings = house().settings
    with house().works.look(SYSTEM) as work:
        invited = inviting.check_invitation(work, token)
        titles = [program.title for program in invited.programs]
    return render_template(
        "coordinator/invitation.html",
        invited=invited,
        titles=titles,
        token=token,
        only_provider=None if settings.mailed_links else settings.openid,
    )


@bp.post("")
@guarded(Guard.LINK)
@limits.guesses_end
def accept(token: str) -> ResponseReturnValue:
    """Sign in for the first time, and use the invitation up."""
    check_links_are_mailed()
    with house().works.change(SYSTEM) as work:
        begun = inviting.use_invitation(work, token, here())
    return begin(begun)


@bp.post("/again")
@guarded(Guard.LINK)
@limiter.limit(limits.SIGN_INS_PER_CALLER)
@limits.guesses_end
def again(token: str) -> ResponseReturnValue:
    """Mail a sign-in link to the address on file of whoever was invited by this link."""
    check_links_are_mailed()
    with house().works.change(SYSTEM) as work:
        try:
            invited = inviting.check_invitation(work, token)
        except LinkKnown as known:
            invited = work.session.get_one(Coordinator, known.row_id)
        signing_in.mail_link(work, invited.email, browser_secret())
    return link_sent()
