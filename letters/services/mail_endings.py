"""How a mail ends that a worker had taken on: it is written down, unless that comes too late."""

from collections.abc import Callable
from dataclasses import dataclass

from letters.domain.backoff import next_attempt
from letters.domain.journal import MessageKind
from letters.ports import Message, Outcome
from letters.records import Coordinator, OutboxMessage, OutboxStatus
from letters.services import mail_fates
from letters.services.bouncing import record_lost
from letters.services.claiming import Claim, settle, settle_sent
from letters.services.digest_changes import windows_in
from letters.services.digesting import close_windows
from letters.services.erasure_lists import handed_over
from letters.services.mail_copies import keep_copy
from letters.services.reminding import went_out
from letters.services.work import Work

LONGEST_ERROR = 500

Record = Callable[[Work, Claim], Outcome | None]
"""Writes down how a mail ended; None when that came too late."""


@dataclass(frozen=True)
class Ending:
    """What became of a mail that was taken on, and the domain it was for, where that is known."""

    record: Record
    domain: str = ""


@dataclass(frozen=True)
class Ended:
    """A mail that was taken on at `began`, by the monotonic clock, and how it ended."""

    claim: Claim
    ending: Ending
    began: float


def record_sent(work: Work, claim: Claim, message: Message) -> Outcome | None:
    """Write down that the server took the mail, and how it read; None when this came too late."""
    if not settle_sent(work, claim, message.to):
        return None
    keep_copy(work, claim.id, message)
    _close_digest_window(work, claim)
    if claim.kind is MessageKind.ERASURE_LIST:
        handed_over(work, work.session.get_one(OutboxMessage, claim.id))
    if claim.kind is MessageKind.REMINDER:
        went_out(work, work.session.get_one(OutboxMessage, claim.id), message.to)
    return Outcome.SENT


def record_cancelled(work: Work, claim: Claim) -> Outcome | None:
    """Write down that there was no longer a reason to send; None when too late."""
    if not settle(work, claim, OutboxStatus.CANCELLED):
        return None
    _close_digest_window(work, claim)
    return Outcome.CANCELLED


def record_deferred(work: Work, claim: Claim, reason: str, jitter: float) -> Outcome | None:
    """Put the mail back for another attempt, or give it up after days; None when too late.

    The days of trying begin with the first failure: waiting for whatever else is none.
    """
    row = work.session.get_one(OutboxMessage, claim.id)
    failing_since = mail_fates.failing_since(row, work.now)
    again = next_attempt(failing_since, row.attempts, work.now, jitter)
    if again is None:
        return record_dead(work, claim, reason)
    settled = settle(
        work,
        claim,
        OutboxStatus.QUEUED,
        not_before=again,
        last_error=reason[:LONGEST_ERROR],
        details={**row.details, mail_fates.FAILING_SINCE: failing_since.isoformat()},
    )
    return Outcome.RETRIED if settled else None


def record_dead(work: Work, claim: Claim, reason: str, refused: str = "") -> Outcome | None:
    """Give the mail up; the journal tells the coordinators of it. None when too late.

    `refused` is the address at which the server says nobody is reached; empty if it was not that.
    """
    if not settle(work, claim, OutboxStatus.DEAD, last_error=reason[:LONGEST_ERROR]):
        return None
    row = work.session.get_one(OutboxMessage, claim.id)
    if refused:
        mail_fates.came_back(row)
    record_lost(work, row, refused)
    return Outcome.DEAD


def _close_digest_window(work: Work, claim: Claim) -> None:
    """Only now, when the digest is handed over, does the next one begin where it ended."""
    if claim.kind is not MessageKind.DIGEST:
        return
    row = work.session.get_one(OutboxMessage, claim.id)
    coordinator = work.session.get_one(Coordinator, row.coordinator_id, with_for_update=True)
    close_windows(work, coordinator.id, windows_in(row.details))
