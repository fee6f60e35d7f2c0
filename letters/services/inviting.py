"""The link in an invitation: it signs the invited person in, once, within a week."""

from datetime import datetime, timedelta

from sqlalchemy import select

from letters.domain.errors import LinkExpired, LinkInvalid, LinkUsed
from letters.ports import Purpose
from letters.records import Coordinator, HowSignedIn, SignIn
from letters.services import sessions
from letters.services.work import Work

INVITATION_LIFETIME = timedelta(days=7)


def open_invitation(work: Work, invited: Coordinator) -> None:
    """Let the invitation of somebody who has never signed in open from now on."""
    invited.invited_at = work.now
    invited.invited_until = work.now + INVITATION_LIFETIME


def is_open(invited: Coordinator, now: datetime) -> bool:
    """Say whether the invitation still opens."""
    return invited.invited_until is not None and now <= invited.invited_until


def invitation_url(work: Work, invited: Coordinator) -> str:
    """Return the present invitation link of a coordinator."""
    generation = invited.invitation_generation
    return work.tools.links.url(Purpose.INVITATION, invited.id, generation)


def check_invitation(work: Work, token: str) -> Coordinator:
    """Return whom an invitation would sign in, without using it up.

    Raises LinkInvalid, LinkUsed, or LinkExpired, also when it was withdrawn.
    """
    return _invited_behind(work, token, lock=False)


def use_invitation(work: Work, token: str, browser: str) -> SignIn:
    """Use an invitation up, and return the session that it begins.

    Raises what check_invitation raises.
    """
    invited = _invited_behind(work, token, lock=True)
    invited.invitation_generation += 1
    return sessions.begin(work, invited, HowSignedIn.INVITATION, browser)


def _invited_behind(work: Work, token: str, *, lock: bool) -> Coordinator:
    payload = work.tools.links.read(Purpose.INVITATION, token)
    query = select(Coordinator).where(Coordinator.id == payload.row_id)
    found = work.session.scalar(query.with_for_update() if lock else query)
    if found is None or payload.generation > found.invitation_generation:
        raise LinkInvalid
    if payload.generation < found.invitation_generation:
        raise LinkUsed(Purpose.INVITATION, found.id)
    if not is_open(found, work.now):
        raise LinkExpired(Purpose.INVITATION, found.id)
    return found
