"""Advance notices: alerting referees before anything is asked of them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from letters.domain.journal import Fact
from letters.domain.notices import notice_still_helps
from letters.domain.policy import check_notices, last_notice, may_notice
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
    possible = [
        request
        for request in to_be_alerted(work, application)
        if only is None or request.id in only
    ]
    check_notices(application.program.terms, application.status, len(possible), work.now)
    _give(work, application, possible)
    return application


def give_on_submission(work: Work, application: Application) -> None:
    """Send the advance notice to every referee who may get one, be it none.

    The caller holds the lock on the application, or has just made it.
    """
    _give(work, application, to_be_alerted(work, application))


def _give(work: Work, application: Application, requests: Sequence[LetterRequest]) -> None:
    for request in requests:
        request.noticed_at = work.now
        happened(work, Fact.NOTICE_GIVEN, application, request)


def to_be_alerted(work: Work, application: Application) -> list[LetterRequest]:
    """Return the referees who may get the advance notice now."""
    terms, status = application.program.terms, application.status
    return [
        request
        for request in application.requests
        if may_notice(
            terms,
            status,
            request.status,
            last_notice(request.noticed_at, request.corrected_at),
            work.now,
        )
    ]


def send_notice_again(work: Work, application: Application, request: LetterRequest) -> bool:
    """Mail the advance notice once more to the address on file; say whether it was.

    Nothing is mailed to who was never alerted, and where it says nothing true any more. The
    caller holds the lock.
    """
    if not may_send_again(work, application, request):
        return False
    happened(work, Fact.NOTICE_SENT_AGAIN, application, request)
    return True


def may_send_again(work: Work, application: Application, request: LetterRequest) -> bool:
    """Say whether a referee was alerted, and what they were mailed is still true."""
    if request.noticed_at is None:
        return False
    return notice_still_helps(finding.notice_of(work, application, request))
