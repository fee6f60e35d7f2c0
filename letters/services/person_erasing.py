"""Erasing what is kept about one person on request: everything but what must remain.

Each application, each request and the coordinator's own row goes in a transaction of its own, with
the keys of its letters; their files go after it. What cannot go yet remains, with the reason. So it
may be interrupted and done again, and a second time changes nothing. That something happened, when,
and by whom (as ids) stays: the journal's chain is whole.
"""

from sqlalchemy import delete, select, update

from letters.domain.erasing import (
    ERASED,
    Remains,
    erased_key,
    names,
)
from letters.domain.errors import InvalidInput, Problem, StoreUnavailable
from letters.domain.journal import Fact
from letters.domain.policy import is_closed
from letters.domain.status import ApplicationStatus, Event, RequestStatus, advance, can
from letters.domain.text import mailbox_key
from letters.domain.words import N_
from letters.records import (
    Application,
    Coordinator,
    LetterRequest,
    OutboxMessage,
    OutboxStatus,
)
from letters.services import finding, person_parts, persons, remarks, traces, withdrawing
from letters.services.answering import set_declined
from letters.services.happening import happened
from letters.services.person_parts import Outcome, Part
from letters.services.persons import Person
from letters.services.retaining import erase as erase_letter
from letters.services.work import Actor, Work, Works

NAMES_THE_PERSON = N_("Leave the person's name and address out: this sentence stays.")


def erase(
    works: Works, actor: Actor, email: str, reason: str, *, withdraw: bool = False
) -> Outcome:
    """Erase what is kept about a person; say what was erased, and what remains.

    With `withdraw`, applications that go on are withdrawn first, and who has not sent a letter
    declines: the mails about that go out before the names in them are erased, so that it has to be
    done again a little later. The reason is kept, and must not name the person.
    Raises InvalidInput or UnknownPerson.
    """
    with works.look(actor) as work:
        person = persons.find(work, email)
        _check_reason(work, person, reason)
        parts = person_parts.parts_of(work, person)
    outcome = Outcome()
    for part in parts:
        with works.change(actor) as work:
            done, files = _erase_part(work, person, part, reason, withdraw=withdraw)
        (outcome.erased if done.remains is None else outcome.remaining).append(done)
        outcome.files_left += sum(not _remove(works, name) for name in files)
    return outcome


def _check_reason(work: Work, person: Person, reason: str) -> None:
    problems: list[Problem] = []
    remarks.cleaned_reason(reason, problems)
    known = [person.address]
    known += work.session.scalars(
        select(Application.applicant_name).where(Application.id.in_(person.applications))
    ).all()
    known += work.session.scalars(
        select(LetterRequest.referee_name).where(LetterRequest.id.in_(person.requests))
    ).all()
    if not problems and names(reason, *known):
        problems.append(Problem("reason", NAMES_THE_PERSON))
    if problems:
        raise InvalidInput(problems)


def _erase_part(
    work: Work, person: Person, part: Part, reason: str, *, withdraw: bool
) -> tuple[Part, list[str]]:
    """Decide afresh under the lock, and erase; return what came of it, and the files to remove."""
    if part.what == "coordinator":
        return _erase_coordinator(work, person, part), []
    if part.what == "request":
        application = finding.application_of_request(work, part.row_id, lock=True)
        return _erase_referee(work, person, application, part, reason, withdraw=withdraw)
    application = finding.application(work, part.row_id, lock=True)
    if part.what == "draft":
        return _erase_from_draft(work, person, application, withdraw=withdraw), []
    return _erase_applicant(work, person, application, reason, withdraw=withdraw)


