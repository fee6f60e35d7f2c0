"""Mails take turns where the operator limits how many go out a minute, in all or to a domain.

A turn is taken in the transaction that lets a mail go, under the lock on its row, so several
workers keep one pace. Who waits is put back as if it had not been taken and remembers its domain;
whoever claims passes over the domains whose turn has not come, so that nobody waits for them.
"""

from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, delete, exists, func, or_, select

from letters.domain.pacing import EVERYWHERE, Rates
from letters.records import MailTurn, OutboxMessage
from letters.records.database import INSERTS
from letters.services.work import Work

FORGOTTEN_AFTER = timedelta(days=1)


def take_turns(work: Work, domain: str, rates: Rates) -> bool:
    """Take the turns that a mail to `domain` needs, all or none; say whether they were free."""
    lengths = dict(rates.turns(domain))
    if not lengths:
        return True
    turns = _locked(work, sorted(lengths))
    if any(turn.free_at > work.now for turn in turns):
        return False
    for turn in turns:
        turn.free_at = work.now + lengths[turn.domain]
    return True


def next_turn_at(work: Work) -> datetime | None:
    """Return when the next turn comes that somebody may wait for; None when all are free."""
    return work.session.scalar(
        select(func.min(MailTurn.free_at)).where(MailTurn.free_at > work.now)
    )


def need_not_wait(instant: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Say of a mail, for the WHERE of a query, that its turn is free at `instant`.

    Of one that was not taken on yet only the turn of all mails is known.
    """
    taken = select(MailTurn.domain).where(MailTurn.free_at > instant)
    everywhere = exists(taken.where(MailTurn.domain == EVERYWHERE))
    return ~everywhere & or_(
        OutboxMessage.to_domain.is_(None), OutboxMessage.to_domain.not_in(taken)
    )


def forget_turns(work: Work) -> None:
    """Forget the turns of domains to which nothing was sent lately."""
    work.session.execute(delete(MailTurn).where(MailTurn.free_at < work.now - FORGOTTEN_AFTER))


def _locked(work: Work, domains: list[str]) -> list[MailTurn]:
    """Return the rows, made where they are missing, locked in one order."""
    insert = INSERTS[work.session.connection().dialect.name]
    work.session.execute(
        insert(MailTurn)
        .values([{"domain": domain, "free_at": work.now} for domain in domains])
        .on_conflict_do_nothing(index_elements=["domain"])
    )
    return list(
        work.session.scalars(
            select(MailTurn)
            .where(MailTurn.domain.in_(domains))
            .order_by(MailTurn.domain)
            .with_for_update()
        )
    )
