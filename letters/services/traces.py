"""What else names a person: words around an application, mails about it, and earlier answers."""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, String, cast, delete, or_, select, update

from letters.domain.drafts import TypedReferee
from letters.domain.erasing import ERASED, names
from letters.domain.text import mailbox_key
from letters.records import (
    Application,
    BulkJob,
    Hold,
    IdempotentAnswer,
    IdentitySignal,
    LetterRequest,
    OutboxMessage,
    Remark,
)
from letters.services import drafting, mail_copies
from letters.services.work import Work


def erase_about_application(work: Work, application: Application) -> None:
    """Erase all words about an applicant, by whomever: they are about nothing else."""
    known = (application.applicant_name, application.applicant_email)
    _forget_answers(work, application, *known)
    _forget_reasons(work, application, *known)
    _forget_mails(work, application, application.applicant_key)
    _forget_remarks(work, Remark.application_id == application.id)
    holds = update(Hold).where(Hold.application_id == application.id)
    work.session.execute(holds.values(reason=ERASED, lifted_because=ERASED))
    application.external_id = None
    application.typed = None
    application.fields, application.tags, application.places = {}, [], {}
    if application.waiver_signed_as is not None:
        application.waiver_signed_as = ERASED
    for request in application.requests:
        _erase_words(request)


def erase_about_referee(
    work: Work, application: Application, request: LetterRequest, key: str, address: str
) -> None:
    """Erase all words about one referee; what was written about others stays."""
    known = (request.referee_name, request.referee_email, request.former_email or "", address)
    _forget_answers(work, application, *known)
    _forget_mails(work, application, key, request.referee_key)
    _forget_remarks(work, Remark.request_id == request.id)
    for remark in work.session.scalars(
        select(Remark).where(Remark.application_id == application.id)
    ):
        if names(remark.text, *known):
            remark.text = ERASED
    _forget_reasons(work, application, *known)
    work.session.execute(delete(IdentitySignal).where(IdentitySignal.request_id == request.id))
    erase_from_form(application, key)
    request.affiliation = ""
    request.relation = ""
    request.referee_zone = ""
    request.former_email = request.corrected_at = None
    request.end_question()
    _erase_words(request)


def erase_from_form(application: Application, key: str) -> None:
    """Take a referee out of what was typed into a draft; who has it open is told on saving."""
    if application.typed is None:
        return
    typed = drafting.typed_into(application)
    kept = tuple(
        TypedReferee() if one.email and mailbox_key(one.email) == key else one
        for one in typed.referees
    )
    drafting.keep(application, replace(typed, referees=kept))


def _erase_words(request: LetterRequest) -> None:
    """What applicant and referee wrote to and about each other names both."""
    request.personal_line = ""
    request.acquaintance = ""
    request.decline_reason = None
    request.more_time_note = None


def _forget_remarks(work: Work, which: ColumnElement[bool]) -> None:
    work.session.execute(update(Remark).where(which, Remark.text != "").values(text=ERASED))


def _forget_reasons(work: Work, application: Application, *known: str) -> None:
    """Erase why more than this application was held, or acted on, where that names somebody."""
    holds = select(Hold).where(
        Hold.program_id == application.program_id, Hold.lifted_at.is_not(None)
    )
    for hold in work.session.scalars(holds):
        if names(f"{hold.reason} {hold.lifted_because}", *known):
            hold.reason, hold.lifted_because = ERASED, ERASED
    jobs = select(BulkJob).where(BulkJob.program_id == application.program_id)
    for job in work.session.scalars(jobs.where(BulkJob.reason != "")):
        if names(job.reason, *known):
            job.reason = ERASED


def _forget_mails(work: Work, application: Application, *keys: str) -> None:
    """Forget where mails about an application went to, and how all of them read."""
    mail_copies.forget_copies(work, application.id)
    mails = select(OutboxMessage).where(OutboxMessage.application_id == application.id)
    for mail in work.session.scalars(mails):
        mail.last_error = None
        if mail.sent_to is not None and mailbox_key(mail.sent_to) in keys:
            mail.sent_to = None


def _forget_answers(work: Work, application: Application, *known: str) -> None:
    """Take a person out of the answers of the API that are kept for a repetition."""
    ids = [str(application.id), *(str(request.id) for request in application.requests)]
    told = or_(*(cast(IdempotentAnswer.answer, String).contains(one) for one in ids))
    for kept in work.session.scalars(select(IdempotentAnswer).where(told)):
        kept.answer = _without(kept.answer, known)


def _without(value: Any, known: tuple[str, ...]) -> Any:  # noqa: ANN401 -- JSON, of any shape
    if isinstance(value, dict):
        return {key: _without(one, known) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(one, known) for one in value]
    return ERASED if isinstance(value, str) and names(value, *known) else value
