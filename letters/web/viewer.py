"""For who may read letters: one letter in the browser's own viewer, beside what is known of it.

The button writes the look down and answers with a page that has the letter in a frame. For two
minutes after that this browser, and no other, is given the letter by the frame's address; so a GET
shows what was opened and changes nothing.

The letter comes under `Content-Security-Policy: sandbox`, so that whatever it holds runs in an
origin of its own, which is nobody's, and `default-src 'none'`. A frame with the attribute `sandbox`
would be stricter still, but in it Chromium shows no PDF at all.
"""

import io
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, render_template, send_file
from flask.typing import ResponseReturnValue

from letters.services import dashboard, finding
from letters.web import lately
from letters.web.guards import Guard, guarded
from letters.web.security import POLICY
from letters.web.signin import acting, signed_in
from letters.web.state import house

bp = Blueprint("viewer", __name__, url_prefix="/coordinate/requests/<uuid:request_id>")

WITH_A_FRAME = f"{POLICY}; frame-src 'self'"
IN_A_FRAME = "sandbox; default-src 'none'; frame-ancestors 'self'"


@bp.post("/view")
@guarded(Guard.COORDINATOR)
def view(request_id: UUID) -> ResponseReturnValue:
    """Open a letter. It is a POST because every look at a letter is written down."""
    with house().works.change(acting()) as work:
        opened = dashboard.open_letter(work, signed_in(), request_id)
        application = finding.application_of_request(work, request_id)
        asked = finding.request_in(application, request_id)
    lately.OPENED.remember(opened.letter.id, work.now)
    page = render_template(
        "coordinator/viewer.html", application=application, asked=asked, letter=opened.letter
    )
    answer: Response = make_response(page)
    answer.headers["Content-Security-Policy"] = WITH_A_FRAME
    return answer


@bp.get("/shown")
@guarded(Guard.COORDINATOR)
def shown(request_id: UUID) -> ResponseReturnValue:
    """Give the letter that this browser has just opened; for every other there is nothing here."""
    with house().works.look(acting()) as work:
        letter = dashboard.readable_letter(work, signed_in(), request_id)
        if not lately.OPENED.includes(letter.id, work.now):
            abort(HTTPStatus.NOT_FOUND)
        opened = dashboard.opened(work, letter)
    answer: Response = send_file(
        io.BytesIO(opened.content),
        mimetype="application/pdf",
        download_name=opened.letter.file_name,
    )
    answer.headers["Content-Security-Policy"] = IN_A_FRAME
    return answer