def _erase_applicant(
    work: Work, person: Person, application: Application, reason: str, *, withdraw: bool
) -> tuple[Part, list[str]]:
    now = person_parts.application_part(work, application)
    if application.applicant_key != person.key:
        return now, []  # erased since
    if now.remains is Remains.RUNNING and withdraw:
        withdrawing.withdraw(work, application.id)
        now = person_parts.application_part(work, application)
    if now.remains is not None:
        return now, []
    if application.status is ApplicationStatus.DRAFT and not is_closed(
        application.program.terms, work.now
    ):
        withdrawing.withdraw(work, application.id)
    files = [x for r in application.requests for x in _erase_letters(work, application, r)]
    for request in application.requests:
        _end(work, request)
    traces.erase_about_application(work, application)
    application.applicant_name = ERASED
    application.applicant_email = ""
    application.applicant_key = erased_key(application.id)
    application.link_generation += 1
    application.erased_at = work.now
    remarks.because(work, application, reason, needed=True)
    happened(work, Fact.APPLICANT_ERASED, application)
    return now, files


def _erase_referee(
    work: Work,
    person: Person,
    application: Application,
    part: Part,
    reason: str,
    *,
    withdraw: bool,
) -> tuple[Part, list[str]]:
    request = finding.request_in(application, part.row_id)
    if request.erased_at is not None:
        return person_parts.request_part(work, application, request), []
    now = person_parts.request_part(work, application, request)
    if now.remains is Remains.RUNNING and withdraw:
        _decline(work, application, request)
        now = person_parts.request_part(work, application, request)
    if now.remains is not None:
        return now, []
    files = _erase_letters(work, application, request)
    _end(work, request)
    traces.erase_about_referee(work, application, request, person.key, person.address)
    request.referee_name = ERASED
    request.referee_email = ""
    request.referee_key = erased_key(request.id)
    request.link_generation += 1
    request.erased_at = work.now
    remarks.because(work, application, reason, request, needed=True)
    happened(work, Fact.REFEREE_ERASED, application, request)
    return now, files


def _end(work: Work, request: LetterRequest) -> None:
    """Let nothing be asked in the name of nobody, should the program be open once more."""
    if can(request.status, Event.CANCEL):
        request.status = advance(request.status, Event.CANCEL)
        request.cancelled_at = work.now
        request.end_question()


def _decline(work: Work, application: Application, request: LetterRequest) -> None:
    """Decline for who wants to be erased, so that the applicant can name somebody else."""
    was_asked = request.status is RequestStatus.REQUESTED
    set_declined(work, request, "")
    if not was_asked:
        happened(work, Fact.NOTICE_DECLINED, application, request)
        return
    happened(work, Fact.REQUEST_DECLINED, application, request)
    happened(work, Fact.REFEREE_LOST, application, request)


def _erase_from_draft(
    work: Work, person: Person, application: Application, *, withdraw: bool
) -> Part:
    now = person_parts.draft_part(work, application)
    if now.remains is Remains.RUNNING and withdraw:
        now = Part(now.what, now.row_id, now.program)
    if now.remains is None:
        traces.erase_from_form(application, person.key)
    return now


def _erase_coordinator(work: Work, person: Person, part: Part) -> Part:
    """The row goes as a whole; what they did stays in the journal, by an id that says nothing."""
    coordinator = work.session.get(Coordinator, part.row_id, with_for_update=True)
    if coordinator is None or mailbox_key(coordinator.email) != person.key:
        return part
    now = person_parts.coordinator_part(work, coordinator.id)
    if now.remains is not None:
        return now
    mails = update(OutboxMessage).where(OutboxMessage.coordinator_id == coordinator.id)
    work.session.execute(
        mails.where(OutboxMessage.status == OutboxStatus.QUEUED).values(
            status=OutboxStatus.CANCELLED
        )
    )
    work.session.execute(mails.values(coordinator_id=None, sent_to=None, last_error=None))
    work.session.execute(delete(Coordinator).where(Coordinator.id == coordinator.id))
    return now


def _erase_letters(work: Work, application: Application, request: LetterRequest) -> list[str]:
    """Erase every version, its key first; the name of the file may be that of a person."""
    files: list[str] = []
    for letter in person_parts.letters_of(work, [request.id]):
        if letter.purged_at is None:
            files.append(letter.stored_as)
            erase_letter(work, application, request, letter)
        letter.file_name = f"{ERASED}.pdf"
        letter.sent_by = ""
        letter.converted_from = None
    return files


def _remove(works: Works, name: str) -> bool:
    try:
        works.tools.store.delete(name)
    except StoreUnavailable:
        return False  # counted, and swept later
    return True
