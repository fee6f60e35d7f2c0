"""Claiming: a mail belongs to one worker at a time, for as long as its lease lasts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    CursorResult,
    Integer,
    ScalarSelect,
    Table,
    Update,
    and_,
    bindparam,
    func,
    select,
    true,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from letters.domain.journal import MessageKind
from letters.domain.pacing import UNLIMITED, Rates
from letters.domain.telling import HELD_BACK
from letters.ports import Outcome
from letters.records import Base, OutboxMessage, OutboxStatus, in_status
from letters.records.base import UtcDateTime
from letters.services import reminding, spacing
from letters.services.mail_turns import need_not_wait, take_turns
from letters.services.work import Work

LEASE = timedelta(minutes=5)


@dataclass(frozen=True)
class Claim:
    """A mail that this worker holds; `number` fences off whoever held it before.

    `attempt` counts from 1 how often it was tried, this time included. Somebody waits for one that
    is `urgent`.
    """

    id: UUID
    number: int
    kind: MessageKind
    attempt: int
    urgent: bool = False


def claim_some(work: Work, rates: Rates, most: int) -> list[Claim]:
    """Take the mail that goes first, and others that can go with it: `most` in all, for LEASE.

    One alone is taken where `rates` limit something, where somebody waits for it, so that the next
    of those is not behind others, and where it depends on what else goes to the same mailbox.
    """
    first = claim_next(work, rates)
    if first is None:
        return []
    if most == 1 or rates.are_any or first.urgent or first.kind in HELD_BACK:
        return [first]
    values = {"instant": work.now, "until": work.now + LEASE, "most": most - 1}
    more = work.session.execute(_claim_more(), values).all()
    in_turn = sorted(more, key=lambda row: (row.not_before, row.id))
    return [first, *(Claim(*row[:-1]) for row in in_turn)]


def claim_next(work: Work, rates: Rates = UNLIMITED) -> Claim | None:
    """Take a mail for LEASE: an urgent one, or one whose lease ran out, or one that is due.

    Of each the one that waits the longest. Where `rates` limit something, mails whose turn has not
    come are passed over.
    """
    taken = work.session.execute(
        _claim(limited=rates.are_any),
        {"instant": work.now, "until": work.now + LEASE},
    ).one_or_none()
    return None if taken is None else Claim(*taken)


@cache
def _claim(*, limited: bool) -> ReturningUpdate[Any]:
    """Return the statement that claims a mail at `instant`; it is built once."""
    table = Base.metadata.tables[OutboxMessage.__tablename__]
    outbox, now = table.c, bindparam("instant", type_=UtcDateTime())
    turn = need_not_wait(now) if limited else true()
    sending = and_(in_status(OutboxStatus.SENDING), outbox.lease_until <= now, turn)
    queued = and_(in_status(OutboxStatus.QUEUED), outbox.not_before <= now, turn)
    first = func.coalesce(
        _first(and_(queued, outbox.urgent), outbox.not_before, outbox.id),
        _first(sending, outbox.lease_until),
        _first(queued, outbox.not_before, outbox.id),
    )
    return _taken(table, outbox.id == first)


@cache
def _claim_more() -> ReturningUpdate[Any]:
    """Return the statement that claims up to `most` mails that are due at `instant`.

    What is picked stands in a WITH, since PostgreSQL may look more than once at what is in an IN.
    """
    table = Base.metadata.tables[OutboxMessage.__tablename__]
    picked = (
        select(table.c.id)
        .where(
            in_status(OutboxStatus.QUEUED),
            table.c.not_before <= bindparam("instant", type_=UtcDateTime()),
            table.c.kind.not_in(HELD_BACK),
        )
        .order_by(table.c.not_before, table.c.id)
        .limit(bindparam("most", type_=Integer()))
        .with_for_update(skip_locked=True)
        .cte("picked")
    )
    claim = _taken(table, table.c.id.in_(select(picked.c.id)))
    return claim.returning(table.c.not_before)


def _taken(table: Table, which: ColumnElement[bool]) -> ReturningUpdate[Any]:
    outbox = table.c
    return (
        update(table)
        .where(which)
        .values(
            status=OutboxStatus.SENDING,
            lease_until=bindparam("until", type_=UtcDateTime()),
            claim=outbox.claim + 1,
            attempts=outbox.attempts + 1,
        )
        .returning(outbox.id, outbox.claim, outbox.kind, outbox.attempts, outbox.urgent)
    )


def _first(condition: ColumnElement[bool], *order: Column[Any]) -> ScalarSelect[UUID]:
    """Return the first that nobody holds. Each has an index in this order: none is sorted."""
    return (
        select(OutboxMessage.id)
        .where(condition)
        .order_by(*order)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )


def take_over(work: Work) -> int:
    """Let the leases of workers that are no more end now; return how many.

    The caller is the only worker there is. What was tried before keeps its lease: should a mail
    have ended the worker that had it, the others are not to wait behind it again and again.
    """
    left = update(OutboxMessage).where(
        in_status(OutboxStatus.SENDING),
        OutboxMessage.attempts == 1,
        OutboxMessage.lease_until > work.now,
    )
    result = work.session.execute(
        left.values(lease_until=work.now).execution_options(synchronize_session=False)
    )
    return result.rowcount if isinstance(result, CursorResult) else 0


def has_run_out(taken_at: datetime, now: datetime) -> bool:
    """Say whether the lease of a mail is over that was taken on at an instant, or after it."""
    return now - taken_at >= LEASE


def put_back(work: Work, claim: Claim, row: OutboxMessage | None = None) -> bool:
    """Put a mail back that has to wait for its turn, as if it had not been taken; say whether.

    `row` is its row where that was read already.
    """
    if claim.kind not in HELD_BACK | {MessageKind.REMINDER}:
        return False
    row = row or work.session.get_one(OutboxMessage, claim.id)
    until = _held_until(work, row)
    if until is None:
        return False
    row.status = OutboxStatus.QUEUED
    row.lease_until = None
    row.attempts -= 1
    row.not_before = until
    return True


def _held_until(work: Work, row: OutboxMessage) -> datetime | None:
    if row.kind is MessageKind.REMINDER:
        return reminding.held_until(work, row)
    return spacing.held_until(work, row)


def let_go(work: Work, claim: Claim, domain: str, rates: Rates) -> Outcome | None:
    """Take the turns that a mail to `domain` needs; None when it may go now.

    Otherwise it waits for them in its place in the queue, as if it had not been taken.
    """
    if take_turns(work, domain, rates):
        return None
    waits = settle(
        work,
        claim,
        OutboxStatus.QUEUED,
        attempts=OutboxMessage.attempts - 1,
        to_domain=domain,
    )
    return Outcome.WAITS if waits else Outcome.LATE


def give_back(work: Work, claim: Claim) -> Outcome | None:
    """Put back a mail of which nothing was sent, as if it had not been taken; None when too late.

    Its place in the queue stays, and so does `claim`: whoever still holds it records nothing.
    """
    given = settle(work, claim, OutboxStatus.QUEUED, attempts=OutboxMessage.attempts - 1)
    return Outcome.GIVEN_BACK if given else None


def settle_sent(work: Work, claim: Claim, to: str) -> bool:
    """Write down that a server took the mail, unless somebody else has claimed it since."""
    values = {"mail": claim.id, "number": claim.number, "at": work.now, "to": to}
    return work.session.connection().execute(_settle_sent(), values).rowcount == 1


@cache
def _settle_sent() -> Update:
    """Return the statement that records a sending; it is built once."""
    table = Base.metadata.tables[OutboxMessage.__tablename__]
    outbox = table.c
    return (
        update(table)
        .where(
            outbox.id == bindparam("mail"),
            outbox.claim == bindparam("number"),
            outbox.status == OutboxStatus.SENDING,
        )
        .values(
            status=OutboxStatus.SENT,
            lease_until=None,
            last_error=None,
            sent_at=bindparam("at"),
            sent_to=bindparam("to"),
        )
    )


def settle(work: Work, claim: Claim, status: OutboxStatus, **values: object) -> bool:
    """Set the outcome, unless somebody else has claimed the mail since."""
    result = work.session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.id == claim.id,
            OutboxMessage.claim == claim.number,
            OutboxMessage.status == OutboxStatus.SENDING,
        )
        .values(status=status, lease_until=None, **values)
        .execution_options(synchronize_session=False)
    )
    return isinstance(result, CursorResult) and result.rowcount == 1
