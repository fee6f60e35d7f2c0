"""Coordinators whom an OpenID Connect provider vouches for."""

from dataclasses import dataclass

from sqlalchemy import select

from letters.domain.errors import (
    OpenIdNotVerified,
    OpenIdTaken,
    OpenIdUnknown,
    UnknownCoordinator,
)
from letters.records import Coordinator, HowSignedIn, SignIn
from letters.services import finding, sessions
from letters.services.work import Work


@dataclass(frozen=True)
class Identity:
    """Whom the provider `name` vouches for: the claims iss, sub and email of its ID token."""

    name: str
    issuer: str
    subject: str
    email: str | None


def sign_in(work: Work, identity: Identity, browser: str) -> SignIn:
    """Return the session that begins for whoever the provider vouches for.

    The first time, the verified address says who it is; from then on the account does, whatever
    address it has. Raises OpenIdNotVerified, OpenIdUnknown or OpenIdTaken.
    """
    coordinator = _by_account(work, identity) or _by_address(work, identity)
    coordinator.openid_issuer = identity.issuer
    coordinator.openid_subject = identity.subject
    return sessions.begin(work, coordinator, HowSignedIn.OPENID, browser)


def forget_account(coordinator: Coordinator) -> None:
    """Let the address say once more who somebody is, as when they got a new account."""
    coordinator.openid_issuer = None
    coordinator.openid_subject = None


def _by_account(work: Work, identity: Identity) -> Coordinator | None:
    query = select(Coordinator).where(
        Coordinator.openid_issuer == identity.issuer,
        Coordinator.openid_subject == identity.subject,
    )
    return work.session.scalar(query.with_for_update())


def _by_address(work: Work, identity: Identity) -> Coordinator:
    if identity.email is None:
        raise OpenIdNotVerified(name=identity.name)
    try:
        coordinator = finding.coordinator_by_email(work, identity.email)
    except UnknownCoordinator:
        raise OpenIdUnknown(email=identity.email) from None
    work.session.refresh(coordinator, with_for_update=True)
    if coordinator.openid_subject is not None:
        raise OpenIdTaken(email=identity.email)
    return coordinator
