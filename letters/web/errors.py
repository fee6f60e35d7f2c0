"""From errors to answers: the status, the sentence, and what the reader can do about it."""

import math
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    ServiceUnavailable,
    TooManyRequests,
)

from letters import wording
from letters.domain import errors
from letters.domain.words import N_
from letters.logs import places
from letters.ports import Purpose
from letters.records.database import AWAY
from letters.web.api.problems import Unavailable, http_problem, problem_answer
from letters.web.limits import seconds_to_wait
from letters.web.state import is_api, is_signed_in
from letters.web.ways_back import way_back

log = structlog.get_logger("letters.web")


@dataclass(frozen=True)
class Face:
    """How a kind of error is shown: its status and the heading of its page."""

    status: HTTPStatus
    heading: str


FACES: dict[type[errors.LettersError], Face] = {
    errors.InvalidInput: Face(HTTPStatus.UNPROCESSABLE_ENTITY, N_("Something needs correcting")),
    errors.NotFound: Face(HTTPStatus.NOT_FOUND, N_("Not found")),
    errors.NotAllowed: Face(HTTPStatus.CONFLICT, N_("Not possible now")),
    errors.NothingChosen: Face(HTTPStatus.UNPROCESSABLE_ENTITY, N_("Nothing was chosen")),
    errors.TooManyChosen: Face(HTTPStatus.UNPROCESSABLE_ENTITY, N_("Too many were chosen")),
    errors.UploadClosed: Face(HTTPStatus.GONE, N_("The time is over")),
    errors.RequestCancelled: Face(HTTPStatus.GONE, N_("No longer needed")),
    errors.LinkInvalid: Face(HTTPStatus.NOT_FOUND, N_("This link does not work")),
    errors.LinkErased: Face(HTTPStatus.GONE, N_("This was erased")),
    errors.LinkReplaced: Face(HTTPStatus.GONE, N_("This link was replaced")),
    errors.LinkUsed: Face(HTTPStatus.GONE, N_("This link was used")),
    errors.LinkExpired: Face(HTTPStatus.GONE, N_("This link has expired")),
    errors.LinkOfAnotherBrowser: Face(HTTPStatus.FORBIDDEN, N_("Asked for in another browser")),
    errors.LetterRefused: Face(HTTPStatus.UNPROCESSABLE_ENTITY, N_("The file was not accepted")),
    errors.PictureRefused: Face(
        HTTPStatus.UNPROCESSABLE_ENTITY, N_("The picture was not accepted")
    ),
    errors.PictureTooLarge: Face(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, N_("The picture is too large")
    ),
    errors.NoFile: Face(HTTPStatus.BAD_REQUEST, N_("No file arrived")),
    errors.TooLarge: Face(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, N_("The file is too large")),
    errors.StoreUnavailable: Face(HTTPStatus.SERVICE_UNAVAILABLE, N_("Your letter was not saved")),
    errors.StoreFull: Face(HTTPStatus.INSUFFICIENT_STORAGE, N_("Your letter was not saved")),
    errors.LetterUnreadable: Face(
        HTTPStatus.INTERNAL_SERVER_ERROR, N_("The letter cannot be read")
    ),
    errors.PacketNotMade: Face(HTTPStatus.INTERNAL_SERVER_ERROR, N_("The packet was not made")),
    errors.LetterOutOfReach: Face(HTTPStatus.SERVICE_UNAVAILABLE, N_("The letter cannot be read")),
    errors.LetterPurged: Face(HTTPStatus.GONE, N_("The letter was deleted")),
    errors.WrongAddress: Face(HTTPStatus.BAD_REQUEST, N_("Not at this address")),
    errors.OpenIdRefused: Face(HTTPStatus.FORBIDDEN, N_("You could not be signed in")),
    errors.OpenIdFailed: Face(HTTPStatus.BAD_REQUEST, N_("You are not signed in")),
    errors.OpenIdUnavailable: Face(HTTPStatus.SERVICE_UNAVAILABLE, N_("You are not signed in")),
    errors.LinksNotMailed: Face(HTTPStatus.CONFLICT, N_("No links are mailed here")),
    errors.AccessDenied: Face(HTTPStatus.FORBIDDEN, N_("No access")),
    errors.LettersError: Face(HTTPStatus.INTERNAL_SERVER_ERROR, N_("Something went wrong")),
}

HTTP_WORDS: dict[int, tuple[str, str]] = {
    400: (
        N_("The request was not understood"),
        N_("Go back, reload the page and try again. Nothing was changed."),
    ),
    404: (
        N_("Page not found"),
        N_("Nothing is at this address. If you copied it from a mail, copy all of it."),
    ),
    405: (N_("Not possible this way"), N_("Go back and use the buttons on the page.")),
    408: (
        N_("It took too long"),
        N_(
            "What you sent came too slowly, so nothing of it was kept. "
            "Try again, over another connection if you can."
        ),
    ),
    413: (
        N_("Too much was sent"),
        N_("What was sent is larger than we take, so nothing of it was kept. Send less."),
    ),
    414: (
        N_("This address is too long"),
        N_("No link of ours is as long as that. Copy the link from your mail again, and only it."),
    ),
    431: (
        N_("Too much came with the request"),
        N_("Delete the cookies of this site in your browser, open the link again, and try again."),
    ),
    500: (
        N_("Something went wrong on our side"),
        N_("Nothing was changed. Try again in a few minutes; the error was written down."),
    ),
    503: (
        N_("Too many are here at once"),
        N_("So nothing was done. Wait half a minute, then try again."),
    ),
}
AWAY_HEADING = N_("Not possible at the moment")
AWAY_WHEN_LOOKING = N_("Our records cannot be reached at the moment. Try again in a few minutes.")
AWAY_WHEN_SENDING = N_(
    "Our records cannot be reached at the moment, so what you sent may not have been saved. "
    "Try again in a few minutes, and look first whether it is there."
)
LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_WORDS = (
    N_("This page has been open too long"),
    N_("Go back, reload the page and send it again. Nothing was changed."),
)


