"""Drafts that applicants write on our page: beginning one, and saving what is typed into it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from letters.addresses import clean_address
from letters.domain import drafts
from letters.domain.drafts import Press, Typed
from letters.domain.errors import DraftChanged, InvalidInput, NotADraft, Problem
from letters.domain.journal import Fact
from letters.domain.policy import check_open
from letters.domain.status import ApplicationStatus
from letters.domain.text import mailbox_key, required_name
from letters.records import Application, LetterRequest, Program
from letters.services import finding
from letters.services.happening import happened
from letters.services.requesting import send_status_link_again
from letters.services.work import Work

REVIEWED = "reviewed"
"""Stands beside what was typed: which version of it the referees were named from."""


def program_open_to_apply(work: Work, slug: str) -> Program:
    """Return a program that takes applications. Raises UnknownProgram or ProgramClosed."""
    program = finding.program_by_slug(work, slug)
    check_open(program.terms, work.now)
    return program


def begin(work: Work, slug: str, name: str, email: str) -> str:
    """Mail the link to a new draft, or to what this mailbox has in the program already.

    Returns the address as it was understood. Who calls this must answer the same whatever was
    there. Raises UnknownProgram, ProgramClosed, or InvalidInput with `name` and `email`.
    """
    program = program_open_to_apply(work, slug)
    problems: list[Problem] = []
    clean_name = required_name("name", name, problems)
    address = clean_address("email", email, problems)
    if problems:
        raise InvalidInput(problems)
    _one_at_a_time(work, program)
    application = _there_already(work, program, mailbox_key(address))
    if application is None:
        application = _new_draft(work, program, clean_name, address)
    if application.status is ApplicationStatus.DRAFT:
        happened(work, Fact.DRAFT_LINK_ASKED, application)
    else:
        send_status_link_again(work, application)
    return address


def _one_at_a_time(work: Work, program: Program) -> None:
    """Whoever begins here holds this lock, which keeps nobody else from applying."""
    query = select(Program.id).where(Program.id == program.id)
    work.session.execute(query.with_for_update(key_share=True))


def _there_already(work: Work, program: Program, applicant_key: str) -> Application | None:
    """Return the newest application by a mailbox that was not withdrawn, locked."""
    query = (
        select(Application.id)
        .where(
            Application.program_id == program.id,
            Application.applicant_key == applicant_key,
            Application.status != ApplicationStatus.WITHDRAWN,
        )
        .order_by(Application.created_at.desc(), Application.id.desc())
        .limit(1)
    )
    found = work.session.scalar(query)
    return None if found is None else finding.application(work, found, lock=True)


def _new_draft(work: Work, program: Program, name: str, email: str) -> Application:
    application = Application(
        program_id=program.id,
        program=program,
        applicant_name=name,
        applicant_email=email,
        applicant_key=mailbox_key(email),
        waived=False,
        unproved=True,
        typed=drafts.blank(name, program.min_letters).as_json(),
        created_at=work.now,
    )
    work.session.add(application)
    happened(work, Fact.APPLICATION_CREATED, application, details={"referees": 0})
    return application


# --- behind the link --------------------------------------------------------------------------


@dataclass(frozen=True)
class DraftPage:
    """All that the form shows; `named` holds the letter requests that groups have become."""

    application: Application
    typed: Typed
    named: Mapping[str, LetterRequest]

    @property
    def version(self) -> int:
        """How often the draft was saved."""
        return self.application.typed_version


def page(work: Work, token: str) -> DraftPage:
    """Return what the form shows. Raises LinkInvalid, LinkReplaced, NotADraft or ProgramClosed."""
    application = finding.application_behind(work, token)
    check_is_open_draft(work, application)
    named = {str(request.id): request for request in application.requests}
    return DraftPage(application, typed_into(application), named)


def save(work: Work, token: str, given: Typed, version: int, press: Press) -> Application:
    """Keep what was typed, after what the pressed button does to it.

    `version` is that of the form that was shown. Raises DraftChanged when the draft was saved
    elsewhere since, and says something else; LinkInvalid, LinkReplaced, NotADraft or ProgramClosed.
    """
    application = locked_draft(work, token)
    before = typed_into(application)
    if version != application.typed_version:
        if not given.says_the_same(before):
            raise DraftChanged
        given = given.with_ids_of(before)
    application.unproved = False
    keep(application, drafts.pressed(given, press, application.applicant_email))
    return application


def keep(application: Application, typed: Typed) -> None:
    """Keep what was typed, as a new version where it differs."""
    if typed == typed_into(application):
        return
    application.typed = typed.as_json() | {REVIEWED: _reviewed_version(application)}
    application.typed_version += 1


def locked_draft(work: Work, token: str) -> Application:
    """Return the open draft behind a link, locked.

    Raises LinkInvalid, LinkReplaced, NotADraft or ProgramClosed.
    """
    application = finding.application_behind(work, token, lock=True)
    check_is_open_draft(work, application)
    return application


def check_is_open_draft(work: Work, application: Application) -> None:
    """Raises NotADraft for what was submitted, withdrawn or made elsewhere, or ProgramClosed."""
    if not application.is_own_draft:
        raise NotADraft
    check_open(application.program.terms, work.now)


def typed_into(application: Application) -> Typed:
    """Return what was typed so far."""
    return drafts.from_json(application.typed or {})


def follow_address(application: Application, request: LetterRequest) -> None:
    """Put the address into the form that a referee gave; whoever has it open is told on saving."""
    reviewed = is_reviewed(application)
    keep(application, typed_into(application).at(str(request.id), request.referee_email))
    if reviewed:
        set_reviewed(application)


def is_reviewed(application: Application) -> bool:
    """Say whether the referees on file are those that are typed now."""
    return _reviewed_version(application) == application.typed_version


def set_reviewed(application: Application) -> None:
    """Take down that the referees on file are those that are typed now."""
    application.typed = typed_into(application).as_json() | {REVIEWED: application.typed_version}


def _reviewed_version(application: Application) -> int | None:
    return (application.typed or {}).get(REVIEWED)
