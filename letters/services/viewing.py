"""What referees and applicants see, read with a constant number of statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from letters.domain.applicant_view import ApplicantView, applicant_view
from letters.domain.keeping import kept_until
from letters.domain.notices import Notice
from letters.domain.policy import Terms, is_closed, may_request
from letters.domain.progress import Progress, RequestFacts, roll_up
from letters.domain.seen import fingerprint
from letters.domain.slots import Slot
from letters.domain.status import Event, can
from letters.domain.waiver import may_change
from letters.ports import Purpose
from letters.records import Application, Letter, LetterRequest
from letters.services import finding
from letters.services.withdrawing import has_been_heard_of
from letters.services.work import Work

# --- the referee ------------------------------------------------------------------------------


@dataclass(frozen=True)
class UploadPage:
    """All that the upload page and the receipt show; `late` says that the due date is over."""

    application: Application
    request: LetterRequest
    terms: Terms
    slot: Slot
    late: bool
    letter: Letter | None

    @property
    def kept_until(self) -> datetime:
        """Until when the program keeps the letter."""
        return kept_until(self.terms, self.application.program.kept_days)


def upload_page(work: Work, token: str) -> UploadPage:
    """Return what an upload link shows. Raises LinkInvalid or LinkReplaced."""
    application, request = finding.request_behind(work, Purpose.UPLOAD, token)
    terms = finding.terms_of(application, request)
    return UploadPage(
        application=application,
        request=request,
        terms=terms,
        slot=finding.slot_of(work, application, request),
        late=work.now > terms.due_at,
        letter=current_letter(work, request),
    )


@dataclass(frozen=True)
class NoticePage:
    """All that the page of an advance notice shows."""

    application: Application
    request: LetterRequest
    terms: Terms
    notice: Notice

    @property
    def asked_once_welcome(self) -> bool:
        """Whether the request follows a yes at once, because the others were asked by now."""
        return may_request(self.application.program.terms, self.application.status)


def notice_page(work: Work, token: str) -> NoticePage:
    """Return what the link of an advance notice shows. Raises LinkInvalid or LinkReplaced."""
    application, request = finding.request_behind(work, Purpose.NOTICE, token)
    return NoticePage(
        application=application,
        request=request,
        terms=finding.terms_of(application, request),
        notice=finding.notice_of(work, application, request),
    )


def current_letter(work: Work, request: LetterRequest) -> Letter | None:
    """Return the version that counts, if a letter is in."""
    if request.current_version is None:
        return None
    return work.session.scalar(
        select(Letter)
        .where(Letter.request_id == request.id, Letter.version == request.current_version)
        .options(joinedload(Letter.entered_by))
    )


def current_letters(work: Work, application: Application) -> Mapping[UUID, Letter]:
    """Return the versions that count of the letters that are in, by request."""
    query = (
        select(Letter)
        .join(LetterRequest, LetterRequest.id == Letter.request_id)
        .where(
            LetterRequest.application_id == application.id,
            Letter.version == LetterRequest.current_version,
        )
        .options(joinedload(Letter.entered_by))
    )
    return {letter.request_id: letter for letter in work.session.scalars(query)}


# --- the applicant ----------------------------------------------------------------------------


@dataclass(frozen=True)
class StatusPage:
    """All that the status view shows."""

    application: Application
    view: ApplicantView
    may_go_on: bool
    """Whether it is a draft that the applicant can still write on."""

    @property
    def seen(self) -> str:
        """The fingerprint of what is shown."""
        return fingerprint(self.view)

    @property
    def may_withdraw(self) -> bool:
        """Whether the application can still be withdrawn."""
        archived = self.application.program.archived_at is not None
        return can(self.application.status, Event.WITHDRAW) and not archived

    @property
    def may_change_waiver(self) -> bool:
        """Whether the waiver can be changed on a page of its own: nobody was asked so far."""
        if self.application.is_own_draft:
            return False
        return may_change(request.requested_at for request in self.application.requests)

    @property
    def referees_are_told(self) -> bool:
        """Whether withdrawing mails a referee, since one was alerted or asked."""
        return has_been_heard_of(self.application)


def status_page(work: Work, token: str) -> StatusPage:
    """Return what a status link shows. Raises LinkInvalid or LinkReplaced."""
    application = finding.application_behind(work, token)
    open_still = not is_closed(application.program.terms, work.now)
    return StatusPage(
        application, view_of(work, application), application.is_own_draft and open_still
    )


def seen(work: Work, token: str) -> str:
    """Return the fingerprint of what a status link shows now. Raises LinkInvalid or LinkReplaced.

    It takes one statement: every open status view asks for it again and again.
    """
    return fingerprint(view_of(work, finding.application_behind(work, token)))


def view_of(work: Work, application: Application) -> ApplicantView:
    """Return what the applicant may see now."""
    return applicant_view(
        application.program.terms,
        application.status,
        [facts_of(application, request) for request in application.requests],
        work.now,
        in_form=application.is_own_draft,
    )


def facts_of(application: Application, request: LetterRequest) -> RequestFacts:
    """Return what the roll-up may know of a request."""
    return RequestFacts(
        id=request.id,
        referee_name=request.referee_name,
        status=request.status,
        terms=finding.terms_of(application, request),
        named_at=request.named_at,
        noticed_at=request.noticed_at,
        welcomed_at=request.welcomed_at,
        corrected_at=request.corrected_at,
        corrections=request.corrections,
        requested_at=request.requested_at,
        received_at=request.received_at,
        declined_at=request.declined_at,
        cancelled_at=request.cancelled_at,
        bounced_at=request.bounced_at,
        replaced_at=request.replaced_at,
        reminded_at=request.reminded_at,
        nudged_at=request.nudged_at,
        reminders=request.reminders,
        most_reminders=application.program.most_reminders,
        takes_reminders=not (request.reminders_off_at or request.remind_wished_at),
    )


def progress_of(work: Work, application: Application) -> Progress:
    """Return the roll-up of an application now."""
    facts = [facts_of(application, request) for request in application.requests]
    return roll_up(application.program.terms, application.status, facts, work.now)
