"""Delivery: claim, commit, write, send, record. At least once; the same Message-ID each time.

No database connection is held while a server is spoken to. A worker that dies leaves a lease
that runs out; one that comes back late finds its claim taken and records nothing. What cannot be
recorded, since the database is away, is recorded before anything else is taken on.
"""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog

from letters.domain.backoff import next_attempt
from letters.domain.errors import AddressRefused, DeliveryDeferred, DeliveryRefused
from letters.domain.journal import MessageKind
from letters.domain.pacing import UNLIMITED, Rates
from letters.ports import Mailer, Message, MessageRenderer, Outcome, TimeIsUp
from letters.records import Coordinator, OutboxMessage, OutboxStatus
from letters.records.database import AWAY
from letters.services import mail_fates, mail_parts
from letters.services.bouncing import record_lost
from letters.services.claiming import Claim, claim_next, give_back, let_go, put_back, settle
from letters.services.composing import compose
from letters.services.digest_changes import windows_in
from letters.services.digesting import close_windows
from letters.services.erasure_lists import handed_over
from letters.services.mail_copies import keep_copy
from letters.services.mail_turns import next_turn_at
from letters.services.work import Actor, Work, Works

LONGEST_ERROR = 500
LOCALE = "en"
DOMAIN_DIGITS = 12
"""How much of the SHA-256 of a domain stands in the log: enough to tell them apart."""

log = structlog.get_logger("letters.delivering")


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


Count = Callable[[MessageKind, Outcome, float], None]
"""Is told of a mail, what became of it, and how many seconds it took."""


def count_nothing(_kind: MessageKind, _outcome: Outcome, _seconds: float) -> None:
    """For who counts nothing."""


@dataclass(frozen=True)
class Postman:
    """Delivers mails.

    `jitter` returns random numbers from 0 to 1. `count` is told of each mail that was taken on,
    what became of it, and how many seconds it took. `rates` is how many may go out a minute.
    `unrecorded` is what could not be written down yet.
    """

    works: Works
    renderer: MessageRenderer
    mailer: Mailer
    actor: Actor
    jitter: Callable[[], float]
    count: Count = count_nothing
    rates: Rates = UNLIMITED
    unrecorded: list[Ended] = field(default_factory=list)

    def deliver_all_due(self, keep_going: Callable[[], bool] = lambda: True) -> int:
        """Deliver until nothing is due or `keep_going` says no; return how many were taken on."""
        taken = 0
        while keep_going() and self.deliver_next(keep_going):
            taken += 1
        self.mailer.rest()
        return taken

    def next_turn_at(self) -> datetime | None:
        """Return when to look again for mails that wait for their turn; None when none does."""
        if not self.rates.are_any:
            return None
        with self.works.look(self.actor) as work:
            return next_turn_at(work)

    def deliver_next(self, keep_going: Callable[[], bool] = lambda: True) -> bool:
        """Take on the mail that has been due the longest; False when there is none.

        News for an applicant who had some within the hour are put back for later. A mail of which
        nothing has left is given back when `keep_going` says no, and when TimeIsUp is raised;
        otherwise its lease runs out, and another worker sends it under the same Message-ID.
        """
        self._record_what_is_left()
        began = time.monotonic()
        with self.works.change(self.actor) as work:
            claim = claim_next(work, self.rates)
            held = claim is not None and put_back(work, claim)
        if claim is None:
            return False
        if held:
            self._tell(claim, Outcome.HELD_BACK, began)
            return True
        try:
            ending = self._attempt(claim, keep_going)
        except TimeIsUp as end:
            if end.nothing_left:
                self._record(Ended(claim, Ending(give_back), began))
            raise
        self._record(Ended(claim, ending, began))
        return True

    def _attempt(self, claim: Claim, keep_going: Callable[[], bool]) -> Ending:
        try:
            message = self._write(claim)
        except Exception as error:
            # One mail that cannot be written must not stop the others.
            log.exception("mail.not_written", mail=str(claim.id), kind=claim.kind.value)
            return Ending(self._deferred(f"could not be written: {type(error).__name__}"))
        if message is None:
            return Ending(record_cancelled)
        if not keep_going():
            return Ending(give_back)
        domain = message.to.rpartition("@")[2].lower()
        if self.rates.are_any:
            with self.works.change(self.actor) as work:
                waits = let_go(work, claim, domain, self.rates)
            if waits is not None:
                return Ending(lambda _work, _claim: waits, domain)
        return Ending(self._send(claim, message), domain)

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
                headers=mail_parts.headers_of(work, composed),
                envelope_from=work.tools.returns.mint(row.id, claim.number),
                attachments=mail_parts.attachments_of(work, composed, self._in_words),
            )

    def _in_words(self, message: str, values: Mapping[str, object]) -> str:
        return self.renderer.sentence(message, values, LOCALE)

    def _send(self, claim: Claim, message: Message) -> Record:
        try:
            self.mailer.send(message)
        except AddressRefused as error:
            return partial(record_dead, reason=str(error), refused=message.to)
        except DeliveryRefused as error:
            return partial(record_dead, reason=str(error))
        except DeliveryDeferred as error:
            return self._deferred(str(error))
        except Exception as error:
            # Whatever it was, the mail is not lost.
            log.exception("mail.not_sent", mail=str(claim.id), kind=claim.kind.value)
            return self._deferred(f"could not be sent: {type(error).__name__}")
        return partial(record_sent, message=message)

    def _deferred(self, reason: str) -> Record:
        return partial(record_deferred, reason=reason, jitter=self.jitter())

    def _record(self, ended: Ended) -> None:
        """Write down how a mail ended; while the database is away that is kept for later."""
        try:
            with self.works.change(self.actor) as work:
                outcome = ended.ending.record(work, ended.claim)
        except AWAY:
            self.unrecorded.append(ended)
            raise
        self._tell(ended.claim, outcome or Outcome.LATE, ended.began, ended.ending.domain)

    def _record_what_is_left(self) -> None:
        while self.unrecorded:
            self._record(self.unrecorded.pop())

    def _tell(self, claim: Claim, outcome: Outcome, began: float, domain: str = "") -> None:
        """Write one line about a mail: neither its address nor a link, and its domain as a hash."""
        seconds = time.monotonic() - began
        log.info(
            "mail",
            mail=str(claim.id),
            kind=claim.kind.value,
            outcome=outcome.value,
            attempt=claim.attempt,
            ms=round(1000 * seconds),
            domain=hashlib.sha256(domain.encode()).hexdigest()[:DOMAIN_DIGITS] if domain else None,
        )
        self.count(claim.kind, outcome, seconds)


# --- recording --------------------------------------------------------------------------------


def record_sent(work: Work, claim: Claim, message: Message) -> Outcome | None:
    """Write down that the server took the mail, and how it read; None when this came too late."""
    taken = {"sent_at": work.now, "sent_to": message.to, "last_error": None}
    if not settle(work, claim, OutboxStatus.SENT, **taken):
        return None
    keep_copy(work, work.session.get_one(OutboxMessage, claim.id), message)
    _close_digest_window(work, claim)
    if claim.kind is MessageKind.ERASURE_LIST:
        handed_over(work, work.session.get_one(OutboxMessage, claim.id))
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
