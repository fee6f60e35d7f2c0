"""Who is signed in, where, and until when."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import joinedload

from letters.domain import sessions
from letters.domain.errors import UnknownSession
from letters.records import Coordinator, HowSignedIn, SignIn
from letters.services.work import Work


def begin(
    work: Work, coordinator: Coordinator, how: HowSignedIn, browser: str, link: SignIn | None = None
) -> SignIn:
    """Begin a session, on the row of the link that was used if there was one.

    The caller holds the lock on the coordinator. Links that are still under way are used up, since
    nobody needs them now; an open invitation neither.
    """
    begun = link or SignIn(coordinator=coordinator, asked_at=work.now)
    begun.how = how
    begun.browser = browser
    begun.began_at = begun.seen_at = work.now
    work.session.add(begun)
    work.session.flush()
    work.session.execute(
        update(SignIn)
        .where(
            SignIn.coordinator_id == coordinator.id,
            SignIn.began_at.is_(None),
            SignIn.ended_at.is_(None),
        )
        .values(ended_at=work.now)
    )
    arrived(work, coordinator)
    return begun


def arrived(work: Work, coordinator: Coordinator) -> None:
    """Remember a first sign-in. An invitation that is still open is not needed after any."""
    coordinator.joined_at = coordinator.joined_at or work.now
    coordinator.invited_until = None


def going_on(work: Work, sign_in_id: UUID) -> SignIn | None:
    """Return a session with its coordinator, in one statement; None when it is over."""
    query = select(SignIn).where(SignIn.id == sign_in_id).options(joinedload(SignIn.coordinator))
    found = work.session.scalar(query)
    return found if found is not None and _goes_on(found, work) else None


def note_use(work: Work, sign_in_id: UUID) -> None:
    """Write down that a session is in use."""
    work.session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.seen_at < work.now)
        .values(seen_at=work.now)
    )


def of_coordinator(work: Work, coordinator_id: UUID) -> Sequence[SignIn]:
    """Return the sessions of somebody that go on, the one used last first."""
    query = (
        select(SignIn)
        .where(
            SignIn.coordinator_id == coordinator_id,
            SignIn.began_at.is_not(None),
            SignIn.ended_at.is_(None),
        )
        .order_by(SignIn.seen_at.desc(), SignIn.id)
    )
    return [found for found in work.session.scalars(query) if _goes_on(found, work)]


def end(work: Work, coordinator_id: UUID, sign_in_id: UUID) -> None:
    """End one of somebody's own sessions, at once; one that is over stays as it is.

    Raises UnknownSession.
    """
    found = work.session.scalar(
        select(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.coordinator_id == coordinator_id)
        .with_for_update()
    )
    if found is None:
        raise UnknownSession
    found.ended_at = found.ended_at or work.now


def end_all(work: Work, coordinator_id: UUID, but: UUID | None = None) -> None:
    """End all sessions of somebody, and their links, at once; perhaps `but` one."""
    ended = update(SignIn).where(SignIn.coordinator_id == coordinator_id, SignIn.ended_at.is_(None))
    if but is not None:
        ended = ended.where(SignIn.id != but)
    work.session.execute(ended.values(ended_at=work.now))


def forget_old(work: Work, coordinator_id: UUID) -> None:
    """Delete what nobody looks back at: links never used, and sessions long over."""
    long_ago = work.now - sessions.KEPT
    work.session.execute(
        delete(SignIn).where(
            SignIn.coordinator_id == coordinator_id,
            or_(SignIn.link_until < long_ago, SignIn.link_until.is_(None)),
            or_(SignIn.seen_at < long_ago, SignIn.seen_at.is_(None)),
        )
    )


def _goes_on(found: SignIn, work: Work) -> bool:
    if found.began_at is None or found.seen_at is None or found.ended_at is not None:
        return False
    return not sessions.is_over(found.began_at, found.seen_at, work.now)
