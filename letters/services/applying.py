"""Applications: taking them in, and submitting them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from letters.addresses import clean_address
from letters.domain.errors import AlreadyExists, InvalidInput, Problem
from letters.domain.journal import Fact
from letters.domain.policy import (
    check_open,
    check_referee_count,
    check_submit,
    referee_problems,
    requested_on_submission,
)
from letters.domain.rules import clean_tags, clean_values
from letters.domain.status import Event, RequestStatus, advance
from letters.domain.text import LONGEST_LINE, clean_line, mailbox_key, required_name
from letters.records import Application, LetterRequest, Program
from letters.services import finding
from letters.services.happening import happened
from letters.services.noticing import give_on_submission
from letters.services.requesting import request_letters
from letters.services.selecting import select_by_rule
from letters.services.work import Work


@dataclass(frozen=True)
class NewReferee:
    """A referee as somebody typed it."""

    name: str
    email: str
    affiliation: str = ""
    relationship: str = ""


@dataclass(frozen=True)
class NewApplication:
    """An application as somebody typed it. `waived`: the applicant gave up the right to view.

    `fields` are values for some of the program's fields, by name.
    """

    applicant_name: str
    applicant_email: str
    referees: Sequence[NewReferee]
    waived: bool
    external_id: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()


def create(work: Work, program: Program, new: NewApplication) -> Application:
    """Save a draft.

    Raises InvalidInput with every problem at once, TooManyReferees, ProgramClosed, or
    AlreadyExists when the program has an application by this external id.
    """
    check_open(program.terms, work.now)
    check_referee_count(program.terms, len(new.referees))
    clean = _cleaned(program, new)
    _check_external_id(work, program, clean.external_id)
    application = Application(
        program_id=program.id,
        program=program,
        external_id=clean.external_id,
        applicant_name=clean.applicant_name,
        applicant_email=clean.applicant_email,
        applicant_key=mailbox_key(clean.applicant_email),
        waived=clean.waived,
        fields=dict(clean.fields),
        tags=list(clean.tags),
        created_at=work.now,
        requests=[
            LetterRequest(
                position=position,
                referee_name=referee.name,
                referee_email=referee.email,
                referee_key=mailbox_key(referee.email),
                affiliation=referee.affiliation,
                relation=referee.relationship,
                named_at=work.now,
            )
            for position, referee in enumerate(clean.referees, start=1)
        ],
    )
    _save(work, application)
    happened(work, Fact.APPLICATION_CREATED, application, details={"referees": len(new.referees)})
    return application


def submit(work: Work, application_id: UUID) -> Application:
    """Submit a draft; under the policy `automatic`, or if the rule says so, this requests letters.

    Raises UnknownApplication, Withdrawn, NotADraft, ProgramClosed, TooFewReferees or
    TooManyReferees.
    """
    application = finding.application(work, application_id, lock=True)
    submit_draft(work, application)
    return application


def submit_draft(work: Work, application: Application) -> None:
    """Submit an application that this work has locked or just made; raises what submit raises.

    A referee who declined the advance notice does not count. Where letters are not requested at
    once, by policy or by rule, and the program wants it so, the referees get the advance notice.
    """
    terms = application.program.terms
    willing = sum(r.status is RequestStatus.NAMED for r in application.requests)
    check_submit(terms, application.status, willing, work.now)
    application.status = advance(application.status, Event.SUBMIT)
    application.submitted_at = work.now
    happened(work, Fact.APPLICATION_SUBMITTED, application)
    if requested_on_submission(terms):
        request_letters(work, application)
        return
    selected = select_by_rule(work, application, tell=False)
    if not selected and application.program.notices_on_submission:
        give_on_submission(work, application)


def _cleaned(program: Program, new: NewApplication) -> NewApplication:
    problems: list[Problem] = []
    applicant_name = required_name("applicant.name", new.applicant_name, problems)
    applicant_email = clean_address("applicant.email", new.applicant_email, problems)
    referees = [
        cleaned_referee(f"referees.{i}.", referee, problems)
        for i, referee in enumerate(new.referees)
    ]
    external_id = clean_line("external_id", new.external_id or "", problems, LONGEST_LINE)
    fields = clean_values(program.definitions, new.fields, problems)
    tags = clean_tags(new.tags, problems)
    problems += referee_problems(applicant_email, [referee.email for referee in referees])
    if problems:
        raise InvalidInput(problems)
    return replace(
        new,
        applicant_name=applicant_name,
        applicant_email=applicant_email,
        referees=referees,
        external_id=external_id or None,
        fields=fields,
        tags=tags,
    )


def cleaned_referee(fields: str, new: NewReferee, problems: list[Problem]) -> NewReferee:
    """Return a referee tidied, or append to `problems` what is wrong; `fields` begins each name."""
    return NewReferee(
        name=required_name(f"{fields}name", new.name, problems),
        email=clean_address(f"{fields}email", new.email, problems),
        affiliation=clean_line(f"{fields}affiliation", new.affiliation, problems, LONGEST_LINE),
        relationship=clean_line(f"{fields}relationship", new.relationship, problems, LONGEST_LINE),
    )


def _save(work: Work, application: Application) -> None:
    """Two callers can come with the same external id at once; the unique constraint decides."""
    work.session.add(application)
    try:
        work.session.flush()
    except IntegrityError as error:
        if application.external_id is None:
            raise
        raise AlreadyExists(name=application.external_id) from error


def _check_external_id(work: Work, program: Program, external_id: str | None) -> None:
    """A kind answer for the usual case; the unique constraint stands behind it for the rest."""
    if external_id is None:
        return
    same = select(Application.id).where(
        Application.program_id == program.id, Application.external_id == external_id
    )
    if work.session.scalar(same) is not None:
        raise AlreadyExists(name=external_id)
