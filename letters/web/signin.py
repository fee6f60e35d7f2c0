"""Signing in by a mailed link. Opening the link changes nothing: mail scanners open links."""

from http import HTTPStatus
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user, login_user, logout_user

from letters.domain.errors import LinkKnown
from letters.domain.journal import ActorKind
from letters.records import Coordinator
from letters.services import signing_in
from letters.services.work import Actor
from letters.web import limits
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.state import SYSTEM, house

bp = Blueprint("signin", __name__)

NEXT = "next"


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login has no annotations
    """The coordinator who is signed in, for Flask-Login."""

    def __init__(self, coordinator: Coordinator) -> None:
        self.coordinator = coordinator

    def get_id(self) -> str:
        """Return what the session remembers."""
        return str(self.coordinator.id)


def load(remembered: str) -> SignedIn | None:
    """Return who the session remembers, or None if they are no coordinator any more."""
    try:
        coordinator_id = UUID(remembered)
    except ValueError:
        return None
    with house().works.look(SYSTEM) as work:
        found = signing_in.coordinator(work, coordinator_id)
    return SignedIn(found) if found else None


def check() -> ResponseReturnValue | None:
    """The guard COORDINATOR: ask whoever is not signed in to do so, then come back."""
    if current_user.is_authenticated:
        return None
    if request.method == "GET":
        session[NEXT] = request.full_path.rstrip("?")
    return redirect(url_for("signin.form"), HTTPStatus.SEE_OTHER)


def signed_in() -> Coordinator:
    """Return the coordinator who is signed in."""
    user: SignedIn = current_user._get_current_object()  # noqa: SLF001 -- Werkzeug's documented way to unwrap a proxy
    return user.coordinator


def acting() -> Actor:
    """Return the signed-in coordinator as the one who acts."""
    return Actor(ActorKind.COORDINATOR, "web", signed_in().id)


@bp.get("/coordinate/sign-in")
@guarded(Guard.PUBLIC)
def form() -> ResponseReturnValue:
    """Ask for the address."""
    return render_template("coordinator/sign_in.html", email="")


@bp.post("/coordinate/sign-in")
@guarded(Guard.PUBLIC)
@limiter.limit(limits.SIGN_INS_PER_CALLER)
@limiter.limit(limits.SIGN_INS_PER_ADDRESS, key_func=limits.by_typed_address)
def ask() -> ResponseReturnValue:
    """Mail a link if this is a coordinator's address; the answer is the same either way."""
    email = request.form.get("email", "").strip()
    if not email:
        return render_template(
            "coordinator/sign_in.html", email="", missing=True
        ), HTTPStatus.UNPROCESSABLE_ENTITY
    with house().works.change(SYSTEM) as work:
        signing_in.mail_link(work, email)
    return link_sent()


@bp.get("/coordinate/sign-in/<token>")
@guarded(Guard.LINK)
def confirm(token: str) -> ResponseReturnValue:
    """Show the button that signs in."""
    with house().works.look(SYSTEM) as work:
        coordinator = signing_in.check_link(work, token)
    return render_template("coordinator/confirm.html", coordinator=coordinator, token=token)


@bp.post("/coordinate/sign-in/<token>")
@guarded(Guard.LINK)
def enter(token: str) -> ResponseReturnValue:
    """Sign in, and use the link up."""
    with house().works.change(SYSTEM) as work:
        coordinator = signing_in.use_link(work, token)
    return begin(coordinator)


def begin(coordinator: Coordinator) -> ResponseReturnValue:
    """Sign somebody in in this browser, and lead to the page that was wanted before."""
    target = _own_path(session.get(NEXT))
    session.clear()
    login_user(SignedIn(coordinator))
    session.permanent = True
    return redirect(target or url_for("coordinator.programs"), HTTPStatus.SEE_OTHER)


@bp.post("/coordinate/sign-in/<token>/again")
@guarded(Guard.LINK)
@limiter.limit(limits.SIGN_INS_PER_CALLER)
def again(token: str) -> ResponseReturnValue:
    """Mail a new link to the address on file of the coordinator whose old link this is."""
    with house().works.change(SYSTEM) as work:
        try:
            coordinator = signing_in.check_link(work, token)
        except LinkKnown as known:
            coordinator = work.session.get_one(Coordinator, known.row_id)
        signing_in.mail_link(work, coordinator.email)
    return link_sent()


@bp.post("/coordinate/sign-out")
@guarded(Guard.COORDINATOR)
def leave() -> ResponseReturnValue:
    """Sign out."""
    logout_user()
    session.clear()
    return redirect(url_for("signin.form"), HTTPStatus.SEE_OTHER)


def link_sent() -> ResponseReturnValue:
    """Say that a sign-in link is on its way, if there is somebody to send it to."""
    return render_template(
        "coordinator/sent.html", minutes=int(signing_in.LINK_LIFETIME.total_seconds() // 60)
    )


def _own_path(target: str | None) -> str | None:
    """Only a path of the dashboard: never another host, whatever the session says."""
    if target is None:
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not parts.path.startswith("/coordinate/"):
        return None
    return target
