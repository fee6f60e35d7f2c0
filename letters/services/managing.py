"""What a coordinator does about one referee, or one application, by one button and a reason."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sqlalchemy import select

from letters.domain import managing as rules
from letters.domain.acts import is_allowed
from letters.domain.errors import LetterPurged, NothingToResend, Withdrawn
from letters.domain.journal import Fact
from letters.domain.managing import EVENT_BACK, ApplicationAct, RequestAct
from letters.domain.policy import is_closed
from letters.domain.progress import is_complete
from letters.domain.referee_line import reminded
from letters.domain.slots import TAKES_A_LETTER
from letters.domain.status import ApplicationStatus, Event, RequestStatus, advance
from letters.records import Application, Letter, LetterRequest
from letters.services import finding, noticing, releasing, reminding, requesting, withdrawing
from letters.services.day_mails import mail_still_to_go
from letters.services.happening import happened
from letters.services.viewing import current_letter, facts_of
from letters.services.work import Work

_Check = Callable[[Work, Application, LetterRequest], None]
_Do = Callable[[Work, Application, LetterRequest], None]


def check(work: Work, act: RequestAct, application: Application, request: LetterRequest) -> None:
    """Say whether an act is possible now. Raises a NotAllowed that says why not."""
    _CHECKS[act](work, application, request)


def do(work: Work, act: RequestAct, application: Application, request: LetterRequest) -> None:
    """Do an act. The caller holds the lock and has kept the reason. Raises what check raises."""
    check(work, act, application, request)
    _ACTS[act](work, application, request)


def possible(
    work: Work, application: Application, request: LetterRequest
) -> tuple[RequestAct, ...]:
    """Return what can be done about one referee now, for the buttons."""
    return tuple(
        act
        for act in RequestAct
        if is_allowed(lambda act=act: check(work, act, application, request))  # type: ignore[misc]  # mypy knows no default of a lambda
    )


def check_application(act: ApplicationAct, application: Application) -> None:
    """Say whether an act on a whole application is possible. Raises a NotAllowed."""
    if act is ApplicationAct.RELEASE:
        releasing.releasable(application)
        return
    if application.status is ApplicationStatus.WITHDRAWN:
        raise Withdrawn


def do_to_application(work: Work, act: ApplicationAct, application: Application) -> None:
    """Do an act to a whole application; the caller holds the lock and has kept the reason.

    Raises what check_application raises.
    """
    check_application(act, application)
    if act is ApplicationAct.RELEASE:
        releasing.release_open(work, application)
    else:
        withdrawing.withdraw_application(work, application)


def possible_to_application(application: Application) -> tuple[ApplicationAct, ...]:
    """Return what can be done to a whole application now, for the buttons."""
    return tuple(
        act
        for act in ApplicationAct
        if is_allowed(lambda act=act: check_application(act, application))  # type: ignore[misc]  # likewise
    )


# --- reminding, and mailing again -------------------------------------------------------------


def _check_remind(work: Work, application: Application, request: LetterRequest) -> None:
    known = reminded(application.status, facts_of(application, request), work.now)
    rules.check_remind(known, work.now)


def _remind(work: Work, application: Application, request: LetterRequest) -> None:
    mail = mail_still_to_go(work, request, reminding.zone_of(application, request))
    request.reminders += 1
    request.reminded_at = mail.goes_at(work.now)
    mail.mentions([request])
    details = {"outbox": str(mail.row.id)}
    happened(work, Fact.REFEREE_REMINDED, application, request, details=details)


def _check_resend(work: Work, application: Application, request: LetterRequest) -> None:
    was_asked = finding.slot_of(work, application, request) in TAKES_A_LETTER
    if not was_asked and not noticing.may_send_again(work, application, request):
        raise NothingToResend


def _resend(work: Work, application: Application, request: LetterRequest) -> None:
    if not requesting.send_link_again(work, application, request):
        noticing.send_notice_again(work, application, request)


# --- ending a request, and going on with it ---------------------------------------------------


def _check_cancel(_work: Work, _application: Application, request: LetterRequest) -> None:
    rules.check_cancel(request.status)


def _check_restore(work: Work, application: Application, request: LetterRequest) -> None:
    rules.check_restore(
        finding.terms_of(application, request),
        application.status,
        request.status,
        replaced=request.is_gone,
        now=work.now,
    )


def _restore(work: Work, application: Application, request: LetterRequest) -> None:
    """Who was asked before is mailed the link once more: they were told that it is over."""
    was_asked = request.requested_at is not None
    request.status = advance(request.status, EVENT_BACK[was_asked])
    request.cancelled_at = None
    request.climb_anew(work.now)
    happened(work, Fact.REQUEST_RESTORED, application, request)
    requesting.send_link_again(work, application, request)


# --- a wrong letter ---------------------------------------------------------------------------


def _check_return(work: Work, application: Application, request: LetterRequest) -> None:
    own_terms = finding.terms_of(application, request)
    is_over = is_closed(own_terms, work.now)
    rules.check_return(
        own_terms,
        application.status,
        request.status,
        work.now,
        entered=is_over and _is_entered(work, request),
    )


def _is_entered(work: Work, request: LetterRequest) -> bool:
    letter = current_letter(work, request)
    return letter is not None and letter.entered


def _return(work: Work, application: Application, request: LetterRequest) -> None:
    """The letter stays in the store, as an older version, and counts no more."""
    request.status = advance(request.status, Event.RETURN)
    request.current_version = None
    request.received_at = None
    request.returned_at = work.now
    request.climb_anew(work.now)
    received = sum(r.status is RequestStatus.RECEIVED for r in application.requests)
    if not is_complete(application.program.terms, received):
        application.completed_at = None
    happened(work, Fact.LETTER_RETURNED, application, request)


def _check_keep(_work: Work, application: Application, request: LetterRequest) -> None:
    returned = request.returned_at is not None
    rules.check_keep(application.status, request.status, returned=returned)


def _keep(work: Work, application: Application, request: LetterRequest) -> None:
    """The letter counts again, as if nothing had been. Raises LetterPurged where it is gone.

    The applicant was not told of the return, and is not told of this.
    """
    letters = select(Letter).where(Letter.request_id == request.id)
    letter = work.session.scalars(letters.order_by(Letter.version.desc()).limit(1)).one()
    if letter.purged_at is not None:
        raise LetterPurged
    request.status = advance(request.status, Event.KEEP)
    request.current_version = letter.version
    request.received_at = letter.received_at
    request.returned_at = None
    request.end_question()
    happened(work, Fact.LETTER_KEPT, application, request, letter)
    received = sum(r.status is RequestStatus.RECEIVED for r in application.requests)
    if application.completed_at is None and is_complete(application.program.terms, received):
        application.completed_at = work.now
        happened(work, Fact.APPLICATION_COMPLETED, application)


# --- asking -----------------------------------------------------------------------------------


def _check_request(work: Work, application: Application, request: LetterRequest) -> None:
    rules.check_request(
        finding.terms_of(application, request),
        application.status,
        request.status,
        replaced=request.is_gone,
        now=work.now,
    )


def _request(work: Work, application: Application, request: LetterRequest) -> None:
    """Reminders that would have gone out before now are not made up for."""
    requesting.ask(work, application, request)
    request.climb_anew(work.now)


_CHECKS: Mapping[RequestAct, _Check] = MappingProxyType(
    {
        RequestAct.REQUEST: _check_request,
        RequestAct.REMIND: _check_remind,
        RequestAct.RESEND: _check_resend,
        RequestAct.CANCEL: _check_cancel,
        RequestAct.RETURN: _check_return,
        RequestAct.KEEP: _check_keep,
        RequestAct.RESTORE: _check_restore,
    }
)
_ACTS: Mapping[RequestAct, _Do] = MappingProxyType(
    {
        RequestAct.REQUEST: _request,
        RequestAct.REMIND: _remind,
        RequestAct.RESEND: _resend,
        RequestAct.CANCEL: withdrawing.cancel,
        RequestAct.RETURN: _return,
        RequestAct.KEEP: _keep,
        RequestAct.RESTORE: _restore,
    }
)
