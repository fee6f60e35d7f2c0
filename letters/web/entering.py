"""For who manages a program: entering a letter that came by post, by mail or on paper."""

from http import HTTPStatus
from typing import BinaryIO, cast
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from letters.domain.documents import MEGABYTE
from letters.domain.errors import InvalidInput, LetterRefused, NoFile, TooLarge
from letters.domain.wrong_letter import Mark
from letters.services import dashboard, entering, receiving, remarks
from letters.services.inspecting import Upload, Wanted, look_at
from letters.web.csrf import checks_csrf_itself, csrf
from letters.web.errors import face_of, say, say_problem
from letters.web.guards import Guard, guarded
from letters.web.managing import back_to
from letters.web.saving import saving
from letters.web.signin import acting, signed_in
from letters.web.state import house
from letters.web.typed import showable

bp = Blueprint("entering", __name__, url_prefix="/coordinate/requests/<uuid:request_id>")

TAIL = "/enter"
FORM_ROOM = 64 * 1024
"""What a form may hold around the file: the reason, boundaries, the token."""


@bp.get(TAIL)
@guarded(Guard.COORDINATOR)
def page(request_id: UUID) -> ResponseReturnValue:
    """Show the form for the file and the reason, and what entering it causes."""
    return _page(request_id)


@bp.post(TAIL)
@guarded(Guard.COORDINATOR)
@checks_csrf_itself
@saving()
def enter(request_id: UUID) -> ResponseReturnValue:
    """Take the letter. The form's token is checked here, after its size limit is known.

    A letter that looks wrong is taken once somebody says that it is the right one.
    """
    with house().works.look(acting()) as work:
        found, asked = dashboard.request_managed_by(work, signed_in(), request_id, lock=False)
        wanted, place = entering.expected(work, found, asked)
    request.max_content_length = wanted.largest + FORM_ROOM
    try:
        csrf.protect()
        sent = _look_at_file(wanted)
    except RequestEntityTooLarge:
        return _refused(request_id, TooLarge(limit=wanted.largest // MEGABYTE))
    except LetterRefused as refusal:
        return _refused(request_id, refusal)
    if sent.marks and "sure" not in request.form:
        return _page(request_id, marks=sent.marks), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        remarks.clean_reason(request.form.get("reason", ""), needed=True)
    except InvalidInput as invalid:
        problem = " ".join(map(say_problem, invalid.problems))
        return _page(request_id, reason_problem=problem), face_of(invalid).status
    stored = receiving.store(house().works.tools, place, sent)
    with house().works.change(acting()) as work:
        found, asked = dashboard.request_managed_by(work, signed_in(), request_id)
        remarks.because(work, found, request.form.get("reason", ""), asked, needed=True)
        entering.enter(work, found, asked, sent, stored)
    return back_to(found)


def _look_at_file(wanted: Wanted) -> Upload:
    file = request.files.get("letter")
    if file is None or not file.filename:
        raise NoFile
    return look_at(cast("BinaryIO", file.stream), file.filename, wanted, house().examiners)


def _refused(request_id: UUID, refusal: LetterRefused) -> ResponseReturnValue:
    return _page(request_id, problem=say(refusal)), face_of(refusal).status


def _page(
    request_id: UUID,
    *,
    problem: str = "",
    reason_problem: str = "",
    marks: tuple[Mark, ...] = (),
) -> str:
    with house().works.look(acting()) as work:
        found, asked = dashboard.request_managed_by(work, signed_in(), request_id, lock=False)
        entering.check(found, asked)
    return render_template(
        "coordinator/enter.html",
        application=found,
        asked=asked,
        problem=problem,
        reason_problem=reason_problem,
        marks=marks,
        reason=_typed_reason(),
        takes_word=house().examiners.take_word(found.program.takes_word),
    )


def _typed_reason() -> str:
    """Return what was typed, unless the form was too large to be read at all."""
    try:
        return showable(request.form.get("reason", ""))
    except RequestEntityTooLarge:
        return ""
