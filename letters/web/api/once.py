"""Answering a POST: one transaction, done once under an Idempotency-Key."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, request

from letters.domain.words import N_
from letters.services.idempotency import HEADER, Answer, Call, once
from letters.services.work import Work
from letters.web.api.answers import Facts
from letters.web.api.keys import caller
from letters.web.api.problems import Refusal
from letters.web.state import house

REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 200
VISIBLE = re.compile(rf"[!-~]{{1,{LONGEST_KEY}}}")
BAD_KEY = N_(
    "The header Idempotency-Key takes 1 to 200 visible ASCII characters; a random UUID is a good "
    "choice."
)

Do = Callable[[Work], Facts]
Finish = Callable[[Work, Mapping[str, Any]], Facts]


def answer_once(do: Do, status: HTTPStatus, finish: Finish | None = None) -> Response:
    """Do what was asked for and answer it, or answer again what was answered before.

    What `do` returns may be kept; `finish` adds, each time anew, what must not be.
    Raises Refusal for a key that is none, and what the use case raises.
    """
    call = _call()
    with house().works.change(caller().actor) as work:

        def answered() -> Answer:
            return Answer(status, do(work))

        answer = answered() if call is None else once(work, call, answered)
        facts = answer.facts if finish is None else finish(work, answer.facts)
    response = json_answer(facts, HTTPStatus(answer.status))
    if answer.replayed:
        response.headers[REPLAYED] = "true"
    return response


def json_answer(facts: Mapping[str, Any], status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return an answer with its fields in the order in which they are described."""
    return Response(
        json.dumps(facts, ensure_ascii=False), status=status, content_type="application/json"
    )


def _call() -> Call | None:
    """Return what makes this call the same as another, if the client wants that looked at."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not VISIBLE.fullmatch(key):
        raise Refusal(HTTPStatus.BAD_REQUEST, BAD_KEY)
    return Call(caller().key_id, key, _fingerprint())


def _fingerprint() -> str:
    """Method, path and body: neither of the first two can hold a line break."""
    head = f"{request.method}\n{request.path}\n".encode()
    return hashlib.sha256(head + request.get_data()).hexdigest()
