"""What the applicant chooses for the whole application: which mails to get, and the waiver."""

from letters.domain.errors import InvalidInput, Problem, StillADraft, Withdrawn
from letters.domain.journal import Fact
from letters.domain.status import ApplicationStatus
from letters.domain.telling import MailChoice
from letters.domain.waiver import WAIVER, check_change, clean_signature
from letters.records import Application
from letters.services import finding
from letters.services.happening import happened
from letters.services.work import Work


def mails_page(work: Work, token: str) -> Application:
    """Return the application whose mails are chosen.

    Raises LinkInvalid, LinkReplaced or Withdrawn.
    """
    return _not_withdrawn(finding.application_behind(work, token))


def choose_mails(work: Work, token: str, choice: MailChoice) -> None:
    """Choose which mails to get; the same choice again changes nothing.

    Raises what mails_page raises.
    """
    application = _not_withdrawn(finding.application_behind(work, token, lock=True))
    if application.mail_choice is choice:
        return
    application.mail_choice = choice
    happened(work, Fact.MAIL_CHOICE_CHANGED, application, details={"choice": choice.value})


def waiver_page(work: Work, token: str) -> Application:
    """Return the application whose waiver can be changed.

    Raises LinkInvalid, LinkReplaced, Withdrawn, StillADraft or WaiverSettled.
    """
    return _changeable(finding.application_behind(work, token))


def waiver_wording(work: Work, token: str) -> str:
    """Return the words of the waiver that the program behind a status link uses.

    Raises LinkInvalid or LinkReplaced.
    """
    return finding.application_behind(work, token).program.waiver_wording or WAIVER


def change_waiver(
    work: Work, token: str, *, waived: bool, signature: str, text: str = WAIVER
) -> None:
    """Waive the right to view the letters, signed with the applicant's name, or keep it.

    `text` is what was shown and is agreed to, in its language; who keeps the right signs nothing.
    Keeping it twice changes nothing. Raises what waiver_page raises, or InvalidInput.
    """
    application = _changeable(finding.application_behind(work, token, lock=True))
    signed_as = _signature(application, signature) if waived else None
    if not waived and not application.waived:
        return
    application.waived = waived
    application.waiver_signed_as = signed_as
    application.waiver_signed_at = work.now if waived else None
    application.waiver_text = text if waived else None
    happened(work, Fact.WAIVER_CHANGED, application, details={"waived": waived})


def _not_withdrawn(application: Application) -> Application:
    if application.status is ApplicationStatus.WITHDRAWN:
        raise Withdrawn
    return application


def _changeable(application: Application) -> Application:
    _not_withdrawn(application)
    if application.is_own_draft:
        raise StillADraft
    check_change(request.requested_at for request in application.requests)
    return application


def _signature(application: Application, typed: str) -> str:
    problems: list[Problem] = []
    signature = clean_signature("signature", typed, application.applicant_name, problems)
    if problems:
        raise InvalidInput(problems)
    return signature
