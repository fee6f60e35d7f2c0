"""How the queue of mails stands, for those who keep watch."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, literal, select, true, union_all

from letters.domain.journal import MessageKind
from letters.ports import MailQueue
from letters.records import OutboxMessage, OutboxStatus, in_status
from letters.services.mail_turns import need_not_wait
from letters.services.work import Work


def queue_now(work: Work) -> MailQueue:
    """Return how many mails wait, are due, are being sent and were given up, in two statements."""
    counts: dict[str, dict[MessageKind, int]] = {}
    for state, kind, count in work.session.execute(union_all(*_counts(work.now))):
        counts.setdefault(state, {})[MessageKind(kind)] = count
    return MailQueue(work.now, counts, oldest_due_at(work))


def oldest_due_at(work: Work) -> datetime | None:
    """Return since when the oldest mail that could go is due, or its lease ran out; None if none.

    What waits for another attempt or for its day is not due.
    """
    return _oldest(work, true())


def late_since(work: Work, limit: timedelta) -> datetime | None:
    """Return since when the oldest mail is due that ought to be gone by now; None if none is late.

    What waits for its turn is not late, as long as turns are taken.
    """
    oldest = _oldest(work, need_not_wait(work.now - limit))
    return oldest if oldest is not None and work.now - oldest > limit else None


def _oldest(work: Work, condition: ColumnElement[bool]) -> datetime | None:
    due = select(func.min(OutboxMessage.not_before).label("at")).where(
        in_status(OutboxStatus.QUEUED),
        OutboxMessage.not_before <= work.now,
        condition,
    )
    abandoned = select(func.min(OutboxMessage.lease_until).label("at")).where(
        in_status(OutboxStatus.SENDING),
        OutboxMessage.lease_until <= work.now,
        condition,
    )
    oldest: datetime | None = work.session.scalar(
        select(func.min(union_all(due, abandoned).subquery().c.at))
    )
    return oldest


def _counts(now: datetime) -> Iterator[Select[str, MessageKind, int]]:
    """Each status has a partial index: what was sent long ago is not looked at."""
    for status in (OutboxStatus.QUEUED, OutboxStatus.SENDING, OutboxStatus.DEAD):
        yield _count(status.value).where(in_status(status))
    yield _count("due").where(in_status(OutboxStatus.QUEUED), OutboxMessage.not_before <= now)


def _count(state: str) -> Select[str, MessageKind, int]:
    return select(literal(state), OutboxMessage.kind, func.count()).group_by(OutboxMessage.kind)
