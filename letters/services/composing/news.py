"""The mails that tell applicants what happened without their doing.

Each is dropped when the applicant chose not to get its kind, and once it is not true any more.
"""

from letters.domain.applicant_view import SETTLED
from letters.domain.journal import Fact
from letters.domain.policy import is_closed
from letters.domain.progress import CAN_COUNT, Standing
from letters.domain.status import RequestStatus
from letters.domain.telling import FACT_OF, awaited_by_due, is_wanted, last_terms
from letters.records import Application, LetterRequest, OutboxMessage
from letters.services import finding, viewing
from letters.services.bouncing import still_matters
from letters.services.composing.base import (
    Composed,
    about,
    is_overtaken,
    letter,
    subject,
    to_applicant,
)
from letters.services.counting_down import word_for
from letters.services.work import Work


def requests_sent(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell the applicant who was asked for a letter."""
    application = about(work, row)
    if viewing.progress_of(work, application).standing is Standing.WITHDRAWN:
        return None
    asked = [r for r in application.requests if r.requested_at is not None]
    return _news(
        work,
        row,
        application,
        referee_names=[request.referee_name for request in asked],
        requested_at=row.created_at,
        choice=application.mail_choice.value,
    )


def letter_arrived(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell the applicant that a letter is in, and nothing about it.

    Another mail tells of the letter with which all were in, and of those before it.
    """
    application, request = subject(work, row)
    received_at = letter(work, row).received_at
    told_by_all_in = (
        application.completed_at is not None and received_at <= application.completed_at
    )
    if told_by_all_in or request.status is not RequestStatus.RECEIVED:
        return None
    return _news(
        work,
        row,
        application,
        referee_name=request.referee_name,
        received_at=received_at,
        received=_received(application),
        wanted=application.program.min_letters,
    )


def all_in(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell the applicant that the letters which the program asks for are in."""
    application = about(work, row)
    if viewing.progress_of(work, application).standing is not Standing.COMPLETE:
        return None
    return _news(
        work,
        row,
        application,
        completed_at=row.created_at,
        wanted=application.program.min_letters,
        awaited_names=_names(application, RequestStatus.REQUESTED),
    )


def referee_declined(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell the applicant who cannot write, and whether somebody else is needed; not the reason.

    Of several declines by the same referee only the last is told.
    """
    application, request = subject(work, row)
    asked = row.details.get("fact") == Fact.REFEREE_LOST
    if request.declined_at != row.created_at or asked != (request.requested_at is not None):
        return None
    if request.replaced_at is not None or _is_settled(work, application, request):
        return None
    possible = sum(r.status in CAN_COUNT for r in application.requests)
    return _news(
        work,
        row,
        application,
        referee_name=request.referee_name,
        another_needed=possible < application.program.min_letters,
        wanted=application.program.min_letters,
        asked=asked,
    )


def address_bounced(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell the applicant which referee is not reached, until the address is corrected.

    An address that the referee gave is not shown.
    """
    application, request = subject(work, row)
    if request.bounced_at != row.created_at or not still_matters(application, request):
        return None
    if _is_settled(work, application, request):
        return None
    return _news(
        work,
        row,
        application,
        referee_name=request.referee_name,
        referee_email=request.referee_email if request.corrected_at is None else "",
        due_at=finding.terms_of(application, request).due_at,
        asked=request.requested_at is not None,
    )


def time_left(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell the applicant that letters are missing with a week left, or a day."""
    application = about(work, row)
    word = word_for(work, application)
    if word is None or FACT_OF[word.stage] != row.details.get("fact"):
        return None
    facts = [viewing.facts_of(application, request) for request in application.requests]
    awaited = awaited_by_due(application.program.terms, facts)
    return _news(
        work,
        row,
        application,
        left=word.stage.value,
        received=_received(application),
        wanted=application.program.min_letters,
        awaited_names=[request.referee_name for request in awaited],
    )


def due_moved(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell the applicant of the program's new due date; of several only the last one."""
    application = about(work, row)
    standing = viewing.progress_of(work, application).standing
    if standing in SETTLED or is_overtaken(row, application.program):
        return None
    return _news(
        work,
        row,
        application,
        received=_received(application),
        wanted=application.program.min_letters,
    )


def closed_incomplete(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell the applicant that the time is over, and fewer letters came than were asked for."""
    application = about(work, row)
    if viewing.progress_of(work, application).standing is not Standing.INCOMPLETE:
        return None
    facts = [viewing.facts_of(application, request) for request in application.requests]
    return _news(
        work,
        row,
        application,
        closes_at=last_terms(application.program.terms, facts).closes_at,
        received=_received(application),
        wanted=application.program.min_letters,
        awaited_names=_names(application, RequestStatus.REQUESTED),
    )


def _news(
    work: Work, row: OutboxMessage, application: Application, **facts: object
) -> Composed | None:
    if not is_wanted(row.kind, application.mail_choice):
        return None
    return to_applicant(work, application, **facts)


def _is_settled(work: Work, application: Application, request: LetterRequest) -> bool:
    """Say whether what became of one referee is not to be acted on any more."""
    standing = viewing.progress_of(work, application).standing
    return standing in SETTLED or is_closed(finding.terms_of(application, request), work.now)


def _received(application: Application) -> int:
    return len(_names(application, RequestStatus.RECEIVED))


def _names(application: Application, status: RequestStatus) -> list[str]:
    return [r.referee_name for r in application.requests if r.status is status]
