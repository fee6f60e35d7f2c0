"""Signing in by a mailed link. Opening the link changes nothing: mail scanners open links."""

import secrets
from http import HTTPStatus
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import UserMixin, current_user, login_user, logout_user

from letters.domain import sessions as lasting
from letters.domain.errors import InvalidInput, LinksNotMailed, LinkUsed
from letters.domain.journal import ActorKind
from letters.ports import Purpose
from letters.records import Coordinator, SignIn
from letters.records.database import AWAY
from letters.services import sessions, signing_in
from letters.services.work import Actor
from letters.web import browsers, limits
from letters.web.errors import Again, face_of, say
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.state import SYSTEM, house, is_signed_in
from letters.web.ways_back import to_programs

bp = Blueprint("signin", __name__)

NEXT = "next"
BROWSER = "browser"
"""Where the session of a browser keeps what it can prove itself with."""


_UNKNOWN = "unknown"
"""Where a request keeps that nobody can know who is signed in."""


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login has no annotations
    """The coordinator who is signed in, for Flask-Login."""

    def __init__(self, sign_in: SignIn) -> None:
        self.sign_in_id = sign_in.id
        self.coordinator = sign_in.coordinator

    def get_id(self) -> str:
        """Return what the cookie remembers."""
        return str(self.sign_in_id)


def load(remembered: str) -> SignedIn | None:
    """Return who the cookie remembers, or None if their session is over.

    That it is in use is written down now and then, the one thing that looking at a page changes.
    While the database is away this is raised once: the page that says so asks again, for nobody.
    """
    try:
        sign_in_id = UUID(remembered)
    except ValueError:
        return None
    if g.get(_UNKNOWN, False):
        return None
    try:
        return _found(sign_in_id)
    except AWAY:
        g.setdefault(_UNKNOWN, True)
        raise


def _found(sign_in_id: UUID) -> SignedIn | None:
    with house().works.look(SYSTEM) as work:
        found = sessions.going_on(work, sign_in_id)
        now = work.now
    if found is None or found.seen_at is None:
        return None
    if lasting.is_worth_noting(found.seen_at, now):
        with house().works.change(SYSTEM) as work:
            sessions.note_use(work, sign_in_id)
    return SignedIn(found)


def check() -> ResponseReturnValue | None:
    """The guard COORDINATOR: ask whoever is not signed in to do so, then come back."""
    if current_user.is_authenticated:
        return None
    if request.method == "GET":
        session[NEXT] = request.full_path.rstrip("?")
    return redirect(url_for("signin.form"), HTTPStatus.SEE_OTHER)


def signed_in() -> Coordinator:
    """Return the coordinator who is signed in."""
    return _user().coordinator


def this_session() -> UUID:
    """Return the id of the session in this browser."""
    return _user().sign_in_id


def _user() -> SignedIn:
    user: SignedIn = current_user._get_current_object()  # noqa: SLF001 -- Werkzeug's documented way to unwrap a proxy
    return user


def here() -> str:
    """Return a short name of the browser that asks."""
    return browsers.named(request.user_agent.string)


def browser_secret() -> str:
    """Return what this browser alone knows, so that a link it asks for opens nowhere else."""
    secret: str = session.setdefault(BROWSER, secrets.token_urlsafe(32))
    # A link is often opened after the browser was closed.
    session.permanent = True
    return secret


def acting() -> Actor:
    """Return the signed-in coordinator as the one who acts."""
    return Actor(ActorKind.COORDINATOR, "web", signed_in().id)


@bp.get("/coordinate/sign-in")
@guarded(Guard.PUBLIC)
def form() -> ResponseReturnValue:
    """Ask for the address."""
    return _form()


@bp.post("/coordinate/sign-in")
@guarded(Guard.PUBLIC)
@limiter.limit(limits.SIGN_INS_PER_CALLER)
@limiter.limit(
    limits.SIGN_INS_PER_ADDRESS, key_func=limits.by_typed_address, deduct_when=limits.was_done
)
def ask() -> ResponseReturnValue:
    """Mail a link if this is a coordinator's address; the answer is the same either way."""
    email = request.form.get("email", "")
    check_links_are_mailed()
    try:
        with house().works.change(SYSTEM) as work:
            signing_in.mail_link_to(work, email, browser_secret())
    except InvalidInput as invalid:
        return _form(missing=True), face_of(invalid).status
    return link_sent()


def _form(*, missing: bool = False) -> str:
    settings = house().settings
    return render_template(
        "coordinator/sign_in.html",
        missing=missing,
        mailed_links=settings.mailed_links,
        provider=settings.openid,
    )


def check_links_are_mailed() -> None:
    """Raise LinksNotMailed where the provider is the only way to sign in."""
    settings = house().settings
    if settings.openid is not None and not settings.mailed_links:
        raise LinksNotMailed(name=settings.openid.name)


@bp.get("/coordinate/sign-in/<token>")
@guarded(Guard.LINK)
@limits.guesses_end
def confirm(token: str) -> ResponseReturnValue:
    """Show the button that signs in."""
    with house().works.look(SYSTEM) as work:
        coordinator = signing_in.check_link(work, token, session.get(BROWSER))
    return render_template("coordinator/confirm.html", coordinator=coordinator, token=token)


@bp.post("/coordinate/sign-in/<token>")
@guarded(Guard.LINK)
@limits.guesses_end
def enter(token: str) -> ResponseReturnValue:
    """Sign in, and use the link up."""
    with house().works.change(SYSTEM) as work:
        begun = signing_in.use_link(work, token, session.get(BROWSER), here())
    return begin(begun)


@bp.errorhandler(LinkUsed)
def used(error: LinkUsed) -> ResponseReturnValue:
    """Lead whoever went back to their link on to the programs; mail others a new one."""
    inside = is_signed_in()
    page = render_template(
        "errors/problem.html",
        heading=gettext(face_of(error).heading),
        sentence=gettext("It signs in once, and you are signed in.") if inside else say(error),
        again=None if inside else Again(Purpose(error.purpose), (request.view_args or {})["token"]),
        back=to_programs() if inside else None,
        inside=inside,
    )
    return page, face_of(error).status


def begin(begun: SignIn) -> ResponseReturnValue:
    """Remember a session in this browser, and lead to the page that was wanted before."""
    target = _own_path(session.get(NEXT))
    session.clear()
    login_user(SignedIn(begun))
    session.permanent = True
    return redirect(target or url_for("coordinator.programs"), HTTPStatus.SEE_OTHER)


@bp.post("/coordinate/sign-in/<token>/again")
@guarded(Guard.LINK)
@limiter.limit(limits.SIGN_INS_PER_CALLER)
@limiter.limit(limits.LINKS_AGAIN, key_func=limits.by_sign_in_link)
def again(token: str) -> ResponseReturnValue:
    """Mail a new link, for this browser, to the address on file of whoever's old link this is."""
    check_links_are_mailed()
    with house().works.change(SYSTEM) as work:
        signing_in.mail_link_again(work, token, browser_secret())
    return link_sent()


@bp.post("/coordinate/sign-out")
@guarded(Guard.COORDINATOR)
def leave() -> ResponseReturnValue:
    """Sign out, and end the session."""
    with house().works.change(SYSTEM) as work:
        sessions.end(work, signed_in().id, this_session())
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
