"""For the one who runs it: is the process up, can it work, and how do the mails stand."""

import hmac
from http import HTTPStatus

from flask import Blueprint, abort, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from letters.services.mail_queue import late_since, queue_now
from letters.web.guards import Guard, guarded
from letters.web.state import SYSTEM, house

CHALLENGE = 'Bearer realm="metrics"'

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@guarded(Guard.PUBLIC)
def alive() -> ResponseReturnValue:
    """Say that the process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@guarded(Guard.PUBLIC)
def ready() -> ResponseReturnValue:
    """Say whether the database answers too, and whether mails go out."""
    limit = house().settings.late_after
    try:
        with house().works.look(SYSTEM) as work:
            work.session.execute(text("SELECT 1"))
            late = late_since(work, limit) if limit else None
    except SQLAlchemyError:
        return jsonify(status="the database does not answer"), HTTPStatus.SERVICE_UNAVAILABLE
    if late is not None:
        minutes = int((work.now - late).total_seconds() // 60)
        status = (
            f"a mail has been due for {minutes} minutes: is `letters worker` running, and does the "
            "mail server take mail? Its log says, and so does `letters check`"
        )
        return jsonify(status=status), HTTPStatus.SERVICE_UNAVAILABLE
    return jsonify(status="ok")


@bp.get("/metrics")
@guarded(Guard.METRICS)
def metrics() -> ResponseReturnValue:
    """Say how the queue of mails stands, in the format of Prometheus."""
    with house().works.look(SYSTEM) as work:
        queue = queue_now(work)
    answer = make_response(house().metrics.of_queue(queue))
    answer.headers["Content-Type"] = house().metrics.content_type
    return answer


def check_metrics() -> ResponseReturnValue | None:
    """Let a request through that shows the token; without one set, there are no metrics."""
    expected = house().settings.metrics_token
    if not expected:
        abort(HTTPStatus.NOT_FOUND)
    given = request.authorization
    shown = given.token or "" if given is not None and given.type == "bearer" else ""
    if hmac.compare_digest(shown.encode(), expected.encode()):
        return None
    refused = make_response("Show the token of LETTERS_METRICS_TOKEN as a bearer.\n")
    refused.status_code = HTTPStatus.UNAUTHORIZED
    refused.headers["Content-Type"] = "text/plain; charset=utf-8"
    refused.headers["WWW-Authenticate"] = CHALLENGE
    return refused
