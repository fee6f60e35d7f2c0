"""Correcting the address of a referee: one that bounced, or was wrong."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from letters.addresses import clean_address
from letters.domain.acts import check_correct
from letters.domain.errors import InvalidInput, Problem, StillADraft
from letters.domain.journal import Fact, MessageKind
from letters.domain.words import N_
from letters.records import Application, LetterRequest, OutboxMessage, OutboxStatus
from letters.services import finding
from letters.services.addressing import given_problems, readdress, slip_problems
from letters.services.bouncing import queue_again
from letters.services.composing import compose
from letters.services.happening import happened
from letters.services.noticing import send_notice_again
from letters.services.requesting import send_link_again
from letters.services.work import Work

SAY_MORE = (MessageKind.LETTER_RETURNED, MessageKind.MORE_TIME_ANSWERED)
"""Mails to a referee that say what the request does not."""

SAME = N_("That is the address we have on file already. Give another one, or go back.")


@dataclass(frozen=True)
class Correction:
    """What the form shows of a referee whose address may be corrected."""

    application: Application
    request: LetterRequest

    @property
    def email(self) -> str:
        """The address as the applicant gave it; empty where the referee gave a better one."""
        return self.request.referee_email if self.request.corrected_at is None else ""


def page(work: Work, token: str, request_id: UUID) -> Correction:
    """Return what the form shows.

    Raises LinkInvalid, LinkReplaced, UnknownRequest, StillADraft, or what check_correct raises.
    """
    return _correctable(work, finding.application_behind(work, token), request_id)


def correct(
    work: Work, token: str, request_id: UUID, email: str, *, sure_of: str | None = None
) -> LetterRequest:
    """Put right where a referee is reached; what they were mailed last goes there at once.

    `sure_of` is what slip_problems takes. Raises what page raises, or InvalidInput, also when it
    is the address on file.
    """
    found = _correctable(work, finding.application_behind(work, token, lock=True), request_id)
    address = cleaned(found.application, found.request, email, sure_of)
    return set_address(work, found.application, found.request, address)


def set_address(
    work: Work, application: Application, request: LetterRequest, address: str
) -> LetterRequest:
    """Let a referee be reached at a cleaned address; what they are still to be told goes there.

    That is the request, or else the notice, and what the former address did not take and neither
    of them says. What waits in the queue goes to the address on file anyway.

    The caller holds the lock, and has looked whether it may be.
    """
    readdress(request, address, work.now)
    happened(work, Fact.ADDRESS_CHANGED, application, request)
    _send_lost_again(work, application, request)
    if send_link_again(work, application, request):
        return request
    if send_notice_again(work, application, request):
        request.noticed_at = work.now
    return request


def _send_lost_again(work: Work, application: Application, request: LetterRequest) -> None:
    lost = (
        select(OutboxMessage)
        .where(
            OutboxMessage.request_id == request.id,
            OutboxMessage.kind.in_(SAY_MORE),
            or_(OutboxMessage.status == OutboxStatus.DEAD, OutboxMessage.bounced_at.is_not(None)),
        )
        .order_by(OutboxMessage.id)
        .with_for_update()
    )
    for row in work.session.scalars(lost).all():
        composed = compose(work, row)
        if composed is not None:
            queue_again(work, application, row, to=composed.to)


def _correctable(work: Work, application: Application, request_id: UUID) -> Correction:
    request = finding.request_in(application, request_id)
    if application.is_own_draft:
        raise StillADraft
    own_terms = finding.terms_of(application, request)
    check_correct(
        own_terms,
        application.status,
        request.status,
        corrected=request.corrections,
        now=work.now,
    )
    return Correction(application, request)


def cleaned(
    application: Application,
    request: LetterRequest,
    email: str,
    sure_of: str | None,
    *,
    by_applicant: bool = True,
) -> str:
    """Return the new address of a referee, tidied. Raises InvalidInput."""
    problems: list[Problem] = []
    address = clean_address("email", email, problems)
    if not problems and address.lower() == request.referee_email.lower():
        problems.append(Problem("email", SAME))
    if not problems:
        problems += given_problems(application, address, request, by_applicant=by_applicant)
    if not problems:
        problems += slip_problems(application, address, sure_of)
    if problems:
        raise InvalidInput(problems)
    return address
