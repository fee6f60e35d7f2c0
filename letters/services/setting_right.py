"""What a clock that ran ahead for a while left behind: instants so far off that all would wait.

A machine may begin with a wrong clock, and have it set right an hour later. What was written in
between, with instants that are a year away, is brought back to the present. Nothing is touched
where the present clock may be the wrong one, and behind.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import (
    CursorResult,
    Delete,
    ScalarSelect,
    Update,
    delete,
    func,
    select,
    update,
)

from letters.domain.journal import MessageKind
from letters.domain.status import RequestStatus
from letters.records import (
    JournalEntry,
    LetterRequest,
    MailTurn,
    OutboxMessage,
    OutboxStatus,
    in_status,
    program_coordinators,
)
from letters.services.work import Work

AN_HOUR = timedelta(hours=1)
"""Longer than a lease, and than any turn."""
LONGEST_WAIT = timedelta(days=7)
"""No mail is put off for longer by a clock that is right."""
A_SLOT = timedelta(days=2)
"""What was told a little ahead of now keeps the digest of that day from coming twice."""
LONGEST_CLIMB = timedelta(days=30)
"""Reminders take along what is two days ahead; a clock that was wrong by less is waited for."""


def set_right(work: Work) -> int:
    """Bring back to the present what lies too far ahead; return how many rows that was."""
    if not _most_has_happened(work):
        return 0
    done = [work.session.execute(statement) for statement in _statements(work.now)]
    return sum(result.rowcount for result in done if isinstance(result, CursorResult))


def _most_has_happened(work: Work) -> bool:
    """Say whether half of the journal lies behind us: by a clock that is behind it does not."""
    middle = select((func.min(JournalEntry.seq) + func.max(JournalEntry.seq)) / 2)
    at = work.session.scalar(
        select(JournalEntry.at)
        .where(JournalEntry.seq >= middle.scalar_subquery())
        .order_by(JournalEntry.seq)
        .limit(1)
    )
    return at is None or at <= work.now


def _statements(now: datetime) -> Iterator[Update | Delete]:
    outbox, request, member = OutboxMessage, LetterRequest, program_coordinators.c
    queued, sending = in_status(OutboxStatus.QUEUED), in_status(OutboxStatus.SENDING)
    requested = request.status == RequestStatus.REQUESTED
    yield _brought(
        update(outbox).where(queued, outbox.not_before > now + LONGEST_WAIT), not_before=now
    )
    yield _brought(
        update(outbox).where(sending, outbox.lease_until > now + AN_HOUR), lease_until=now
    )
    yield delete(MailTurn).where(MailTurn.free_at > now + AN_HOUR)
    yield _brought(
        update(program_coordinators).where(member.digested_at > now + A_SLOT),
        digested_at=func.coalesce(_last_digest(now), now),
    )
    yield _brought(
        update(request).where(requested, request.ladder_at > now + LONGEST_CLIMB),
        ladder_at=now,
        remind_next_at=None,
    )
    yield _brought(
        update(request).where(requested, request.reminded_at > now + LONGEST_CLIMB),
        reminded_at=now,
        remind_next_at=None,
    )


def _last_digest(now: datetime) -> ScalarSelect[datetime]:
    """Return when the coordinator's last digest was planned by a clock that was right."""
    return (
        select(func.max(OutboxMessage.created_at))
        .where(
            OutboxMessage.kind == MessageKind.DIGEST,
            OutboxMessage.coordinator_id == program_coordinators.c.coordinator_id,
            OutboxMessage.status == OutboxStatus.SENT,
            OutboxMessage.created_at <= now,
        )
        .scalar_subquery()
    )


def _brought(statement: Update, **values: object) -> Update:
    return statement.values(**values).execution_options(synchronize_session=False)
