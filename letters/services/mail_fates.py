"""What became of a mail, as people are told."""

from datetime import datetime
from enum import StrEnum

from letters.records import OutboxMessage, OutboxStatus

FAILING_SINCE = "failing_since"
"""The detail of a row that could not be handed over: when that happened first."""

CAME_BACK = "came_back"
"""The detail of a row that was given up because nobody is reached at its address."""

LOST = "lost"
"""The detail of a row that came back for something else than its address, which may work."""

DELAYS = "delays"
"""The detail of a row that a server is slow with: the names of the reports of that."""


class Fate(StrEnum):
    """Where a mail is, and how it ended."""

    DUE = "due"
    WAITING = "waiting"
    TRIED = "tried"
    SENDING = "sending"
    SENT = "sent"
    BOUNCED = "bounced"
    CAME_BACK = "came_back"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"


_ENDED = {
    OutboxStatus.SENDING: Fate.SENDING,
    OutboxStatus.SENT: Fate.SENT,
    OutboxStatus.DEAD: Fate.GIVEN_UP,
    OutboxStatus.CANCELLED: Fate.DROPPED,
}


def fate_of(row: OutboxMessage, now: datetime) -> Fate:
    """Say what became of a mail.

    One that waits has not been tried: it is not due yet, or others for the same mailbox come first.
    """
    if row.status is OutboxStatus.QUEUED:
        return _on_its_way(row, now)
    if row.status is OutboxStatus.DEAD and row.details.get(CAME_BACK):
        return Fate.CAME_BACK
    if row.bounced_at is not None:
        return Fate.BOUNCED
    return _ENDED[row.status]


def _on_its_way(row: OutboxMessage, now: datetime) -> Fate:
    if row.attempts:
        return Fate.TRIED
    return Fate.WAITING if row.not_before > now else Fate.DUE


def came_back(row: OutboxMessage) -> None:
    """Write down that the server says nobody is reached at the address."""
    row.details = {**row.details, CAME_BACK: True}


def failing_since(row: OutboxMessage, now: datetime) -> datetime:
    """Return when a mail that failed `now` did so for the first time."""
    since = row.details.get(FAILING_SINCE)
    return now if since is None else datetime.fromisoformat(since)


def begin_anew(row: OutboxMessage, now: datetime) -> None:
    """Put a mail that nobody got into the queue again; the days of trying begin anew."""
    over = {CAME_BACK, DELAYS, FAILING_SINCE, LOST}
    row.details = {key: value for key, value in row.details.items() if key not in over}
    row.status = OutboxStatus.QUEUED
    row.attempts = 0
    row.sent_at = row.sent_to = row.bounced_at = row.last_error = None
    row.not_before = now
