"""Mails that nobody got, and addresses that take none: written down, and told to who can act."""

from collections.abc import Iterable, Sequence

from letters.domain.journal import Fact
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.domain.text import mailbox_key
from letters.records import Application, LetterRequest, OutboxMessage
from letters.services import finding
from letters.services.happening import happened
from letters.services.mail_fates import begin_anew
from letters.services.work import Work

REACHED_FOR = frozenset({RequestStatus.NAMED, RequestStatus.REQUESTED})
"""Where something is still to be mailed to the referee."""


def record_lost(work: Work, row: OutboxMessage, unreached: str = "") -> None:
    """Tell the coordinators of a mail about an application that nobody got.

    `unreached` is the address at which nobody is reached; empty if it was not that. It is recorded
    as record_unreached does.
    """
    if row.application_id is None:
        return
    asking = _asking_at(work, unreached)
    application = finding.application(work, row.application_id, lock=True)
    request = finding.request_in(application, row.request_id) if row.request_id else None
    details = {"outbox": str(row.id), "kind": row.kind.value}
    happened(work, Fact.MAIL_GIVEN_UP, application, request, details=details)
    _record_bounces(work, [application, *asking], unreached)


def record_unreached(work: Work, row: OutboxMessage, address: str) -> None:
    """Write down that nobody is reached at the address of a mail which is known to be lost.

    Where it is a referee's, all applicants are told for whom something is asked there: one reminder
    speaks of several letters.
    """
    if row.application_id is None:
        return
    asking = _asking_at(work, address)
    application = finding.application(work, row.application_id, lock=True)
    _record_bounces(work, [application, *asking], address)


def _asking_at(work: Work, address: str) -> Sequence[Application]:
    return finding.applications_asking(work, mailbox_key(address)) if address else ()


def _record_bounces(work: Work, applications: Iterable[Application], address: str) -> None:
    for application in applications:
        for request in application.requests:
            record_bounce(work, application, request, address)


def queue_again(work: Work, application: Application, row: OutboxMessage, *, to: str) -> None:
    """Queue a mail about an application again that nobody got; the caller holds both locks.

    It goes to the address `to` now. Where that is a referee's, it is taken to be right from then
    on, until mail comes back from there once more.
    """
    begin_anew(row, work.now)
    request = finding.request_in(application, row.request_id) if row.request_id else None
    if request is not None and to.lower() == request.referee_email.lower():
        request.bounced_at = None
    details = {"outbox": str(row.id), "kind": row.kind.value}
    happened(work, Fact.MAIL_QUEUED_AGAIN, application, request, details=details)


def record_bounce(
    work: Work, application: Application, request: LetterRequest, address: str
) -> bool:
    """Write down that a referee is not reached at `address`; say whether that was news.

    It is not where the address is not the one on file any more, where it is known, and where
    nothing more is to be mailed to the referee. The caller holds the lock.
    """
    on_file = address.lower() == request.referee_email.lower()
    if not on_file or request.bounced_at is not None or not still_matters(application, request):
        return False
    request.bounced_at = work.now
    happened(work, Fact.ADDRESS_BOUNCED, application, request)
    return True


def still_matters(application: Application, request: LetterRequest) -> bool:
    """Say whether the referee of a request has still to be reached."""
    return request.status in REACHED_FOR and application.status is not ApplicationStatus.WITHDRAWN
