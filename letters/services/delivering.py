"""Delivery: claim, commit, write, send, record. At least once; the same Message-ID each time.

No database connection is held while a server is spoken to. A worker that dies leaves a lease
that runs out; one that comes back late finds its claim taken and records nothing. What cannot be
recorded, since the database is away, is recorded before anything else is taken on.
"""

import hashlib
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from letters.domain.errors import (
    AddressRefused,
    DeliveryDeferred,
    DeliveryRefused,
    MailServerUnavailable,
)
from letters.domain.journal import MessageKind
from letters.domain.pacing import UNLIMITED, Rates
from letters.ports import Mailer, Message, MessageRenderer, Outcome, TimeIsUp
from letters.records import OutboxMessage
from letters.records.database import AWAY
from letters.services import mail_parts
from letters.services.claiming import (
    Claim,
    claim_some,
    give_back,
    has_run_out,
    let_go,
    put_back,
)
from letters.services.composing import compose, load
from letters.services.mail_endings import (
    Ended,
    Ending,
    Record,
    record_cancelled,
    record_dead,
    record_deferred,
    record_sent,
)
from letters.services.mail_turns import next_turn_at
from letters.services.server_pause import ServerPause
from letters.services.work import Actor, Work, Works

MOST_AT_ONCE = 20
FRESH = timedelta(seconds=5)
"""So old are the facts at most that a mail tells, but for the first of those taken on at once."""
LOCALE = "en"
DOMAIN_DIGITS = 12
"""How much of the SHA-256 of a domain stands in the log: enough to tell them apart."""

log = structlog.get_logger("letters.delivering")


Count = Callable[[MessageKind, Outcome, float], None]
"""Is told of a mail, what became of it, and how many seconds it took."""


def count_nothing(_kind: MessageKind, _outcome: Outcome, _seconds: float) -> None:
    """For who counts nothing."""