def face_of(error: errors.LettersError) -> Face:
    """Return how an error is shown: by its own kind, or the nearest one above it."""
    for kind in type(error).__mro__:
        if kind in FACES:
            return FACES[kind]
    return FACES[errors.LettersError]


def say(error: errors.LettersError) -> str:
    """Return the error's sentence in the reader's language."""
    return wording.sentence(error.sentence, error.values, gettext)


def say_problem(problem: errors.Problem) -> str:
    """Return the sentence about one field in the reader's language."""
    return wording.sentence(problem.sentence, problem.values, gettext)


def install(app: Flask) -> None:
    """Answer every error with words; people get a page, programs get problem+json."""
    app.register_error_handler(errors.LettersError, _letters_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    for kind in AWAY:
        app.register_error_handler(kind, _database_away)
    app.register_error_handler(Exception, _unexpected)


def _letters_error(error: errors.LettersError) -> ResponseReturnValue:
    face = face_of(error)
    if face.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("refused", error=type(error).__name__)
    if is_api():
        return problem_answer(
            face.status, gettext(face.heading), say(error), _problems(error), type(error).__name__
        )
    return _page(error, face.status, gettext(face.heading), say(error), _again(error))


def _problems(error: errors.LettersError) -> list[tuple[str, str]]:
    if not isinstance(error, errors.InvalidInput):
        return []
    return [(problem.field, say_problem(problem)) for problem in error.problems]


@dataclass(frozen=True)
class Again:
    """What the form "send me a new link" needs."""

    purpose: Purpose
    token: str


def _again(error: errors.LettersError) -> Again | None:
    """A genuine link that no longer works: its own token says where a new one is to go."""
    token = (request.view_args or {}).get("token")
    if not isinstance(error, errors.LinkKnown) or token is None:
        return None
    return Again(Purpose(error.purpose), token)


def _csrf_error(error: CSRFError) -> ResponseReturnValue:
    heading, sentence = CSRF_WORDS
    return _page(error, HTTPStatus.BAD_REQUEST, gettext(heading), gettext(sentence))


def _http_error(error: HTTPException) -> ResponseReturnValue:
    """Redirects and the like go through unchanged; errors get our words."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    if is_api():
        return http_problem(error)
    if isinstance(error, TooManyRequests):
        return _too_often(error)
    ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    nearest = HTTPStatus.INTERNAL_SERVER_ERROR if ours else HTTPStatus.BAD_REQUEST
    words = HTTP_WORDS.get(status, HTTP_WORDS[nearest])
    heading, sentence = map(gettext, words)
    answer = _page(error, HTTPStatus(status), heading, sentence)
    if isinstance(error, MethodNotAllowed):
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    if isinstance(error, ServiceUnavailable) and error.retry_after:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _database_away(error: Exception) -> ResponseReturnValue:
    """Nothing is wrong with the request. After a commit that failed, it may have been done."""
    log.error(
        "database_away",
        rule=str(request.url_rule),
        error=type(error).__name__,
        where=places(error),
    )
    if is_api():
        return http_problem(Unavailable())
    sentence = AWAY_WHEN_LOOKING if request.method in LOOKING else AWAY_WHEN_SENDING
    status = HTTPStatus.SERVICE_UNAVAILABLE
    answer = _page(error, status, gettext(AWAY_HEADING), gettext(sentence))
    answer.headers["Retry-After"] = str(Unavailable.SECONDS)
    return answer


def _too_often(error: TooManyRequests) -> Response:
    seconds = seconds_to_wait()
    sentence = ngettext(
        "This was tried very often in a short time. Wait a minute and try again.",
        "This was tried very often in a short time. Wait %(num)s minutes and try again.",
        math.ceil(seconds / 60),
    )
    status = HTTPStatus.TOO_MANY_REQUESTS
    answer = _page(error, status, gettext("Too many attempts"), sentence)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _unexpected(error: Exception) -> ResponseReturnValue:
    """A programming error: loud in the log, calm on the page."""
    log.error(
        "unexpected",
        rule=str(request.url_rule),
        error=type(error).__name__,
        where=places(error),
    )
    heading, sentence = (gettext(words) for words in HTTP_WORDS[500])
    if is_api():
        return problem_answer(HTTPStatus.INTERNAL_SERVER_ERROR, heading, sentence)
    return _page(error, HTTPStatus.INTERNAL_SERVER_ERROR, heading, sentence)


def _page(
    error: Exception,
    status: HTTPStatus,
    heading: str,
    sentence: str,
    again: Again | None = None,
) -> Response:
    page = render_template(
        "errors/problem.html",
        heading=heading,
        sentence=sentence,
        again=again,
        back=way_back(error),
        inside=is_signed_in(),
    )
    return make_response(page, status)
