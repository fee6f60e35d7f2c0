"""Delivery: claim, commit, write, send, record. At least once; the same Message-ID each time.

No database connection is held while a server is spoken to. A worker that dies leaves a lease
that runs out; one that comes back late finds its claim taken and records nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import CursorResult, and_, or_, select, update

from letters.domain.backoff import next_attempt
from letters.domain.errors import AddressRefused, DeliveryDeferred, DeliveryRefused
from letters.domain.journal import Fact, MessageKind
from letters.domain.telling import HELD_BACK
from letters.ports import Mailer, Message, MessageRenderer
from letters.records import Coordinator, OutboxMessage, OutboxStatus
from letters.services import finding, mail_fates, spacing
from letters.services.bouncing import record_bounce
from letters.services.composing import compose
from letters.services.digest_changes import windows_in
from letters.services.digesting import close_windows
from letters.services.happening import happened
from letters.services.mail_copies import keep_copy
from letters.services.mail_fates import FIRST_DUE
from letters.services.work import Actor, Work, Works

LEASE = timedelta(minutes=5)
LONGEST_ERROR = 500
LOCALE = "en"

log = structlog.get_logger("letters.delivering")


@dataclass(frozen=True)
class Claim:
    """A mail that this worker holds; `number` fences off whoever held it before."""

    id: UUID
    number: int
    kind: MessageKind


@dataclass(frozen=True)
class Postman:
    """Delivers mails. `jitter` returns random numbers from 0 to 1."""

    works: Works
    renderer: MessageRenderer
    mailer: Mailer
    actor: Actor
    jitter: Callable[[], float]

    def deliver_all_due(self, keep_going: Callable[[], bool] = lambda: True) -> int:
        """Deliver until nothing is due or `keep_going` says no; return how many were taken on."""
        taken = 0
        while keep_going() and self.deliver_next():
            taken += 1
        self.mailer.rest()
        return taken

    def deliver_next(self) -> bool:
        """Take on the mail that has been due the longest; False when there is none.

        News for an applicant who had some within the hour are put back for later.
        """
        with self.works.change(self.actor) as work:
            claim = claim_next(work)
            held = claim is not None and put_back(work, claim)
        if claim is None:
            return False
        if held:
            return True
        try:
            message = self._write(claim)
        except Exception as error:
            # One mail that cannot be written must not stop the others.
            log.exception("mail.not_written", mail=str(claim.id), kind=claim.kind.value)
            self._defer(claim, f"could not be written: {type(error).__name__}")
            return True
        if message is None:
            self._record(claim, record_cancelled)
            return True
        self._send(claim, message)
        return True

    def _write(self, claim: Claim) -> Message | None:
        with self.works.look(self.actor) as work:
            row = work.session.get_one(OutboxMessage, claim.id)
            composed = compose(work, row)
            if composed is None:
                return None
            words = self.renderer.render(row.kind, composed.facts, LOCALE)
            return Message(
                to=composed.to,
                from_name=composed.from_name,
                reply_to=composed.reply_to,
                subject=words.subject,
                text=words.text,
                html=words.html,
                message_id=row.message_id,
                date=row.created_at,
                headers=composed.headers,
            )

    def _send(self, claim: Claim, message: Message) -> None:
        try:
            self.mailer.send(message)
        except AddressRefused as error:
            self._give_up(claim, str(error), message.to)
        except DeliveryRefused as error:
            self._give_up(claim, str(error))
        except DeliveryDeferred as error:
            self._defer(claim, str(error))
        except Exception as error:
            # Whatever it was, the mail is not lost.
            log.exception("mail.not_sent", mail=str(claim.id), kind=claim.kind.value)
            self._defer(claim, f"could not be sent: {type(error).__name__}")
        else:
            self._record(claim, lambda work, held: record_sent(work, held, message))

    def _give_up(self, claim: Claim, reason: str, refused: str = "") -> None:
        self._record(claim, lambda work, held: record_dead(work, held, reason, refused))

    def _defer(self, claim: Claim, reason: str) -> None:
        jitter = self.jitter()
        self._record(claim, lambda work, held: record_deferred(work, held, reason, jitter))

    def _record(self, claim: Claim, record: Callable[[Work, Claim], OutboxStatus | None]) -> None:
        with self.works.change(self.actor) as work:
            outcome = record(work, claim)
        log.info(
            "mail",
            mail=str(claim.id),
            kind=claim.kind.value,
            outcome=outcome.value if outcome else "late",
        )


# --- claiming ---------------------------------------------------------------------------------


def claim_next(work: Work) -> Claim | None:
    """Take the mail that has been due the longest, or whose lease ran out, for LEASE."""
    due = and_(OutboxMessage.status == OutboxStatus.QUEUED, OutboxMessage.not_before <= work.now)
    abandoned = and_(
        OutboxMessage.status == OutboxStatus.SENDING, OutboxMessage.lease_until <= work.now
    )
    oldest = (
        select(OutboxMessage.id)
        .where(or_(due, abandoned))
        .order_by(OutboxMessage.not_before, OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    taken = work.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == oldest)
        .values(
            status=OutboxStatus.SENDING,
            lease_until=work.now + LEASE,
            claim=OutboxMessage.claim + 1,
            attempts=OutboxMessage.attempts + 1,
        )
        .returning(OutboxMessage.id, OutboxMessage.claim, OutboxMessage.kind)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if taken is None else Claim(*taken)


def put_back(work: Work, claim: Claim) -> bool:
    """Put a mail back that has to wait for its turn, as if it had not been taken; say whether."""
    if claim.kind not in HELD_BACK:
        return False
    row = work.session.get_one(OutboxMessage, claim.id)
    until = spacing.held_until(work, row)
    if until is None:
        return False
    row.status = OutboxStatus.QUEUED
    row.lease_until = None
    row.attempts -= 1
    row.not_before = until
    row.details = {**row.details, FIRST_DUE: until.isoformat()}
    log.info("mail", mail=str(claim.id), kind=claim.kind.value, outcome="held_back")
    return True


# --- recording --------------------------------------------------------------------------------


def record_sent(work: Work, claim: Claim, message: Message) -> OutboxStatus | None:
    """Write down that the server took the mail, and how it read; None when this came too late."""
    taken = {"sent_at": work.now, "sent_to": message.to, "last_error": None}
    if not _settle(work, claim, OutboxStatus.SENT, **taken):
        return None
    keep_copy(work, work.session.get_one(OutboxMessage, claim.id), message)
    _close_digest_window(work, claim)
    return OutboxStatus.SENT


def record_cancelled(work: Work, claim: Claim) -> OutboxStatus | None:
    """Write down that there was no longer a reason to send; None when too late."""
    if not _settle(work, claim, OutboxStatus.CANCELLED):
        return None
    _close_digest_window(work, claim)
    return OutboxStatus.CANCELLED


def record_deferred(work: Work, claim: Claim, reason: str, jitter: float) -> OutboxStatus | None:
    """Put the mail back for another attempt, or give it up after days; None when too late."""
    row = work.session.get_one(OutboxMessage, claim.id)
    again = next_attempt(_first_due(row), row.attempts, work.now, jitter)
    if again is None:
        return record_dead(work, claim, reason)
    settled = _settle(
        work,
        claim,
        OutboxStatus.QUEUED,
        not_before=again,
        last_error=reason[:LONGEST_ERROR],
    )
    return OutboxStatus.QUEUED if settled else None


def _first_due(row: OutboxMessage) -> datetime:
    """Return from when on the days of trying count: waiting for a turn is no failure."""
    held = row.details.get(FIRST_DUE)
    return row.created_at if held is None else datetime.fromisoformat(held)


def record_dead(work: Work, claim: Claim, reason: str, refused: str = "") -> OutboxStatus | None:
    """Give the mail up; the journal tells the coordinators of it. None when too late.

    `refused` is the address at which the server says nobody is reached; empty if it was not that.
    """
    if not _settle(work, claim, OutboxStatus.DEAD, last_error=reason[:LONGEST_ERROR]):
        return None
    row = work.session.get_one(OutboxMessage, claim.id)
    if refused:
        mail_fates.came_back(row)
    if row.application_id is not None:
        application = finding.application(work, row.application_id, lock=True)
        request = finding.request_in(application, row.request_id) if row.request_id else None
        details = {"outbox": str(row.id), "kind": row.kind.value}
        happened(work, Fact.MAIL_GIVEN_UP, application, request, details=details)
        if request is not None:
            record_bounce(work, application, request, refused)
    return OutboxStatus.DEAD


def _settle(work: Work, claim: Claim, status: OutboxStatus, **values: object) -> bool:
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


def _close_digest_window(work: Work, claim: Claim) -> None:
    """Only now, when the digest is handed over, does the next one begin where it ended."""
    if claim.kind is not MessageKind.DIGEST:
        return
    row = work.session.get_one(OutboxMessage, claim.id)
    coordinator = work.session.get_one(Coordinator, row.coordinator_id, with_for_update=True)
    close_windows(work, coordinator.id, windows_in(row.details))
