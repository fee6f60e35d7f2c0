"""The calls of the API about one letter request."""

import io
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, request, send_file
from flask.typing import ResponseReturnValue

from letters.services import dashboard
from letters.services.dashboard import OpenedLetter
from letters.web.api import keys
from letters.web.api.describing import PDF, described
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.state import house

FORBIDDEN, NOT_FOUND = HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND
CONFLICT, GONE = HTTPStatus.CONFLICT, HTTPStatus.GONE

bp = Blueprint("api_requests", __name__, url_prefix="/api/v1/requests/<uuid:request_id>")
limiter.limit(keys.calls_per_key, key_func=keys.by_key)(bp)


@bp.get("/letter")
@guarded(Guard.API_KEY)
@described(PDF, FORBIDDEN, NOT_FOUND, CONFLICT, GONE)
def read_letter(request_id: UUID) -> ResponseReturnValue:
    """Hand the letter over, as a PDF.

    Needs a key that reads letters; nothing of the answer may be shown to an applicant. It is
    written down which key read which letter, unless only its headers were asked for (HEAD). A
    letter that nobody could check for viruses is held back until a coordinator releases it.
    """
    keys.may_read_letters()
    actor = keys.caller().actor
    if request.method == "HEAD":
        with house().works.look(actor) as work:
            _, asked = keys.letter_request(work, request_id)
            return _as_attachment(dashboard.opened(work, dashboard.letter_of(work, asked)))
    with house().works.change(actor) as work:
        application, asked = keys.letter_request(work, request_id, lock=True)
        opened = dashboard.read_letter(work, application, asked)
    return _as_attachment(opened)


def _as_attachment(opened: OpenedLetter) -> Response:
    answer: Response = send_file(
        io.BytesIO(opened.content),
        mimetype=PDF,
        as_attachment=True,
        download_name=opened.letter.file_name,
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
