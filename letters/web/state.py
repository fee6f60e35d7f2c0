"""What views need from the application they run in."""

from typing import cast

from flask import current_app, request
from flask_login import current_user

from letters.domain.journal import ActorKind
from letters.house import House
from letters.records.database import AWAY
from letters.services.work import Actor
from letters.web import opened, places

KEY = "letters"


def house() -> House:
    """Return the house of the running application."""
    return cast("House", current_app.extensions[KEY])


APPLICANT = Actor(ActorKind.APPLICANT, "web")
REFEREE = Actor(ActorKind.REFEREE, "web")
SYSTEM = Actor(ActorKind.SYSTEM, "web")


def applicant_here() -> Actor:
    """Return an applicant as the one who acts, with from where."""
    return Actor(ActorKind.APPLICANT, "web", place=places.here())


def referee_here() -> Actor:
    """Return a referee as the one who acts, with from where and what this browser had opened."""
    return Actor(ActorKind.REFEREE, "web", place=places.here(), opened=opened.here())


def is_api() -> bool:
    """Say whether this request is one of a program and not of a person."""
    return request.path.startswith("/api/")


def is_signed_in() -> bool:
    """Say whether a coordinator reads one of their pages; no while nobody can know."""
    if not request.path.startswith("/coordinate"):
        return False
    try:
        return bool(current_user.is_authenticated)
    except AWAY:
        return False
