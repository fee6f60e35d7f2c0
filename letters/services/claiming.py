"""Claiming: a mail belongs to one worker at a time, for as long as its lease lasts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, ScalarSelect, and_, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from letters.domain.journal import MessageKind
from letters.domain.telling import HELD_BACK
from letters.ports import Outcome
from letters.records import OutboxMessage, OutboxStatus
from letters.services import reminding, spacing
from letters.services.mail_fates import FIRST_DUE
from letters.services.work import Work

LEASE = timedelta(minutes=5)


@dataclass(frozen=True)
class Claim:
    """A mail that this worker holds; `number` fences off whoever held it before.

    `attempt` counts from 1 how often it was tried, this time included.
    """

    id: UUID
    number: int
    kind: MessageKind
    attempt: int


def claim_next(work: Work) -> Claim | None:
    """Take the mail whose lease ran out first, or else the one due the longest, for LEASE."""
    abandoned = _first(
        and_(OutboxMessage.status == OutboxStatus.SENDING, OutboxMessage.lease_until <= work.now),
        OutboxMessage.lease_until,
    )
    due = _first(
        and_(OutboxMessage.status == OutboxStatus.QUEUED, OutboxMessage.not_before <= work.now),
        OutboxMessage.not_before,
    )
    taken = work.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == func.coalesce(abandoned, due))
        .values(
            status=OutboxStatus.SENDING,
            lease_until=work.now + LEASE,
            claim=OutboxMessage.claim + 1,
            attempts=OutboxMessage.attempts + 1,
        )
        .returning(
            OutboxMessage.id, OutboxMessage.claim, OutboxMessage.kind, OutboxMessage.attempts
        )
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if taken is None else Claim(*taken)


def _first(condition: ColumnElement[bool], order: InstrumentedAttribute[Any]) -> ScalarSelect[UUID]:
    """Return the first that nobody holds. Each has an index in this order: none is sorted."""
    return (
        select(OutboxMessage.id)
        .where(condition)
        .order_by(order, OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )


def put_back(work: Work, claim: Claim) -> bool:
    """Put a mail back that has to wait for its turn, as if it had not been taken; say whether."""
    if claim.kind not in HELD_BACK | {MessageKind.REMINDER}:
        return False
    row = work.session.get_one(OutboxMessage, claim.id)
    until = _held_until(work, row)
    if until is None:
        return False
    row.status = OutboxStatus.QUEUED
    row.lease_until = None
    row.attempts -= 1
    row.not_before = until
    row.details = {**row.details, FIRST_DUE: until.isoformat()}
    return True


def _held_until(work: Work, row: OutboxMessage) -> datetime | None:
    if row.kind is MessageKind.REMINDER:
        return reminding.held_until(work, row)
    return spacing.held_until(work, row)


def give_back(work: Work, claim: Claim) -> Outcome | None:
    """Put back a mail of which nothing was sent, as if it had not been taken; None when too late.

    Its place in the queue stays, and so does `claim`: whoever still holds it records nothing.
    """
    given = settle(work, claim, OutboxStatus.QUEUED, attempts=OutboxMessage.attempts - 1)
    return Outcome.GIVEN_BACK if given else None


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