@dataclass(frozen=True)
class Postman:
    """Delivers mails.

    `jitter` returns random numbers from 0 to 1. `count` is told of each mail that was taken on,
    what became of it, and how many seconds it took. `rates` is how many may go out a minute.
    `unrecorded` is what could not be written down yet; `pause` says whether the server is left
    alone for now.
    """

    works: Works
    renderer: MessageRenderer
    mailer: Mailer
    actor: Actor
    jitter: Callable[[], float]
    count: Count = count_nothing
    rates: Rates = UNLIMITED
    unrecorded: list[Ended] = field(default_factory=list)
    pause: ServerPause = field(default_factory=ServerPause)

    def deliver_all_due(self, keep_going: Callable[[], bool] = lambda: True) -> int:
        """Deliver until nothing is due or `keep_going` says no; return how many were taken on."""
        taken = 0
        while keep_going() and (done := self.deliver_some(keep_going)):
            taken += done
        self.mailer.rest()
        return taken

    def next_turn_at(self) -> datetime | None:
        """Return when to look again for mails that wait for the server, or for their turn.

        None when none does.
        """
        paused_until = self.pause.until(self.works.tools.clock.now())
        if paused_until is not None or not self.rates.are_any:
            return paused_until
        with self.works.look(self.actor) as work:
            return next_turn_at(work)

    def deliver_next(self, keep_going: Callable[[], bool] = lambda: True) -> bool:
        """Take on the mail that goes first; False when there is none."""
        return self.deliver_some(keep_going, most=1) > 0

    def deliver_some(
        self, keep_going: Callable[[], bool] = lambda: True, most: int = MOST_AT_ONCE
    ) -> int:
        """Take on those that go first, `most` at once, and return how many were; 0 if none is due.

        They are claimed and written together, and then sent and recorded one after the other. News
        for an applicant who had some within the hour are put back for later. What was not begun is
        given back when `keep_going` says no, when it has waited for too long, or for as long as its
        lease lasts, when the server fails as a whole, and when anything is raised; so is a mail of
        which nothing has left when TimeIsUp is. Otherwise its lease runs out, and another worker
        sends it under the same Message-ID.
        """
        self._record_what_is_left()
        if self.pause.until(self.works.tools.clock.now()) is not None:
            return 0
        began = time.monotonic()
        with self.works.change(self.actor) as work:
            claims = claim_some(work, self.rates, most)
            reminders = [claim.id for claim in claims if claim.kind is MessageKind.REMINDER]
            at_hand = load(work, reminders)
            held = [c for c in claims if put_back(work, c, at_hand.mails.get(c.id))]
            taken_at = work.now
        for claim in held:
            self._tell(claim, Outcome.HELD_BACK, began)
        waiting = deque(claim for claim in claims if claim not in held)

        def still_ours() -> bool:
            return keep_going() and not has_run_out(taken_at, self.works.tools.clock.now())

        try:
            written = self._write_all(waiting)
            while waiting and self._goes_on(waiting, written, taken_at + FRESH, keep_going):
                claim = waiting.popleft()
                self._deliver(claim, written[claim], still_ours)
        except (Exception, TimeIsUp):
            self._give_back(waiting)
            raise
        self._give_back(waiting)
        return len(claims) - len(waiting)

    def _goes_on(
        self,
        waiting: Sequence[Claim],
        written: Mapping[Claim, object],
        fresh_until: datetime,
        keep_going: Callable[[], bool],
    ) -> bool:
        """Say whether the next one may be begun; the first one may, whatever it took so far."""
        if len(waiting) == len(written):
            return True
        now = self.works.tools.clock.now()
        return keep_going() and now < fresh_until and self.pause.until(now) is None

    def _deliver(
        self, claim: Claim, written: Message | Ending, keep_going: Callable[[], bool]
    ) -> None:
        began = time.monotonic()
        try:
            ending = self._attempt(claim, written, keep_going)
        except TimeIsUp as end:
            if end.nothing_left:
                self._record(Ended(claim, Ending(give_back), began))
            raise
        self._record(Ended(claim, ending, began))

    def _give_back(self, claims: Sequence[Claim]) -> None:
        """Put back what was not begun; while the database is away that is kept for later."""
        if not claims:
            return
        try:
            with self.works.change(self.actor) as work:
                for claim in claims:
                    give_back(work, claim)
        except AWAY:
            now = time.monotonic()
            self.unrecorded.extend(Ended(claim, Ending(give_back), now) for claim in claims)

    def _attempt(
        self, claim: Claim, written: Message | Ending, keep_going: Callable[[], bool]
    ) -> Ending:
        if isinstance(written, Ending):
            return written
        if not keep_going():
            return Ending(give_back)
        domain = written.to.rpartition("@")[2].lower()
        if self.rates.are_any:
            with self.works.change(self.actor) as work:
                waits = let_go(work, claim, domain, self.rates)
            if waits is not None:
                return Ending(lambda _work, _claim: waits, domain)
        return Ending(self._send(claim, written), domain)

    def _write_all(self, claims: Sequence[Claim]) -> Mapping[Claim, Message | Ending]:
        """Return each mail, or how it ends without being sent."""
        if not claims:
            return {}
        with self.works.look(self.actor) as work:
            rows = load(work, [claim.id for claim in claims])
            return {claim: self._written(work, claim, rows.mails[claim.id]) for claim in claims}

    def _written(self, work: Work, claim: Claim, row: OutboxMessage) -> Message | Ending:
        try:
            message = self._write(work, claim, row)
        except Exception as error:
            # One mail that cannot be written must not stop the others.
            log.exception("mail.not_written", mail=str(claim.id), kind=claim.kind.value)
            return Ending(self._deferred(f"could not be written: {type(error).__name__}"))
        return Ending(record_cancelled) if message is None else message

    def _write(self, work: Work, claim: Claim, row: OutboxMessage) -> Message | None:
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
        except MailServerUnavailable as error:
            self.pause.begin(error, self.works.tools.clock.now(), self.jitter())
            return self._deferred(str(error))
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
        self.pause.end()
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
