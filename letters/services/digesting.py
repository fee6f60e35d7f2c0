"""The coordinator's digest: planned by the clock, computed from the journal.

The window of a digest begins, for each program, where the last one that was handed over ended, so
that nothing is told twice or skipped, whatever dies in between.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text, update

from letters.domain.digest import Frequency, days_of, is_due, last_slot
from letters.domain.journal import MessageKind
from letters.records import (
    Coordinator,
    JournalEntry,
    OutboxMessage,
    OutboxStatus,
    Program,
    new_id,
    program_coordinators,
)
from letters.services.digest_changes import Window, details_of
from letters.services.digest_contents import program_digests
from letters.services.happening import post
from letters.services.work import Actor, Work, Works

MEMBER = program_coordinators.c


def plan_digests(works: Works, actor: Actor, *, at_once: bool = False) -> int:
    """Queue the digests that are due and have something to say; return how many.

    With `at_once` the hour does not matter. Each coordinator gets a transaction of their own, and
    one digest of all programs whose slot has come.
    What a digest told that was given up is told again, but not before the next slot: an
    address that is refused for good must not be written to all day long.
    """
    with works.look(actor) as work:
        due, unopened = _due(work, at_once=at_once), _unopened(work)
    if unopened:
        with works.change(actor) as work:
            _open(work)
    if not due:
        return 0
    with works.change(actor) as work:
        until_seq = horizon(work)
    planned = 0
    for coordinator_id in due:
        with works.change(actor) as work:
            planned += plan_for(work, coordinator_id, until_seq, at_once=at_once)
    return planned


def horizon(work: Work) -> int:
    """Return the newest journal number below which no more entries can appear.

    Numbers are given before the commit, so on PostgreSQL an entry with a lower number can
    become visible after one with a higher. The lock waits for everybody who is writing one.
    """
    if work.session.get_bind().dialect.name == "postgresql":
        work.session.execute(text("LOCK TABLE journal IN SHARE MODE"))
    return work.session.scalar(select(func.max(JournalEntry.seq))) or 0


def plan_for(work: Work, coordinator_id: UUID, until_seq: int, *, at_once: bool = False) -> bool:
    """Queue one coordinator's digest if there is something to say; say whether it was.

    An earlier digest that is still on its way is waited for; where nobody tried to send it before
    the hour came again, this one tells what it would have told. With nothing to say the windows
    are closed in silence, unless the coordinator wants to hear that too.
    """
    coordinator = work.session.scalars(
        select(Coordinator).where(Coordinator.id == coordinator_id).with_for_update()
    ).one()
    if not at_once:
        _put_aside(work, coordinator)
    if _on_its_way(work, coordinator):
        return False
    found = _due(work, at_once=at_once, only=coordinator_id).get(coordinator_id, ())
    windows = {
        program_id: Window(seq, max(until_seq, seq), at, work.now) for program_id, seq, at in found
    }
    if not program_digests(work, coordinator, windows):
        close_windows(work, coordinator.id, windows)
        return False
    post(
        work,
        MessageKind.DIGEST,
        f"digest:{coordinator.id}:{new_id()}",  # the lock on the coordinator keeps it the only one
        coordinator_id=coordinator.id,
        details=details_of(windows),
    )
    return True


def close_windows(work: Work, coordinator_id: UUID, windows: Mapping[UUID, Window]) -> None:
    """Let the next digest begin, for each program, where its window ended; never further back."""
    for program_id, window in windows.items():
        work.session.execute(
            update(program_coordinators)
            .where(
                MEMBER.coordinator_id == coordinator_id,
                MEMBER.program_id == program_id,
                MEMBER.digested_seq <= window.until_seq,
                MEMBER.digested_at <= window.until_at,
            )
            .values(digested_seq=window.until_seq, digested_at=window.until_at)
        )


Found = Mapping[UUID, Sequence[tuple[UUID, int, datetime]]]
"""By coordinator: the programs whose slot has come, and up to where each was told."""


def _due(work: Work, *, at_once: bool, only: UUID | None = None) -> Found:
    """Return what is due since the last digest, or since one was given up.

    Of an archived program nothing is; what happened there is told once it is brought back.
    """
    query = (
        select(program_coordinators, Coordinator)
        .join(Coordinator, Coordinator.id == MEMBER.coordinator_id)
        .join(Program, Program.id == MEMBER.program_id)
        .where(
            MEMBER.digest_frequency != Frequency.OFF,
            MEMBER.digested_at.is_not(None),
            Program.archived_at.is_(None),
        )
    )
    if only is not None:
        query = query.where(Coordinator.id == only)
    rows = work.session.execute(query).all()
    if not at_once:
        rows = [row for row in rows if _slot_has_come(row, row.digested_at, work.now)]
        given_up = _newest_given_up(work) if rows else {}
        rows = [
            row
            for row in rows
            if _slot_has_come(row, given_up.get(row.coordinator_id, row.digested_at), work.now)
        ]
    return _by_coordinator(rows)


def _by_coordinator(rows: Iterable[Row[Any]]) -> Found:
    found = defaultdict(list)
    for row in rows:
        found[row.coordinator_id].append((row.program_id, row.digested_seq, row.digested_at))
    return found


def _slot_has_come(row: Row[Any], since: datetime, now: datetime) -> bool:
    coordinator: Coordinator = row.Coordinator
    days = days_of(row.digest_frequency, coordinator.digest_weekday)
    return is_due(since, now, coordinator.timezone, coordinator.digest_hour, days)


def _unopened(work: Work) -> bool:
    query = select(MEMBER.coordinator_id).where(MEMBER.digested_at.is_(None))
    return work.session.scalar(query.limit(1)) is not None


def _open(work: Work) -> None:
    """Let the first digest of who joined cover what happens from now on."""
    work.session.execute(
        update(program_coordinators)
        .where(MEMBER.digested_at.is_(None))
        .values(digested_at=work.now)
    )


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


def _put_aside(work: Work, coordinator: Coordinator) -> None:
    """Cancel a digest of an earlier day that was never tried, so that one covers the whole gap."""
    slot = last_slot(work.now, coordinator.timezone, coordinator.digest_hour)
    work.session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.kind == MessageKind.DIGEST,
            OutboxMessage.coordinator_id == coordinator.id,
            OutboxMessage.status == OutboxStatus.QUEUED,
            OutboxMessage.attempts == 0,
            OutboxMessage.created_at < slot,
        )
        .values(status=OutboxStatus.CANCELLED)
    )


def _on_its_way(work: Work, coordinator: Coordinator) -> bool:
    underway = select(OutboxMessage.id).where(
        OutboxMessage.kind == MessageKind.DIGEST,
        OutboxMessage.coordinator_id == coordinator.id,
        OutboxMessage.status.in_([OutboxStatus.QUEUED, OutboxStatus.SENDING]),
    )
    return work.session.scalar(underway.limit(1)) is not None
