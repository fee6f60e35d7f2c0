"""Naming somebody else in place of a referee, or one referee more."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from letters.domain.acts import check_add, check_replace
from letters.domain.errors import InvalidInput, Problem, StillADraft
from letters.domain.journal import Fact
from letters.domain.policy import may_request
from letters.domain.progress import CAN_COUNT
from letters.domain.status import Event, can
from letters.domain.text import mailbox_key
from letters.records import Application, LetterRequest
from letters.services import finding
from letters.services.addressing import given_problems, slip_problems
from letters.services.applying import NewReferee, cleaned_referee
from letters.services.happening import happened
from letters.services.requesting import ask
from letters.services.withdrawing import cancel
from letters.services.work import Work


@dataclass(frozen=True)
class Naming:
    """What the form shows: who is replaced, None where one more is named, and what follows."""

    application: Application
    former: LetterRequest | None = None

    @property
    def asked_at_once(self) -> bool:
        """Whether the new referee is asked for the letter as soon as they are named."""
        return may_request(self.application.program.terms, self.application.status)

    @property
    def former_is_told(self) -> bool:
        """Whether the former referee heard of the application and awaits something of it."""
        former = self.former
        if former is None or not can(former.status, Event.CANCEL):
            return False
        return (former.requested_at or former.noticed_at) is not None


def replacement_page(work: Work, token: str, request_id: UUID) -> Naming:
    """Return what the form shows for a referee who can be replaced.

    Raises LinkInvalid, LinkReplaced, UnknownRequest, StillADraft, or what check_replace raises.
    """
    application = finding.application_behind(work, token)
    return Naming(application, _replaceable(work, application, request_id))


def addition_page(work: Work, token: str) -> Naming:
    """Return what the form shows for one more referee.

    Raises LinkInvalid, LinkReplaced, or what check_add raises.
    """
    application = finding.application_behind(work, token)
    _check_add(work, application)
    return Naming(application)


def replace(
    work: Work, token: str, request_id: UUID, new: NewReferee, *, sure_of: str | None = None
) -> LetterRequest:
    """Name somebody else in place of a referee; return the new request.

    The former one's links end, and who was alerted or asked is told so by mail. Who declined
    hears nothing more. `sure_of` is what slip_problems takes. Raises what replacement_page
    raises, or InvalidInput.
    """
    application = finding.application_behind(work, token, lock=True)
    former = _replaceable(work, application, request_id)
    return put_in_place(work, application, former, cleaned(application, new, sure_of))


def put_in_place(
    work: Work, application: Application, former: LetterRequest, clean: NewReferee
) -> LetterRequest:
    """Name somebody, tidied, in place of a referee who may be replaced; see replace.

    The caller holds the lock.
    """
    _end(work, application, former)
    return name(work, application, clean, {"in_place_of": str(former.id)})


def add(work: Work, token: str, new: NewReferee, *, sure_of: str | None = None) -> LetterRequest:
    """Name one referee more; return the new request.

    `sure_of` is what slip_problems takes. Raises what addition_page raises, or InvalidInput.
    """
    application = finding.application_behind(work, token, lock=True)
    _check_add(work, application)
    return name(work, application, cleaned(application, new, sure_of), {})


def _replaceable(work: Work, application: Application, request_id: UUID) -> LetterRequest:
    request = finding.request_in(application, request_id)
    if application.is_own_draft:
        raise StillADraft
    check_replace(
        application.program.terms,
        application.status,
        request.status,
        replaced=request.replaced_at is not None,
        rows=len(application.requests),
        now=work.now,
    )
    return request


def _check_add(work: Work, application: Application) -> None:
    requests = application.requests
    active = sum(request.status in CAN_COUNT for request in requests)
    terms = application.program.terms
    check_add(terms, application.status, active, len(requests), work.now)


def cleaned(
    application: Application, new: NewReferee, sure_of: str | None, *, by_applicant: bool = True
) -> NewReferee:
    """Return a referee tidied, whose address nobody else has. Raises InvalidInput."""
    problems: list[Problem] = []
    clean = cleaned_referee("", new, problems)
    if clean.email:
        problems += given_problems(application, clean.email, by_applicant=by_applicant)
    if not problems:
        problems += slip_problems(application, clean.email, sure_of)
    if problems:
        raise InvalidInput(problems)
    return clean


def _end(work: Work, application: Application, former: LetterRequest) -> None:
    former.link_generation += 1
    if can(former.status, Event.CANCEL):
        cancel(work, application, former)
    former.replaced_at = work.now
    happened(work, Fact.REFEREE_REPLACED, application, former)


def name(
    work: Work, application: Application, clean: NewReferee, details: Mapping[str, str]
) -> LetterRequest:
    """Name somebody, tidied, and ask them for the letter where the others are asked.

    The caller holds the lock.
    """
    named = LetterRequest(
        position=max((r.position for r in application.requests), default=0) + 1,
        referee_name=clean.name,
        referee_email=clean.email,
        referee_key=mailbox_key(clean.email),
        affiliation=clean.affiliation,
        relation=clean.relationship,
        named_at=work.now,
    )
    application.requests.append(named)
    work.session.flush()
    happened(work, Fact.REFEREE_ADDED, application, named, details=details)
    if may_request(application.program.terms, application.status):
        ask(work, application, named)
    return named
