"""The calls of the API about one letter request."""

import io
from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, request, send_file
from flask.typing import ResponseReturnValue

from letters.domain.errors import ProgramArchived
from letters.domain.managing import NEEDS_A_REASON, RequestAct
from letters.records import Application, LetterRequest
from letters.services import changing, dashboard, managing, remarks
from letters.services.dashboard import OpenedLetter
from letters.services.work import Work
from letters.web.api import keys
from letters.web.api.answers import ApplicationAnswer
from letters.web.api.bodies import NoInput, RefereeInput
from letters.web.api.changing import application_once
from letters.web.api.describing import PDF, described
from letters.web.api.reading import read
from letters.web.api.reason_body import ReasonInput
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


@bp.post("/replace")
@guarded(Guard.API_KEY)
@described(ApplicationAnswer, NOT_FOUND, CONFLICT, body=RefereeInput)
def replace_referee(request_id: UUID) -> ResponseReturnValue:
    """Name somebody else in place of a referee whose letter is not in.

    Who is replaced is told so if they had heard of it, and their link ends. Where the others have
    been asked for their letters, the new one is asked at once.
    """
    new = read(RefereeInput).as_new()

    def replace(work: Work, application: Application, asked: LetterRequest) -> None:
        changing.replace(work, application, asked, new, sure_of=new.email)

    return _application_with(request_id, replace)


@bp.post("/cancel")
@guarded(Guard.API_KEY)
@described(ApplicationAnswer, NOT_FOUND, CONFLICT, body=ReasonInput)
def cancel_request(request_id: UUID) -> ResponseReturnValue:
    """End what is asked of a referee, or would be; they are told if they had heard of it."""
    return _done(request_id, RequestAct.CANCEL, read(ReasonInput).reason)


@bp.post("/resend")
@guarded(Guard.API_KEY)
@described(ApplicationAnswer, NOT_FOUND, CONFLICT, body=NoInput)
def send_again(request_id: UUID) -> ResponseReturnValue:
    """Mail a referee the link once more, or the advance notice if that is all they had."""
    read(NoInput)
    return _done(request_id, RequestAct.RESEND)


@bp.post("/return")
@guarded(Guard.API_KEY)
@described(ApplicationAnswer, NOT_FOUND, CONFLICT, body=ReasonInput)
def return_letter(request_id: UUID) -> ResponseReturnValue:
    """Return a wrong letter: it counts no more, and the referee is asked for another one."""
    return _done(request_id, RequestAct.RETURN, read(ReasonInput).reason)


def _done(request_id: UUID, act: RequestAct, reason: str = "") -> Response:
    def do(work: Work, application: Application, asked: LetterRequest) -> None:
        managing.check(work, act, application, asked)
        remarks.because(work, application, reason, asked, needed=act in NEEDS_A_REASON)
        managing.do(work, act, application, asked)

    return _application_with(request_id, do)


def _application_with(
    request_id: UUID, do: Callable[[Work, Application, LetterRequest], None]
) -> Response:
    """Answer with the application of a request that something was done to."""

    def change(work: Work) -> Application:
        application, asked = keys.letter_request(work, request_id, lock=True)
        if application.program.archived_at is not None:
            raise ProgramArchived
        do(work, application, asked)
        return application

    return application_once(change)


def _as_attachment(opened: OpenedLetter) -> Response:
    answer: Response = send_file(
        io.BytesIO(opened.content),
        mimetype=PDF,
        as_attachment=True,
        download_name=opened.letter.file_name,
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
