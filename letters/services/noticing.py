"""Advance notices: alerting referees before anything is asked of them."""

from collections.abc import Collection
from uuid import UUID

from letters.domain.journal import Fact
from letters.domain.notices import notice_still_helps
from letters.domain.policy import check_notices, may_notice
from letters.records import Application, LetterRequest
from letters.services import finding
from letters.services.happening import happened
from letters.services.work import Work


def give_notices(
    work: Work, application_id: UUID, only: Collection[UUID] | None = None
) -> Application:
    """Send the advance notice to every referee who may get one, or to those in `only`.

    Raises UnknownApplication, UnknownRequest when `only` names a stranger, Withdrawn,
    ProgramClosed or NoticeNotPossible.
    """
    application = finding.application(work, application_id, lock=True)
    for request_id in only or ():
        finding.request_in(application, request_id)
    terms = application.program.terms
    possible = [
        request
        for request in application.requests
        if (only is None or request.id in only)
        and may_notice(terms, application.status, request.status, request.noticed_at, work.now)
    ]
    check_notices(terms, application.status, len(possible), work.now)
    for request in possible:
        request.noticed_at = work.now
        happened(work, Fact.NOTICE_GIVEN, application, request)
    return application


def send_notice_again(work: Work, application: Application, request: LetterRequest) -> bool:
    """Mail the advance notice once more to the address on file; say whether it was.

    Nothing is mailed to who was never alerted, and where it says nothing true any more. The
    caller holds the lock.
    """
    if request.noticed_at is None:
        return False
    if not notice_still_helps(finding.notice_of(work, application, request)):
        return False
    happened(work, Fact.NOTICE_SENT_AGAIN, application, request)
    return True
