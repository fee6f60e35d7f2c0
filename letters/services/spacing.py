"""News for one applicant come an hour apart, whatever happens in between.

Whoever takes on a mail asks here, in the transaction that claims it. The lock on the oldest
application of a mailbox guards all of them, so two workers never both find that no news is
underway.
"""

from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select

from letters.domain import telling
from letters.records import Application, OutboxMessage, OutboxStatus
from letters.services.work import Work

LOOK_AGAIN = timedelta(minutes=1)
"""While other news are underway, which may turn out not to be sent."""


def held_until(work: Work, row: OutboxMessage) -> datetime | None:
    """Return until when news that were just claimed have to wait; None when they may go."""
    if row.application_id is None:
        return None
    last_news_at, underway = _other_news(work, row, _locked_mailbox(work, row))
    if underway is not None:
        return work.now + LOOK_AGAIN
    return telling.held_until(row.kind, last_news_at, work.now)


def _locked_mailbox(work: Work, row: OutboxMessage) -> str | None:
    """Return whose mail it is, with the oldest application of that mailbox locked."""
    own = select(Application.applicant_key).where(Application.id == row.application_id)
    return work.session.scalar(
        select(Application.applicant_key)
        .where(Application.applicant_key == own.scalar_subquery())
        .order_by(Application.id)
        .limit(1)
        .with_for_update()
    )


def _other_news(
    work: Work, row: OutboxMessage, applicant_key: str | None
) -> tuple[datetime | None, datetime | None]:
    """Return when the newest of the others was sent lately, and until when one is being sent."""
    lately = and_(
        OutboxMessage.status == OutboxStatus.SENT,
        OutboxMessage.sent_at > work.now - telling.BETWEEN_NEWS,
        # What lies further ahead was sent by a clock that was wrong.
        OutboxMessage.sent_at < work.now + telling.BETWEEN_NEWS,
    )
    underway = and_(
        OutboxMessage.status == OutboxStatus.SENDING, OutboxMessage.lease_until > work.now
    )
    found = work.session.execute(
        select(func.max(OutboxMessage.sent_at), func.max(OutboxMessage.lease_until))
        .join(Application, Application.id == OutboxMessage.application_id)
        .where(
            Application.applicant_key == applicant_key,
            OutboxMessage.kind.in_(telling.NEWS),
            OutboxMessage.id != row.id,
            or_(lately, underway),
        )
    ).one()
    return found[0], found[1]
