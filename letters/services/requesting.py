"""Asking for letters: on submission, on selection, and again by link."""

from collections.abc import Mapping
from uuid import UUID

from letters.domain.errors import NotSubmitted
from letters.domain.journal import Fact
from letters.domain.policy import check_select, may_request
from letters.domain.slots import TAKES_A_LETTER
from letters.domain.status import Event, RequestStatus, advance
from letters.records import Application, LetterRequest
from letters.services import finding
from letters.services.happening import happened
from letters.services.work import Work


def select(work: Work, application_id: UUID) -> Application:
    """Select an application, which requests its letters and tells the applicant so.

    Raises UnknownApplication, Withdrawn, NotSubmitted, RequestedAutomatically, AlreadyRequested
    or ProgramClosed.
    """
    application = finding.application(work, application_id, lock=True)
    select_application(work, application)
    return application


def select_application(
    work: Work,
    application: Application,
    details: Mapping[str, str] | None = None,
    *,
    tell: bool = True,
) -> None:
    """Select an application whose lock the caller holds; raises what select raises.

    `details` says by what; `tell` is whether the applicant gets news of the requests.
    """
    check_select(application.program.terms, application.status, work.now)
    application.status = advance(application.status, Event.SELECT)
    application.selected_at = work.now
    happened(work, Fact.APPLICATION_SELECTED, application, details=details)
    request_letters(work, application)
    if tell and any(r.status is RequestStatus.REQUESTED for r in application.requests):
        happened(work, Fact.LETTERS_REQUESTED, application)


def request_letters(work: Work, application: Application) -> None:
    """Ask every referee who has only been named so far. The caller holds the lock.

    Who declined the advance notice is not asked. Raises NotSubmitted when the policy does not
    allow it yet.
    """
    if not may_request(application.program.terms, application.status):
        raise NotSubmitted
    for request in application.requests:
        if request.status is RequestStatus.NAMED:
            ask(work, application, request)


def ask(work: Work, application: Application, request: LetterRequest) -> None:
    """Ask one referee for the letter. The caller holds the lock and has looked at the policy."""
    request.status = advance(request.status, Event.REQUEST)
    request.requested_at = work.now
    request.waived = application.waived
    request.declined_at = None
    request.decline_reason = None
    happened(work, Fact.LETTER_REQUESTED, application, request)


def send_link_again(work: Work, application: Application, request: LetterRequest) -> bool:
    """Mail the current upload link to the referee's address on file; say whether it was.

    Nothing is mailed where no letter is taken any more. The caller holds the lock.
    """
    if finding.slot_of(work, application, request) not in TAKES_A_LETTER:
        return False
    happened(work, Fact.LINK_SENT_AGAIN, application, request)
    return True


def send_status_link_again(work: Work, application: Application) -> None:
    """Mail the current status link to the applicant. The caller holds the lock.

    Of drafts only those that were begun on our page get one.
    """
    if application.submitted_at is None:
        if application.is_own_draft:
            happened(work, Fact.DRAFT_LINK_ASKED, application)
        return
    happened(work, Fact.STATUS_LINK_SENT_AGAIN, application)
