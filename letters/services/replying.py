"""What a referee replies to an advance notice. Every reply can be changed until the request."""

from letters.addresses import clean_address
from letters.domain.errors import InvalidInput, Problem
from letters.domain.journal import Fact
from letters.domain.notices import Notice, check_answer
from letters.domain.policy import may_request
from letters.domain.status import Event, advance
from letters.domain.words import N_
from letters.ports import Purpose
from letters.records import Application, LetterRequest
from letters.services import drafting, finding
from letters.services.addressing import clash, readdress
from letters.services.answering import cleaned_reason, set_declined
from letters.services.happening import happened
from letters.services.requesting import ask
from letters.services.work import Work

TAKEN = N_("Somebody else in this application is reached there. Give your own address.")


def welcome(work: Work, token: str) -> LetterRequest:
    """Say “I can write”, also after an early decline. Twice is as good as once.

    Where letters are requested by now, this referee is asked at once.
    Raises LinkInvalid, LinkReplaced, or what check_answer raises.
    """
    application, request, at = _answerable(work, token)
    if at is Notice.WELCOMED:
        return request
    if at is Notice.DECLINED:
        _reconsider(work, application, request)
    request.welcomed_at = work.now
    happened(work, Fact.NOTICE_WELCOMED, application, request)
    _ask_if_others_were(work, application, request)
    return request


def decline_early(work: Work, token: str, reason: str) -> LetterRequest:
    """Decline before being asked; `reason` may be empty and is for coordinators only.

    The applicant is told to name somebody else. Twice is as good as once.
    Raises LinkInvalid, LinkReplaced, InvalidInput, or what check_answer raises.
    """
    application, request, at = _answerable(work, token)
    if at is Notice.DECLINED:
        return request
    set_declined(work, request, cleaned_reason("reason", reason))
    happened(work, Fact.NOTICE_DECLINED, application, request)
    return request


def correct_address(work: Work, token: str, email: str) -> LetterRequest:
    """Put right where the referee is reached; the notice goes there, and this link ends.

    It takes an early decline back; where letters are requested by now, the request goes there
    instead. The same address again changes nothing.
    Raises LinkInvalid, LinkReplaced, InvalidInput, or what check_answer raises.
    """
    application, request, at = _answerable(work, token)
    address = _cleaned_address(application, request, email)
    if address.lower() == request.referee_email.lower():
        return request
    if at is Notice.DECLINED:
        _reconsider(work, application, request)
    readdress(request, address, work.now)
    request.noticed_at = work.now
    happened(work, Fact.ADDRESS_CORRECTED, application, request)
    if application.is_own_draft:
        drafting.follow_address(application, request)
    _ask_if_others_were(work, application, request)
    return request


def _answerable(work: Work, token: str) -> tuple[Application, LetterRequest, Notice]:
    application, request = finding.request_behind(work, Purpose.NOTICE, token, lock=True)
    at = finding.notice_of(work, application, request)
    check_answer(at, finding.terms_of(application, request))
    return application, request, at


def _reconsider(work: Work, application: Application, request: LetterRequest) -> None:
    request.status = advance(request.status, Event.RECONSIDER)
    request.declined_at = None
    request.decline_reason = None
    happened(work, Fact.NOTICE_RECONSIDERED, application, request)


def _ask_if_others_were(work: Work, application: Application, request: LetterRequest) -> None:
    if may_request(application.program.terms, application.status):
        ask(work, application, request)


def _cleaned_address(application: Application, request: LetterRequest, email: str) -> str:
    problems: list[Problem] = []
    address = clean_address("email", email, problems)
    if not problems and clash(application, address, request) is not None:
        problems.append(Problem("email", TAKEN))
    if problems:
        raise InvalidInput(problems)
    return address
