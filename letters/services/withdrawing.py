"""Withdrawing an application: nothing more is asked of anybody, and everybody concerned is told."""

from uuid import UUID

from letters.domain.journal import Fact
from letters.domain.status import ApplicationStatus, Event, RequestStatus, advance, can
from letters.records import Application, LetterRequest
from letters.services import finding
from letters.services.happening import happened
from letters.services.work import Work


def withdraw_behind(work: Work, token: str) -> Application:
    """Withdraw what a status link opens. Raises LinkInvalid or LinkReplaced."""
    return withdraw(work, finding.application_behind(work, token).id)


def withdraw(work: Work, application_id: UUID) -> Application:
    """Withdraw an application, and cancel what is still open. Twice is as good as once.

    Letters that are in stay, and so does what was declined. Raises UnknownApplication.
    """
    application = finding.application(work, application_id, lock=True)
    if application.status is not ApplicationStatus.WITHDRAWN:
        withdraw_application(work, application)
    return application


def withdraw_application(work: Work, application: Application) -> None:
    """Withdraw an application whose lock the caller holds, and that was not withdrawn before."""
    application.status = advance(application.status, Event.WITHDRAW)
    application.withdrawn_at = work.now
    happened(work, Fact.APPLICATION_WITHDRAWN, application)
    for request in application.requests:
        if can(request.status, Event.CANCEL):
            cancel(work, application, request)


def cancel(work: Work, application: Application, request: LetterRequest) -> None:
    """End one request, and with it a question for more time. The caller holds the lock."""
    request.status = advance(request.status, Event.CANCEL)
    request.cancelled_at = work.now
    request.end_question()
    happened(work, Fact.REQUEST_CANCELLED, application, request)


def has_been_heard_of(application: Application) -> bool:
    """Say whether a referee whose letter is not in was alerted or asked, and is told of the end.

    Who was replaced before was told then.
    """
    ending = (RequestStatus.NAMED, RequestStatus.REQUESTED, RequestStatus.CANCELLED)
    return any(
        r.status in ending
        and r.replaced_at is None
        and (r.requested_at or r.noticed_at) is not None
        for r in application.requests
    )
