"""Coordinators sign in by a mailed link; no password exists."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from letters.domain.errors import LinkExpired, LinkInvalid, LinkReplaced, UnknownCoordinator
from letters.domain.journal import MessageKind
from letters.ports import Purpose
from letters.records import Coordinator, new_id
from letters.services import finding, inviting
from letters.services.happening import post
from letters.services.work import Work

LINK_LIFETIME = timedelta(minutes=15)


def mail_link(work: Work, email: str) -> bool:
    """Queue a sign-in link for a coordinator; say whether there is one by this address.

    The page that calls this must answer the same either way.
    """
    try:
        coordinator = finding.coordinator_by_email(work, email.strip())
    except UnknownCoordinator:
        return False
    coordinator.sign_in_until = work.now + LINK_LIFETIME
    post(work, MessageKind.SIGN_IN, f"sign_in:{new_id()}", coordinator_id=coordinator.id)
    return True


def make_link(work: Work, email: str) -> str:
    """Return a sign-in link for an operator to hand over. Raises UnknownCoordinator."""
    coordinator = finding.coordinator_by_email(work, email.strip())
    coordinator.sign_in_until = work.now + LINK_LIFETIME
    work.session.flush()
    return sign_in_url(work, coordinator)


def sign_in_url(work: Work, coordinator: Coordinator) -> str:
    """Return the present sign-in link of a coordinator."""
    return work.tools.links.url(Purpose.SIGN_IN, coordinator.id, coordinator.link_generation)


def check_link(work: Work, token: str) -> Coordinator:
    """Return whom a sign-in link would sign in, without using it up.

    Raises LinkInvalid, LinkReplaced when it was used, or LinkExpired.
    """
    return _coordinator_behind(work, token, lock=False)


def use_link(work: Work, token: str) -> Coordinator:
    """Return whom the link signs in, and use it up. Raises what check_link raises."""
    coordinator = _coordinator_behind(work, token, lock=True)
    coordinator.link_generation += 1
    coordinator.sign_in_until = None
    inviting.arrived(work, coordinator)
    return coordinator


def coordinator(work: Work, coordinator_id: UUID) -> Coordinator | None:
    """Return a coordinator, or None if they were removed since they signed in."""
    return work.session.get(Coordinator, coordinator_id)


def _coordinator_behind(work: Work, token: str, *, lock: bool) -> Coordinator:
    payload = work.tools.links.read(Purpose.SIGN_IN, token)
    query = select(Coordinator).where(Coordinator.id == payload.row_id)
    found = work.session.scalar(query.with_for_update() if lock else query)
    if found is None or payload.generation > found.link_generation:
        raise LinkInvalid
    if payload.generation < found.link_generation:
        raise LinkReplaced(Purpose.SIGN_IN, found.id)
    if found.sign_in_until is None or work.now > found.sign_in_until:
        raise LinkExpired(Purpose.SIGN_IN, found.id)
    return found
