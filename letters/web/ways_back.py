"""Where the page of an error leads back to."""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext

from letters.domain import errors

_NOT_SIGNED_IN = (
    errors.OpenIdRefused,
    errors.OpenIdFailed,
    errors.OpenIdUnavailable,
    errors.LinksNotMailed,
)


@dataclass(frozen=True)
class Back:
    """Where a refused act leads back to."""

    url: str
    words: str


def way_back(error: errors.LettersError) -> Back | None:
    """For who has a link, the page behind it; for who did not get in, the sign-in."""
    if isinstance(error, _NOT_SIGNED_IN):
        return Back(url_for("signin.form"), gettext("Back to the sign-in"))
    token = (request.view_args or {}).get("token")
    if token is None or not isinstance(error, errors.NotAllowed | errors.InvalidInput):
        return None
    if request.path.startswith("/application/"):
        words = gettext("Back to the status of the application")
        return Back(url_for("applicant.status", token=token), words)
    if request.blueprint == "overview":
        words = gettext("Back to all that is asked of you")
        return Back(url_for("overview.page", token=token), words)
    if request.path.startswith("/letter/"):
        words = gettext("Back to the page of this letter")
        return Back(url_for("referee.page", token=token), words)
    return None


def to_programs() -> Back:
    """For a coordinator, when nothing nearer is known."""
    return Back(url_for("coordinator.programs"), gettext("Back to your programs"))
