"""For the one who runs it: is the process up, and can it work."""

from http import HTTPStatus

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from letters.web.guards import Guard, guarded
from letters.web.state import SYSTEM, house

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@guarded(Guard.PUBLIC)
def alive() -> ResponseReturnValue:
    """Say that the process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@guarded(Guard.PUBLIC)
def ready() -> ResponseReturnValue:
    """Say whether the database answers too."""
    try:
        with house().works.look(SYSTEM) as work:
            work.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(status="the database does not answer"), HTTPStatus.SERVICE_UNAVAILABLE
    return jsonify(status="ok")
