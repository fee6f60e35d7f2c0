"""For the one who runs it: is the process up, can it work, and how do the mails stand."""

import hmac
from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, abort, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from letters.services.mail_queue import oldest_due_at, queue_now
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
    try:
        with house().works.look(SYSTEM) as work:
            work.session.execute(text("SELECT 1"))
            oldest = oldest_due_at(work)
            waited = work.now - oldest if oldest else timedelta()
    except SQLAlchemyError:
        return jsonify(status="the database does not answer"), HTTPStatus.SERVICE_UNAVAILABLE
    limit = house().settings.late_after
    if limit is not None and waited > limit:
        minutes = int(waited.total_seconds() // 60)
        late = f"a mail has been due for {minutes} minutes: is `letters worker` running?"
        return jsonify(status=late), HTTPStatus.SERVICE_UNAVAILABLE
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
