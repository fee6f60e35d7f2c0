"""Mails that come back: what is reported about one is written down, once.

Only a genuine tag changes anything. A report means the mail that its tag names, in the sending that
it names, for a month after that one. Nothing here is ever answered by mail.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import structlog

from letters.domain.bounces import MOST_DELAYS, Report, Verdict, is_too_late, verdict
from letters.domain.text import mailbox_key
from letters.ports import ReportReader, ReturnTag
from letters.records import OutboxMessage, OutboxStatus
from letters.services import finding
from letters.services.bouncing import record_lost, record_unreached
from letters.services.mail_fates import DELAYS, LOST
from letters.services.work import Actor, Work, Works

log = structlog.get_logger("letters.returning")


class Effect(StrEnum):
    """What a mail to an address for bounces changed."""

    UNREACHABLE = "unreachable"
    LOST = "lost"
    DELAYED = "delayed"
    NOTHING = "nothing"
    """It was no report about a mail that failed."""
    KNOWN = "known"
    """The same was reported before."""
    STALE = "stale"
    """It is about an earlier sending, or comes too late."""
    UNTAGGED = "untagged"
    """It came to no address that we gave away."""
    TOO_EARLY = "too_early"
    """The mail is being sent at this moment: what came is to be brought again later."""


@dataclass(frozen=True)
class Returns:
    """Takes what comes to the address for bounces."""

    works: Works
    reader: ReportReader
    actor: Actor

    def take(self, recipients: Iterable[str], content: bytes) -> Effect:
        """Write down what a mail to one of `recipients` reports; say what that changed.

        What is returned is committed. Raises what the database raises; it can be taken again then.
        """
        tag = self._tag_of(recipients)
        if tag is None:
            log.info("return", effect=Effect.UNTAGGED.value)
            return Effect.UNTAGGED
        report = self.reader.read(content)
        with self.works.change(self.actor) as work:
            effect = record(work, tag, report)
        log.info(
            "return",
            mail=str(tag.mail_id),
            effect=effect.value,
            report=report.kind.value,
            status=report.status,
        )
        return effect

    def _tag_of(self, recipients: Iterable[str]) -> ReturnTag | None:
        read = (self.works.tools.returns.read(recipient) for recipient in recipients)
        return next((tag for tag in read if tag is not None), None)


def record(work: Work, tag: ReturnTag, report: Report) -> Effect:
    """Write down what a report means for the mail that its tag names."""
    row = _locked(work, tag)
    if row is None or row.claim != tag.claim:
        return Effect.STALE
    if row.status is OutboxStatus.SENDING:
        return Effect.TOO_EARLY
    if row.sent_at is None or is_too_late(row.sent_at, work.now):
        return Effect.STALE
    means = verdict(report)
    if means is Verdict.NOTHING:
        return Effect.NOTHING
    if row.bounced_at is not None:
        return _learn_more(work, row, report)
    if means is Verdict.DELAYED:
        return _count_delay(row, report)
    row.bounced_at = work.now
    _keep_reason(row, report)
    is_unreachable = means is Verdict.UNREACHABLE
    if not is_unreachable:
        row.details = {**row.details, LOST: True}
    record_lost(work, row, (row.sent_to or "") if is_unreachable else "")
    return Effect(means.value)


def _learn_more(work: Work, row: OutboxMessage, report: Report) -> Effect:
    """Write down what is reported of a mail that is known to be lost: at most, of its address."""
    if verdict(report) is not Verdict.UNREACHABLE or not row.details.get(LOST):
        return Effect.KNOWN
    row.details = {key: value for key, value in row.details.items() if key != LOST}
    _keep_reason(row, report)
    record_unreached(work, row, row.sent_to or "")
    return Effect.UNREACHABLE


def _keep_reason(row: OutboxMessage, report: Report) -> None:
    row.last_error = report.reason or report.status or None


def _locked(work: Work, tag: ReturnTag) -> OutboxMessage | None:
    """Return the mail; one that was sent is locked, after the applications it may be about."""
    row = work.session.get(OutboxMessage, tag.mail_id)
    if row is None or row.status is not OutboxStatus.SENT:
        return row
    if row.application_id is not None:
        finding.applications_asking(work, mailbox_key(row.sent_to or ""))
        finding.application(work, row.application_id, lock=True)
    work.session.refresh(row, with_for_update=True)
    return row


def _count_delay(row: OutboxMessage, report: Report) -> Effect:
    counted: list[str] = row.details.get(DELAYS, [])
    if report.name in counted or len(counted) >= MOST_DELAYS:
        return Effect.KNOWN
    row.details = {**row.details, DELAYS: [*counted, report.name]}
    return Effect.DELAYED
