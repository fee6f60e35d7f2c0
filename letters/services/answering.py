"""What a referee answers other than with a letter: declining, and taking that back."""

from letters.domain.errors import InvalidInput, Problem
from letters.domain.journal import Fact
from letters.domain.slots import Slot, check_decline, check_take_back
from letters.domain.status import Event, advance
from letters.domain.text import clean_text
from letters.ports import Purpose
from letters.records import LetterRequest
from letters.services import finding
from letters.services.happening import happened
from letters.services.work import Work

LONGEST_REASON = 2000


def decline(work: Work, token: str, reason: str) -> LetterRequest:
    """Decline; `reason` may be empty and is for coordinators only. Twice is as good as once.

    Raises LinkInvalid, LinkReplaced, InvalidInput, or what check_decline raises.
    """
    application, request = finding.request_behind(work, Purpose.UPLOAD, token, lock=True)
    at = finding.slot_of(work, application, request)
    if at is Slot.DECLINED:
        return request
    check_decline(at, finding.terms_of(application, request))
    set_declined(work, request, cleaned_reason("reason", reason))
    happened(work, Fact.REQUEST_DECLINED, application, request)
    happened(work, Fact.REFEREE_LOST, application, request)
    return request


def set_declined(work: Work, request: LetterRequest, reason: str) -> None:
    """Set the columns of a decline; with it ends whatever else the referee said or asked."""
    request.status = advance(request.status, Event.DECLINE)
    request.declined_at = work.now
    request.decline_reason = reason or None
    request.welcomed_at = None
    request.end_question()


def cleaned_reason(field: str, reason: str) -> str:
    """Return what a referee wrote, tidied. Raises InvalidInput."""
    problems: list[Problem] = []
    text = clean_text(field, reason, problems, LONGEST_REASON)
    if problems:
        raise InvalidInput(problems)
    return text


def take_back_decline(work: Work, token: str) -> LetterRequest:
    """Take a decline back, so that the letter can be sent; the request is mailed again.

    Where the letter can be sent already there is nothing left to do.
    Raises LinkInvalid, LinkReplaced, or what check_take_back raises.
    """
    application, request = finding.request_behind(work, Purpose.UPLOAD, token, lock=True)
    at = finding.slot_of(work, application, request)
    if at is Slot.OPEN:
        return request
    check_take_back(at, finding.terms_of(application, request))
    request.status = advance(request.status, Event.TAKE_BACK)
    request.declined_at = None
    request.decline_reason = None
    request.climb_anew(work.now)
    happened(work, Fact.DECLINE_TAKEN_BACK, application, request)
    return request
