"""What the applicant chooses for the whole application: which mails to get, and the waiver."""

from letters.domain.errors import InvalidInput, Problem, StillADraft, Withdrawn
from letters.domain.journal import Fact
from letters.domain.status import ApplicationStatus
from letters.domain.telling import MailChoice
from letters.domain.waiver import check_change, check_words, clean_signature
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


def change_waiver(
    work: Work, token: str, *, waived: bool, signature: str, usual: str, shown: str
) -> None:
    """Waive the right to view the letters, signed with the applicant's name, or keep it.

    `usual` are the words of a program that has none of its own, in the reader's language, and
    `shown` is the fingerprint of those that stood above the signature. Who keeps the right signs
    nothing; keeping it twice changes nothing. Raises what waiver_page raises, or InvalidInput.
    """
    application = _changeable(finding.application_behind(work, token, lock=True))
    text = application.program.waiver_wording or usual
    signed_as = _signature(application, signature, text, shown) if waived else None
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


def _signature(application: Application, typed: str, text: str, shown: str) -> str:
    problems: list[Problem] = []
    check_words("waiver", text, shown, problems)
    signature = clean_signature("signature", typed, application.applicant_name, problems)
    if problems:
        raise InvalidInput(problems)
    return signature
