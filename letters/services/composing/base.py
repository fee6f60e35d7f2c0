"""What all mails are made of: who gets it, in whose name, and the facts of its words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from sqlalchemy import select

from letters.domain.colours import palette_of
from letters.domain.journal import MessageKind
from letters.domain.mail_words import PLACEHOLDERS, Words, words_for
from letters.ports import Purpose
from letters.records import Application, Coordinator, Letter, LetterRequest, OutboxMessage, Program
from letters.services import finding
from letters.services.work import Work

SERVICE_NAME = "Letters"


@dataclass(frozen=True)
class Composed:
    """Who gets a mail, in whose name, and the facts its words are made of.

    `thread` names what its reader finds it beside, empty where it stands alone; `dated` is the
    request whose due date comes with it for the calendar; `own_words` are those that its program
    has, by kind.
    """

    to: str
    from_name: str
    reply_to: str
    facts: Mapping[str, object]
    headers: Mapping[str, str] = field(default_factory=dict)
    thread: str = ""
    dated: tuple[Application, LetterRequest] | None = None
    own_words: Mapping[str, Words] = field(default_factory=dict)

    def in_own_words(self, kind: MessageKind) -> Self:
        """Return the mail in the words that its program has for `kind`, if it has any."""
        if kind not in PLACEHOLDERS or kind.value not in self.own_words:
            return self
        return replace(self, facts={**self.facts, "words": words_for(kind, self.own_words)})


# --- the three readers ------------------------------------------------------------------------


def to_referee(application: Application, request: LetterRequest, **facts: object) -> Composed:
    """Return a mail to the referee of a request, at the address on file."""
    terms = finding.terms_of(application, request)
    return Composed(
        to=request.referee_email,
        from_name=from_name(application.program),
        reply_to=application.program.contact_email,
        facts={
            **_program_facts(application),
            "due_at": terms.due_at,
            "closes_at": terms.closes_at,
            "referee_name": request.referee_name,
            "applicant_name": application.applicant_name,
            **facts,
        },
        thread=f"referee:{request.id}",
        own_words=application.program.mail_words,
    )


def to_applicant(work: Work, application: Application, **facts: object) -> Composed:
    """Return a mail to the applicant, with the link to their status view."""
    return Composed(
        to=application.applicant_email,
        from_name=from_name(application.program),
        reply_to=application.program.contact_email,
        facts={
            **_program_facts(application),
            "applicant_name": application.applicant_name,
            "url": status_url(work, application),
            **facts,
        },
        thread=f"applicant:{application.id}",
        own_words=application.program.mail_words,
    )


def to_coordinator(work: Work, coordinator: Coordinator, **facts: object) -> Composed:
    """Return a mail to a coordinator.

    There is no single program to answer to; the sender's own address takes replies.
    """
    return Composed(
        to=coordinator.email,
        from_name=SERVICE_NAME,
        reply_to=work.tools.sender,
        facts={"coordinator_name": coordinator.name, **facts},
    )


def from_name(program: Program) -> str:
    """Return who mails for a program; its name was cleaned of control characters when saved."""
    return f"{program.sender} via {SERVICE_NAME}"


def _program_facts(application: Application) -> dict[str, object]:
    program = application.program
    return {
        "program_title": program.title,
        "organization": program.organization,
        "contact_email": program.contact_email,
        "zone": program.timezone,
        "due_at": program.due_at,
        "closes_at": program.terms.closes_at,
        "policy": program.request_policy.value,
        "palette": palette_of(program.accent) if program.accent else None,
    }


# --- the rows a mail speaks of ----------------------------------------------------------------


def subject(work: Work, row: OutboxMessage) -> tuple[Application, LetterRequest]:
    """Return what a mail about one referee speaks of. Raises ValueError."""
    if row.application_id is None or row.request_id is None:
        raise incomplete(row)
    application = finding.application(work, row.application_id)
    return application, finding.request_in(application, row.request_id)


def about(work: Work, row: OutboxMessage) -> Application:
    """Return the application that a mail speaks of. Raises ValueError."""
    if row.application_id is None:
        raise incomplete(row)
    return finding.application(work, row.application_id)


def letter(work: Work, row: OutboxMessage) -> Letter:
    """Return the letter a mail speaks of. Raises ValueError."""
    letter = work.session.scalar(select(Letter).where(Letter.id == row.letter_id))
    if letter is None:
        raise incomplete(row)
    return letter


def coordinator(work: Work, row: OutboxMessage) -> Coordinator:
    """Return the coordinator a mail is for. Raises ValueError."""
    found = work.session.scalar(select(Coordinator).where(Coordinator.id == row.coordinator_id))
    if found is None:
        raise incomplete(row)
    return found


def to_program(
    work: Work, application: Application, request: LetterRequest, **facts: object
) -> Composed:
    """Return a mail to the people of a program; its answer goes to the referee."""
    terms = finding.terms_of(application, request)
    return Composed(
        to=application.program.contact_email,
        from_name=SERVICE_NAME,
        reply_to=request.referee_email,
        facts={
            **_program_facts(application),
            "due_at": terms.due_at,
            "closes_at": terms.closes_at,
            "referee_name": request.referee_name,
            "applicant_name": application.applicant_name,
            "url": f"{work.tools.base_url}/coordinate/applications/{application.id}",
            **facts,
        },
        thread=f"program:{request.id}",
    )


def with_date(
    work: Work, composed: Composed, application: Application, request: LetterRequest
) -> Composed:
    """Return `composed` with the request's due date for the calendar, unless that has passed."""
    if finding.terms_of(application, request).due_at <= work.now:
        return composed
    return replace(composed, dated=(application, request))


def is_overtaken(row: OutboxMessage, program: Program) -> bool:
    """Say whether the due date has moved again since a mail about it was promised."""
    return program.due_moved_at is None or row.created_at < program.due_moved_at


def takes_word(work: Work, program: Program) -> bool:
    """Say whether a program's letters may come as Word files, here where the mail is made."""
    return program.takes_word and work.tools.converts_word


def upload_url(work: Work, request: LetterRequest) -> str:
    """Return the present upload link of a request."""
    return work.tools.links.url(Purpose.UPLOAD, request.id, request.link_generation)


def notice_url(work: Work, request: LetterRequest) -> str:
    """Return the present link of a request's advance notice."""
    return work.tools.links.url(Purpose.NOTICE, request.id, request.link_generation)


def status_url(work: Work, application: Application) -> str:
    """Return the present status link of an application."""
    return work.tools.links.url(Purpose.STATUS, application.id, application.link_generation)


def applications_url(work: Work, application: Application) -> str:
    """Return the present link to all applications of the same mailbox, asked from this one."""
    generation = finding.generation_of_application(Purpose.APPLICATIONS, application)
    return work.tools.links.url(Purpose.APPLICATIONS, application.id, generation)


def digest_settings_url(work: Work, reader: Coordinator) -> str:
    """Return the present link to the settings of a coordinator's digests."""
    return work.tools.links.url(Purpose.DIGEST, reader.id, reader.digest_generation)


def incomplete(row: OutboxMessage) -> ValueError:
    """Return the error of a row that lacks what its kind of mail needs."""
    return ValueError(f"outbox row {row.id} ({row.kind}) does not say what it speaks of")
