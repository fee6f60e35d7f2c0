"""The coordinator's digest: planned by the clock, computed from the journal.

The window of a digest begins where the last one that was handed over ended, so that nothing is
told twice or skipped, whatever dies in between.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text

from letters.domain.digest import is_due
from letters.domain.journal import MessageKind
from letters.records import (
    Coordinator,
    JournalEntry,
    OutboxMessage,
    OutboxStatus,
    new_id,
)
from letters.services.digest_contents import Window, program_digests
from letters.services.happening import post
from letters.services.work import Actor, Work, Works


def plan_digests(works: Works, actor: Actor, *, at_once: bool = False) -> int:
    """Queue the digests that are due and have something to say; return how many.

    With `at_once` the hour does not matter. Each coordinator gets a transaction of their own.
    What a digest told that was given up is told again, but not before the next day's hour: an
    address that is refused for good must not be written to all day long.
    """
    with works.look(actor) as work:
        coordinators = work.session.scalars(select(Coordinator)).all()
        due = coordinators if at_once else _due(work, coordinators)
    if not due:
        return 0
    with works.change(actor) as work:
        until_seq = horizon(work)
    planned = 0
    for coordinator in due:
        with works.change(actor) as work:
            planned += plan_for(work, coordinator.id, until_seq)
    return planned


def horizon(work: Work) -> int:
    """Return the newest journal number below which no more entries can appear.

    Numbers are given before the commit, so on PostgreSQL an entry with a lower number can
    become visible after one with a higher. The lock waits for everybody who is writing one.
    """
    if work.session.get_bind().dialect.name == "postgresql":
        work.session.execute(text("LOCK TABLE journal IN SHARE MODE"))
    return work.session.scalar(select(func.max(JournalEntry.seq))) or 0


def plan_for(work: Work, coordinator_id: UUID, until_seq: int) -> bool:
    """Queue one coordinator's digest if there is something to say; say whether it was.

    An earlier digest that is still on its way is waited for. With nothing to say the window is
    closed in silence.
    """
    coordinator = work.session.scalars(
        select(Coordinator).where(Coordinator.id == coordinator_id).with_for_update()
    ).one()
    if _on_its_way(work, coordinator):
        return False
    window = Window(
        coordinator.digested_seq,
        max(until_seq, coordinator.digested_seq),
        coordinator.digested_at,
        work.now,
    )
    if not program_digests(work, coordinator, window):
        close_window(coordinator, window)
        return False
    post(
        work,
        MessageKind.DIGEST,
        f"digest:{coordinator.id}:{new_id()}",  # the lock on the coordinator keeps it the only one
        coordinator_id=coordinator.id,
        details=window.details(),
    )
    return True


def close_window(coordinator: Coordinator, window: Window) -> None:
    """Let the next digest begin where this window ended."""
    coordinator.digested_seq = max(coordinator.digested_seq, window.until_seq)
    coordinator.digested_at = max(coordinator.digested_at, window.until_at)


def _due(work: Work, coordinators: Sequence[Coordinator]) -> list[Coordinator]:
    """Return those whose hour has come since their last digest, or since one was given up."""
    due = [c for c in coordinators if _slot_has_come(c, c.digested_at, work.now)]
    if not due:
        return []
    given_up = _newest_given_up(work)
    return [c for c in due if _slot_has_come(c, given_up.get(c.id, c.digested_at), work.now)]


def _slot_has_come(coordinator: Coordinator, since: datetime, now: datetime) -> bool:
    return is_due(since, now, coordinator.timezone, coordinator.digest_hour)


def _newest_given_up(work: Work) -> Mapping[UUID | None, datetime]:
    """Return when the newest digest that was given up was planned, for each coordinator."""
    rows = work.session.execute(
        select(OutboxMessage.coordinator_id, func.max(OutboxMessage.created_at))
        .where(
            OutboxMessage.kind == MessageKind.DIGEST,
            OutboxMessage.status == OutboxStatus.DEAD,
        )
        .group_by(OutboxMessage.coordinator_id)
    )
    return dict(rows.all())


def _on_its_way(work: Work, coordinator: Coordinator) -> bool:
    underway = select(OutboxMessage.id).where(
        OutboxMessage.kind == MessageKind.DIGEST,
        OutboxMessage.coordinator_id == coordinator.id,
        OutboxMessage.status.in_([OutboxStatus.QUEUED, OutboxStatus.SENDING]),
    )
    return work.session.scalar(underway.limit(1)) is not None
