"""Problem details (RFC 9457), the one form in which the API says that something is wrong."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType

from flask import Response
from flask_babel import gettext
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    ServiceUnavailable,
    TooManyRequests,
)

from letters.domain.words import N_
from letters.web.limits import seconds_to_wait

MEDIA_TYPE = "application/problem+json"
NO_KIND = "about:blank"


@dataclass(frozen=True)
class Words:
    """What is said of a status: a heading, and a sentence where nothing closer is known."""

    heading: str
    sentence: str


WORDS: Mapping[HTTPStatus, Words] = MappingProxyType(
    {
        HTTPStatus.BAD_REQUEST: Words(
            N_("The request was not understood"),
            N_("Check the address, the headers and the body of the request. Nothing was changed."),
        ),
        HTTPStatus.UNAUTHORIZED: Words(
            N_("A key is needed"), N_("Send a key in the header “Authorization: Bearer …”.")
        ),
        HTTPStatus.NOT_FOUND: Words(
            N_("Not found"),
            N_("There is nothing at this address. Check the path, and that its id is whole."),
        ),
        HTTPStatus.METHOD_NOT_ALLOWED: Words(
            N_("Not possible this way"),
            N_("This address does not take that method. The header “Allow” lists those it takes."),
        ),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Words(
            N_("Too much was sent"),
            N_("The body is larger than we take, so nothing of it was kept. Send less."),
        ),
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Words(
            N_("Not JSON"),
            N_("Send the body as JSON, with the header “Content-Type: application/json”."),
        ),
        HTTPStatus.TOO_MANY_REQUESTS: Words(
            N_("Too many requests"),
            N_("This key was used very often in a short time. Wait a minute and go on slower."),
        ),
        HTTPStatus.SERVICE_UNAVAILABLE: Words(
            N_("Not possible at the moment"),
            N_("Too many are here at once. Wait half a minute and send the request again."),
        ),
    }
)


class Refusal(HTTPException):
    """A request that is refused before any use case sees it. `sentence` is a message id."""

    def __init__(
        self, status: HTTPStatus, sentence: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(sentence)
        self.code = status
        self.sentence = sentence
        self.headers = dict(headers or {})


class Unavailable(Refusal):
    """The database is away; the same request can be sent again after SECONDS."""

    SECONDS = 30
    SENTENCE = N_(
        "The database does not answer at the moment. Wait half a minute and send the "
        "request again, with the same Idempotency-Key if it had one."
    )

    def __init__(self) -> None:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        super().__init__(status, self.SENTENCE, {"Retry-After": str(self.SECONDS)})


def http_problem(error: HTTPException) -> Response:
    """Answer an error of HTTP's own in the words of the API."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    words = WORDS.get(status, WORDS[HTTPStatus.BAD_REQUEST])
    sentence = error.sentence if isinstance(error, Refusal) else words.sentence
    answer = problem_answer(status, gettext(words.heading), gettext(sentence))
    answer.headers.update(_headers(error))
    return answer


def problem_answer(
    status: HTTPStatus,
    title: str,
    detail: str,
    errors: Sequence[tuple[str, str]] = (),
    kind: str = NO_KIND,
) -> Response:
    """Return an `application/problem+json` answer.

    `errors` lists pairs of a field's path (`referees.1.email`) and a sentence; `kind` is the
    problem's type: `about:blank`, or a short name that stays the same.
    """
    body: dict[str, object] = {
        "type": kind if kind == NO_KIND else f"urn:letters:problem:{kind}",
        "title": title,
        "status": status.value,
        "detail": detail,
    }
    if errors:
        body["errors"] = [{"field": field, "detail": sentence} for field, sentence in errors]
    return Response(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)


def _headers(error: HTTPException) -> Mapping[str, str]:
    """What a client is to know beside the words."""
    match error:
        case Refusal():
            return error.headers
        case TooManyRequests():
            return {"Retry-After": str(seconds_to_wait())}
        case ServiceUnavailable() if error.retry_after:
            return {"Retry-After": str(error.retry_after)}
        case MethodNotAllowed() if error.valid_methods:
            return {"Allow": ", ".join(sorted(error.valid_methods))}
    return {}
