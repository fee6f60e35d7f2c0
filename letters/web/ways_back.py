"""Where the page of an error leads back to: the page that it was about, where the address tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from letters.domain import errors
from letters.domain.words import N_
from letters.records.database import AWAY
from letters.services import belonging, dashboard
from letters.web.state import SYSTEM, house, is_signed_in

_NOT_SIGNED_IN = (
    errors.OpenIdRefused,
    errors.OpenIdFailed,
    errors.OpenIdUnavailable,
    errors.LinksNotMailed,
)
_BEHIND_LINKS = {
    "/application/": ("applicant.status", N_("Back to the status of the application")),
    "/applications/": ("all_applications.page", N_("Back to all your applications")),
    "/notice/": ("notice.page", N_("Back to the advance notice")),
    "/letter/": ("referee.page", N_("Back to the page of this letter")),
    "/coordinate/digest/": ("digest.behind_link", N_("Back to your digests")),
}
"""The page behind each kind of link, by how its address begins."""


@dataclass(frozen=True)
class Back:
    """Where a refused act leads back to."""

    url: str
    words: str


def way_back(error: Exception) -> Back | None:
    """Return where who reads of an error gets on; None where nothing of them is known.

    For who has a link that opens, that is the page behind it; for a coordinator the application or
    the program, if they may see it; for who did not get in, the sign-in.
    """
    if isinstance(error, _NOT_SIGNED_IN):
        return Back(url_for("signin.form"), gettext("Back to the sign-in"))
    inside = is_signed_in()
    place = _place()
    back = None if isinstance(error, errors.LinkError) else _behind_the_link(place)
    if back is None and not isinstance(error, errors.NotFound | NotFound):
        back = _of_a_program(place)
    if inside and back is None and _records_can_be_asked(error):
        back = _for_coordinators(place)
    if back is not None and not _is_here(back):
        return back
    return to_programs() if inside else None


def to_programs() -> Back:
    """For a coordinator, when nothing nearer is known."""
    return Back(url_for("coordinator.programs"), gettext("Back to your programs"))


@dataclass(frozen=True)
class Place:
    """What is at the address that was asked for, and what the address names."""

    endpoint: str
    named: Mapping[str, Any]


def _place() -> Place:
    """Return what is at this address, even where the method does not fit it."""
    refused = request.routing_exception
    if isinstance(refused, MethodNotAllowed) and refused.valid_methods:
        adapter = current_app.create_url_adapter(request)
        if adapter is not None:
            # Whoever wants a websocket is told of pages as well.
            return Place(*adapter.match(method=min(refused.valid_methods), websocket=False))
    return Place(request.endpoint or "", request.view_args or {})


def _behind_the_link(place: Place) -> Back | None:
    token = place.named.get("token")
    if token is None:
        return None
    if place.endpoint.startswith("overview."):
        words = gettext("Back to all that is asked of you")
        return Back(url_for("overview.page", token=token), words)
    for beginning, (endpoint, words) in _BEHIND_LINKS.items():
        if request.path.startswith(beginning):
            return Back(url_for(endpoint, token=token), gettext(words))
    return None


def _of_a_program(place: Place) -> Back | None:
    """Return the page of a program for everybody, for who was elsewhere in it."""
    slug = place.named.get("slug")
    if slug is None or not request.path.startswith("/programs/"):
        return None
    return Back(url_for("public.program", slug=slug), gettext("Back to the program"))


def _records_can_be_asked(error: Exception) -> bool:
    """Say whether it is an error of the kinds after which the database answers as ever."""
    return isinstance(error, errors.LettersError | HTTPException)


def _for_coordinators(place: Place) -> Back | None:
    """Return the nearest page of which the address tells, if its reader may see that."""
    try:
        return _about_what_is_named(place.named)
    except (errors.LettersError, *AWAY):
        return None


def _about_what_is_named(named: Mapping[str, Any]) -> Back | None:
    coordinator = current_user.coordinator
    with house().works.look(SYSTEM) as work:
        application_id = belonging.application_named(work, coordinator, named)
        if application_id is not None:
            url = url_for("coordinator.application", application_id=application_id)
            return Back(url, gettext("Back to the application"))
        if "slug" in named:
            slug = dashboard.program_run_by(work, coordinator, named["slug"]).slug
            url = url_for("coordinator.applications", slug=slug)
            return Back(url, gettext("Back to the program"))
    return None


def _is_here(back: Back) -> bool:
    """Say whether it is this very page that failed."""
    here = request.script_root + request.full_path.rstrip("?")
    return request.method in {"GET", "HEAD"} and back.url == here
