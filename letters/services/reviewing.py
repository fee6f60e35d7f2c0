"""The last look at a draft before it is submitted: its problems, its referees, its waiver."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from letters.domain import drafts
from letters.domain.drafts import Hint, Press, Typed
from letters.domain.errors import Problem
from letters.domain.policy import requested_on_submission
from letters.domain.status import RequestStatus
from letters.domain.waiver import check_words
from letters.records import Application, LetterRequest
from letters.services import applying, finding
from letters.services.checking_drafts import Checked, NamedReferee, check
from letters.services.drafting import (
    check_is_open_draft,
    is_reviewed,
    keep,
    locked_draft,
    save,
    set_reviewed,
    typed_into,
)
from letters.services.naming import is_about, name_referees
from letters.services.work import Work


def review(
    work: Work, token: str, given: Typed, version: int, usual: str, shown: str
) -> Sequence[Problem]:
    """Save a form, say what is wrong with it, and if nothing is, name its referees.

    `usual` are the words of a waiver where the program has none of its own, and `shown` is the
    fingerprint of those that stood above the signature. Raises what save raises.
    """
    application = save(work, token, given, version, Press(drafts.Do.REVIEW))
    typed = typed_into(application)
    found = _checked(application, typed)
    text = application.program.waiver_wording or usual
    problems = list(found.problems)
    if found.waived:
        check_words("waiver", text, shown, problems)
    if problems:
        return problems
    _sign(work, application, found, text)
    if is_reviewed(application):
        return ()
    application.applicant_name = found.name
    requests = name_referees(work, application, found.referees)
    groups = list(typed.referees)
    for one, request in zip(found.referees, requests, strict=True):
        groups[one.group] = replace(groups[one.group], id=str(request.id))
    keep(application, replace(typed, referees=tuple(groups)))
    set_reviewed(application)
    return ()


def _checked(application: Application, typed: Typed) -> Checked:
    terms = application.program.terms
    found = check(terms, application.applicant_email, typed, declined=0)
    declined = sum(_has_declined(application, one) for one in found.referees)
    if not declined:
        return found
    return check(terms, application.applicant_email, typed, declined)


def _has_declined(application: Application, one: NamedReferee) -> bool:
    return any(
        request.status is RequestStatus.DECLINED
        and str(request.id) == one.group_id
        and is_about(request, one)
        for request in application.requests
    )


def _sign(work: Work, application: Application, found: Checked, text: str) -> None:
    """Keep the waiver with the words that were signed; who keeps the right signs nothing."""
    application.waived = found.waived
    if not found.waived:
        application.waiver_signed_as = None
        application.waiver_signed_at = None
        application.waiver_text = None
        return
    if (application.waiver_signed_as, application.waiver_text) == (found.signature, text):
        return
    application.waiver_signed_as = found.signature
    application.waiver_signed_at = work.now
    application.waiver_text = text


# --- the page, and its button -----------------------------------------------------------------


@dataclass(frozen=True)
class Reviewed:
    """One referee, and what is worth a second look."""

    request: LetterRequest
    hint: Hint


@dataclass(frozen=True)
class ReviewPage:
    """All that the review page shows."""

    application: Application
    referees: Sequence[Reviewed]

    @property
    def asked_at_once(self) -> bool:
        """Whether submitting by itself requests the letters."""
        return requested_on_submission(self.application.program.terms)

    @property
    def can_be_alerted(self) -> bool:
        """Whether anybody has not heard of it yet."""
        return any(one.request.noticed_at is None for one in self.referees)


def page(work: Work, token: str) -> ReviewPage | None:
    """Return what the review page shows, or None when the form has to be looked at anew first.

    Raises LinkInvalid, LinkReplaced, NotADraft or ProgramClosed.
    """
    application = finding.application_behind(work, token)
    check_is_open_draft(work, application)
    if not is_reviewed(application):
        return None
    typed = typed_into(application)
    hints = drafts.hints_for(typed, application.applicant_email)
    by_id = {one.id: hint for one, hint in zip(typed.referees, hints, strict=True)}
    named = [request for request in application.requests if str(request.id) in by_id]
    return ReviewPage(application, [Reviewed(one, by_id[str(one.id)]) for one in named])


def submit(work: Work, token: str) -> bool:
    """Submit a draft as it was reviewed; say False when it was changed since.

    Raises LinkInvalid, LinkReplaced, NotADraft, ProgramClosed, TooFewReferees or TooManyReferees.
    """
    application = locked_draft(work, token)
    if not is_reviewed(application):
        return False
    applying.submit_draft(work, application)
    application.typed = None
    return True
