"""The one mail of a day in which an address is reminded, whoever reminds.

Its row names what caused it; all else that is open there is looked up when it is written.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, and_, bindparam, or_, select, union_all

from letters.domain.journal import MessageKind
from letters.domain.ladder import day_began, local_day, morning_after, not_at_night
from letters.records import LetterRequest, OutboxMessage, OutboxStatus
from letters.records.base import UtcDateTime
from letters.services.happening import post
from letters.services.work import Work

ABOUT = "requests"
"""The detail of a row that lists the requests which it reminds of."""
NUDGED = "nudged"
"""The detail that lists those of them of which the applicant reminds."""
MOST_A_DAY = 50
CAME_TO_NOTHING = (OutboxStatus.CANCELLED, OutboxStatus.DEAD)
TO_GO = (OutboxStatus.QUEUED, OutboxStatus.SENDING)


@dataclass(frozen=True)
class DayMail:
    """The mail to one address on one day; `is_here` until somebody takes it to be sent."""

    row: OutboxMessage
    is_here: bool

    def goes_at(self, now: datetime) -> datetime:
        """Return when the mail goes as far as is known `now`, or when it went."""
        if self.row.sent_at is not None:
            return min(now, self.row.sent_at)
        return max(now, self.row.not_before)

    def mentions(self, requests: Iterable[LetterRequest], *, nudged: bool = False) -> None:
        """Let the mail remind of these requests, unless it went out before."""
        if not self.is_here:
            return
        names = [str(request.id) for request in requests]
        details = dict(self.row.details)
        for detail in (ABOUT, NUDGED) if nudged else (ABOUT,):
            before = details.get(detail, [])
            details[detail] = [*before, *(name for name in names if name not in before)]
        self.row.details = details


def mail_of_the_day(work: Work, request: LetterRequest, zone: str) -> DayMail:
    """Return today's mail to the referee of a request: a new one, or the one there is already.

    What went out today lists all that was open, so it counts for everything that was to be said.
    The caller holds the lock on the request's application.
    """
    _lock(work, request)
    today = _on(work, request, zone, work.now)
    return today.mail or _new(work, request, zone, work.now, today)


def mail_still_to_go(work: Work, request: LetterRequest, zone: str) -> DayMail:
    """Return the next mail to the referee of a request that has not gone out yet.

    For what somebody wants to have said: after today's mail it is tomorrow's. At night the day is
    the one that begins when the night ends.
    """
    _lock(work, request)
    at = not_at_night(work.now, zone)
    today = _on(work, request, zone, at)
    if today.mail is None:
        return _new(work, request, zone, at, today)
    if today.mail.is_here:
        return today.mail
    morning = morning_after(at, zone)
    tomorrow = _on(work, request, zone, morning)
    return tomorrow.mail or _new(work, request, zone, morning, tomorrow)


def would_go_at(work: Work, request: LetterRequest, zone: str) -> datetime:
    """Return when mail_still_to_go would go, as far as can be seen without holding anything."""
    at = not_at_night(work.now, zone)
    row = _standing(_rows(work, request, zone, at))
    if row is None:
        return at
    if row.status is OutboxStatus.QUEUED:
        return max(work.now, row.not_before)
    morning = morning_after(at, zone)
    row = _standing(_rows(work, request, zone, morning))
    return morning if row is None else max(work.now, row.not_before)


def newer_than(work: Work, row: OutboxMessage, request: LetterRequest, zone: str) -> bool:
    """Say whether a later day has a mail to the same address, which says all that is open.

    It may have been taken on together with this one, or have gone out today.
    """
    first = row.created_at.date()
    days = [first + timedelta(days=n) for n in range((work.now.date() - first).days + 2)]
    keys = {key for day in days for key in _keys(_prefix(request) + day.isoformat())}
    newest = work.session.scalar(
        select(OutboxMessage.id)
        .where(
            OutboxMessage.dedupe_key.in_(keys),
            OutboxMessage.created_at > row.created_at,
            or_(
                and_(OutboxMessage.status.in_(TO_GO), OutboxMessage.not_before <= work.now),
                OutboxMessage.sent_at >= day_began(work.now, zone),
            ),
        )
        .limit(1)
    )
    return newest is not None


def is_for(row: OutboxMessage, request: LetterRequest) -> bool:
    """Say whether the referee of a request is reached at the mailbox that a mail is for."""
    return row.dedupe_key.startswith(_prefix(request))


def _lock(work: Work, request: LetterRequest) -> None:
    """Let no two make a mail to the same mailbox at once, whichever applications they are about.

    Who waits here holds applications, and who holds this row waits for no application.
    """
    work.session.execute(
        select(LetterRequest.id)
        .where(LetterRequest.referee_key == request.referee_key)
        .order_by(LetterRequest.id)
        .limit(1)
        .with_for_update()
    )


@dataclass(frozen=True)
class _Day:
    """The mails to one address on one day: their key, how many, and the one that counts."""

    key: str
    before: int
    mail: DayMail | None


def _on(work: Work, request: LetterRequest, zone: str, at: datetime) -> _Day:
    """Return the mail of a day, unless there is none that did not come to nothing.

    One of an earlier day that went out on this one counts for it. Who records what became of a mail
    holds its row and waits for the application: nobody waits for the row here. One that somebody
    holds is on its way.
    """
    key = _key(request, zone, at)
    rows = _rows(work, request, zone, at)
    before = sum(row.dedupe_key in _keys(key) for row in rows)
    row = _standing(rows)
    if row is None:
        return _Day(key, before, None)
    held = select(OutboxMessage.id).where(
        OutboxMessage.id == row.id, OutboxMessage.status == OutboxStatus.QUEUED
    )
    here = work.session.scalar(held.with_for_update(skip_locked=True))
    return _Day(key, before, DayMail(row, is_here=here is not None))


def _rows(work: Work, request: LetterRequest, zone: str, at: datetime) -> list[OutboxMessage]:
    """Return the mails of a day, those that are named by it first."""
    keys = _keys(_key(request, zone, at))
    values = {
        "keys": keys,
        "mailbox": request.referee_key,
        "prefix": _prefix(request),
        "began": day_began(at, zone),
    }
    rows = work.session.scalars(_of_a_day(), values).all()
    return sorted(rows, key=lambda row: row.dedupe_key not in keys)


def _standing(rows: Iterable[OutboxMessage]) -> OutboxMessage | None:
    """Return the first that did not come to nothing."""
    return next((row for row in rows if row.status not in CAME_TO_NOTHING), None)


@cache
def _of_a_day() -> Select[OutboxMessage]:
    """Return the query for the mails of a day, read afresh; it is built once.

    They are named by it, or went to the mailbox since it `began`, such as after an outage.
    """
    name = OutboxMessage.dedupe_key
    told = select(LetterRequest.application_id).where(
        LetterRequest.referee_key == bindparam("mailbox")
    )
    named = select(OutboxMessage.id).where(name.in_(bindparam("keys", expanding=True)))
    sent = select(OutboxMessage.id).where(
        OutboxMessage.application_id.in_(told),
        name.startswith(bindparam("prefix")),
        OutboxMessage.sent_at >= bindparam("began", type_=UtcDateTime()),
    )
    query = select(OutboxMessage).where(OutboxMessage.id.in_(union_all(named, sent)))
    return query.execution_options(populate_existing=True)


def _new(work: Work, request: LetterRequest, zone: str, at: datetime, day: _Day) -> DayMail:
    row = post(
        work,
        MessageKind.REMINDER,
        f"{day.key}:{day.before + 1}",
        application_id=request.application_id,
        request_id=request.id,
        not_before=not_at_night(at, zone),
    )
    work.session.flush()
    return DayMail(row, is_here=True)


def _key(request: LetterRequest, zone: str, at: datetime) -> str:
    return f"{_prefix(request)}{local_day(at, zone).isoformat()}"


def _keys(key: str) -> list[str]:
    """Return the names of all mails of a day; after one that came to nothing there is another."""
    return [f"{key}:{number}" for number in range(1, MOST_A_DAY + 1)]


def _prefix(request: LetterRequest) -> str:
    """The key names a mailbox without giving its address away."""
    mailbox = hashlib.sha256(request.referee_key.encode()).hexdigest()[:32]
    return f"{MessageKind.REMINDER}:{mailbox}:"
