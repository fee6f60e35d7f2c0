"""For who manages a program: one mail about an application, and sending it again."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from letters.services import mail_page
from letters.web.guards import Guard, guarded
from letters.web.signin import acting, signed_in
from letters.web.state import house

bp = Blueprint("mails", __name__, url_prefix="/coordinate/mails")


@bp.get("/<uuid:outbox_id>")
@guarded(Guard.COORDINATOR)
def page(outbox_id: UUID) -> ResponseReturnValue:
    """Show how a mail read, or how it would read now; its links are left out."""
    with house().works.look(acting()) as work:
        shown = mail_page.mail_page(work, house().renderer, signed_in(), outbox_id)
    return render_template("coordinator/mail.html", shown=shown)


@bp.post("/<uuid:outbox_id>/again")
@guarded(Guard.COORDINATOR)
def again(outbox_id: UUID) -> ResponseReturnValue:
    """Send a mail again that was given up."""
    with house().works.change(acting()) as work:
        mail_page.send_again(work, signed_in(), outbox_id)
    return redirect(url_for(".page", outbox_id=outbox_id), HTTPStatus.SEE_OTHER)
