"""For the referee: the upload page, declining, more time. The link is all they need."""

from http import HTTPStatus
from typing import BinaryIO, cast

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from letters.domain.documents import MEGABYTE
from letters.domain.errors import (
    EmptyFile,
    InvalidInput,
    LetterRefused,
    NoFile,
    NotPdf,
    TooLarge,
    WordFile,
)
from letters.domain.slots import Slot, check_decline, check_more_time
from letters.domain.text import LONGEST_NAME
from letters.ports import Purpose
from letters.services import answering, extending, finding, receiving, requesting, viewing
from letters.services.inspecting import Upload, Wanted, look_at
from letters.web import lately, limits
from letters.web.csrf import checks_csrf_itself, csrf
from letters.web.errors import face_of, say, say_problem
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.saving import saving
from letters.web.state import REFEREE, house, referee_here
from letters.web.typed import showable

bp = Blueprint("referee", __name__)

FORM_ROOM = 64 * 1024
"""What a form may hold around the file: field names, boundaries, the token."""


@bp.get("/letter/<token>")
@guarded(Guard.LINK)
def page(token: str) -> ResponseReturnValue:
    """Show what is asked, and the one field for the letter."""
    return _page(token)


@bp.post("/letter/<token>")
@guarded(Guard.LINK)
@checks_csrf_itself
@limiter.limit(limits.UPLOADS, key_func=limits.by_upload_link)
@saving()
def upload(token: str) -> ResponseReturnValue:
    """Take the letter. The form's token is checked here, after its size limit is known."""
    with house().works.look(REFEREE) as work:
        wanted, place = receiving.may_send(work, token)
    request.max_content_length = wanted.largest + FORM_ROOM
    try:
        csrf.protect()
        sent_by = receiving.cleaned_sender(request.form.get("sent_by", ""))
        sent = _look_at_file(wanted)
    except RequestEntityTooLarge:
        return _refused(token, TooLarge(limit=wanted.largest // MEGABYTE))
    except LetterRefused as refusal:
        return _refused(token, refusal)
    except InvalidInput as invalid:
        problem = " ".join(map(say_problem, invalid.problems))
        typed = request.form.get("sent_by", "")
        return _page(token, sender_problem=problem, sent_by=typed), face_of(invalid).status
    stored = receiving.store(house().works.tools, place, sent)
    with house().works.change(referee_here()) as work:
        letter = receiving.receive(work, token, sent, sent_by, stored)
    lately.SENT.remember(letter.id, letter.received_at)
    return redirect(url_for("receipt.page", token=token), HTTPStatus.SEE_OTHER)


def _look_at_file(wanted: Wanted) -> Upload:
    file = request.files.get("letter")
    if file is None or not file.filename:
        raise NoFile
    stream = cast("BinaryIO", file.stream)
    return look_at(stream, file.filename, wanted, house().examiners)


def _refused(token: str, refusal: LetterRefused) -> ResponseReturnValue:
    """Show the page again with what to do about the file, and who was said to be sending it."""
    sent_by = "" if isinstance(refusal, TooLarge) else request.form.get("sent_by", "")
    return _page(token, problem=say(refusal), sent_by=sent_by), face_of(refusal).status


def _page(
    token: str, *, problem: str | None = None, sender_problem: str | None = None, sent_by: str = ""
) -> str:
    return upload_page(
        "referee/upload.html", _shown(token), token, problem, sender_problem, showable(sent_by)
    )


def upload_page(
    template: str,
    shown: viewing.UploadPage,
    token: str,
    problem: str | None = None,
    sender_problem: str | None = None,
    sent_by: str = "",
) -> str:
    """Return the upload page, by its own template or by one that extends it."""
    return render_template(
        template,
        shown=shown,
        token=token,
        problem=problem,
        sender_problem=sender_problem,
        sent_by=sent_by,
        longest_sender=LONGEST_NAME,
        takes_word=house().examiners.take_word(shown.application.program.takes_word),
        says=_at_once(shown.application.program.largest_file),
        Slot=Slot,
    )


def _at_once(largest: int) -> dict[str, str]:
    """Return what the page's script says of a file before it is sent, in our own sentences."""
    return {
        "empty": say(EmptyFile()),
        "too_large": say(TooLarge(limit=largest // MEGABYTE)),
        "word_file": say(WordFile()),
        "wrong_type": say(NotPdf()),
    }


def _shown(token: str) -> viewing.UploadPage:
    with house().works.look(REFEREE) as work:
        return viewing.upload_page(work, token)


@bp.get("/letter/<token>/decline")
@guarded(Guard.LINK)
def declining(token: str) -> ResponseReturnValue:
    """Ask whether the referee is sure, and why. Who has declined is told so."""
    shown = _shown(token)
    if shown.slot in {Slot.DECLINED, Slot.DECLINED_FINAL}:
        return redirect(url_for(".page", token=token), HTTPStatus.SEE_OTHER)
    return _declining(token, shown)


@bp.post("/letter/<token>/decline")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_upload_link)
def decline(token: str) -> ResponseReturnValue:
    """Decline."""
    reason = request.form.get("reason", "")
    try:
        with house().works.change(REFEREE) as work:
            answering.decline(work, token, reason)
    except InvalidInput as invalid:
        problem = " ".join(map(say_problem, invalid.problems))
        page = _declining(token, _shown(token), problem, showable(reason))
        return page, face_of(invalid).status
    return redirect(url_for(".page", token=token), HTTPStatus.SEE_OTHER)


def _declining(
    token: str, shown: viewing.UploadPage, problem: str | None = None, reason: str = ""
) -> str:
    """Raises what check_decline raises."""
    check_decline(shown.slot, shown.terms)
    return render_template(
        "referee/decline.html",
        shown=shown,
        token=token,
        problem=problem,
        reason=reason,
        longest=answering.LONGEST_REASON,
    )


@bp.post("/letter/<token>/take-back")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_upload_link)
def take_back(token: str) -> ResponseReturnValue:
    """Take a decline back."""
    with house().works.change(REFEREE) as work:
        answering.take_back_decline(work, token)
    return redirect(url_for(".page", token=token), HTTPStatus.SEE_OTHER)


@bp.get("/letter/<token>/more-time")
@guarded(Guard.LINK)
def asking_for_more_time(token: str) -> ResponseReturnValue:
    """Ask until when the letter could be ready, in the referee's own words."""
    return _asking_for_more_time(token, _shown(token))


@bp.post("/letter/<token>/more-time")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_upload_link)
def ask_for_more_time(token: str) -> ResponseReturnValue:
    """Ask the coordinators for more time."""
    note = request.form.get("note", "")
    try:
        with house().works.change(REFEREE) as work:
            extending.ask_for_more_time(work, token, note)
    except InvalidInput as invalid:
        problem = " ".join(map(say_problem, invalid.problems))
        page = _asking_for_more_time(token, _shown(token), problem, showable(note))
        return page, face_of(invalid).status
    return redirect(url_for(".page", token=token), HTTPStatus.SEE_OTHER)


def _asking_for_more_time(
    token: str, shown: viewing.UploadPage, problem: str | None = None, note: str = ""
) -> str:
    """Raises what check_more_time raises."""
    check_more_time(shown.slot, shown.terms)
    return render_template(
        "referee/more_time.html",
        shown=shown,
        token=token,
        problem=problem,
        note=note,
        longest=answering.LONGEST_REASON,
    )


@bp.post("/letter/<token>/again")
@guarded(Guard.LINK)
@limiter.limit(limits.LINKS_AGAIN, key_func=limits.by_upload_link)
def again(token: str) -> ResponseReturnValue:
    """Mail the current link to the address on file; the answer is the same either way."""
    with house().works.change(REFEREE) as work:
        application, found = finding.request_once_behind(work, Purpose.UPLOAD, token)
        requesting.send_link_again(work, application, found)
    return render_template("link_sent.html")
