"""The one way in which something happens: written down, chained, and what it owes is queued."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from letters.domain.archive import check_in_archive
from letters.domain.journal import (
    ASKED_FOR,
    OWED,
    WAITS,
    ActorKind,
    Fact,
    MessageKind,
    entry_hash,
    owed_key,
)
from letters.domain.signals import noted
from letters.records import (
    Application,
    Base,
    JournalEntry,
    Letter,
    LetterRequest,
    OutboxMessage,
    Program,
    new_id,
)
from letters.services.work import Work


def happened(
    work: Work,
    fact: Fact,
    application: Application,
    request: LetterRequest | None = None,
    letter: Letter | None = None,
    details: Mapping[str, Any] | None = None,
) -> JournalEntry:
    """Write `fact` into the application's chain and queue the mails that it owes.

    The caller holds the lock on the application. `details` holds ids, numbers and enum values; the
    remark that says why is added to them. From where an applicant acts is remembered. Raises
    ProgramArchived or ProgramClosed where the program was put away, and this may not happen in one
    any more.
    """
    _check_archive(work, fact, application.program)
    if work.actor.kind is ActorKind.APPLICANT and work.actor.place:
        application.places = noted(application.places, work.actor.place, work.now)
    _flush_new(work, application, request, letter)
    why = {} if work.remark_id is None else {"remark": str(work.remark_id)}
    entry = _append(
        work,
        application,
        JournalEntry(
            chain_id=application.id,
            program_id=application.program_id,
            application_id=application.id,
            request_id=request.id if request else None,
            letter_id=letter.id if letter else None,
            fact=fact,
            details={**(details or {}), **why},
        ),
    )
    for kind in OWED.get(fact, ()):
        post(
            work,
            kind,
            owed_key(kind, str(entry.chain_id), entry.position),
            application_id=entry.application_id,
            request_id=entry.request_id,
            letter_id=entry.letter_id,
            details={"fact": fact.value, **why},
            not_before=work.now + WAITS.get(kind, timedelta()),
            urgent=fact in ASKED_FOR,
        )
    return entry


def happened_to_program(
    work: Work,
    fact: Fact,
    program: Program,
    details: Mapping[str, Any] | None = None,
    coordinator_id: UUID | None = None,
) -> JournalEntry:
    """Write `fact` into the program's own chain and queue the mails that it owes a coordinator.

    The caller holds the lock on the program. Raises what `happened` raises.
    """
    _check_archive(work, fact, program)
    _flush_new(work, program)
    entry = _append(
        work,
        program,
        JournalEntry(
            chain_id=program.id, program_id=program.id, fact=fact, details=dict(details or {})
        ),
    )
    for kind in OWED.get(fact, ()):
        post(
            work,
            kind,
            owed_key(kind, str(entry.chain_id), entry.position),
            coordinator_id=coordinator_id,
            details={"fact": fact.value, "program": str(program.id), "by": str(entry.actor_id)},
        )
    return entry


def post(  # noqa: PLR0913 -- the ids that a mail can speak of, each by name
    work: Work,
    kind: MessageKind,
    dedupe_key: str,
    *,
    application_id: UUID | None = None,
    request_id: UUID | None = None,
    letter_id: UUID | None = None,
    coordinator_id: UUID | None = None,
    details: Mapping[str, Any] | None = None,
    not_before: datetime | None = None,
    urgent: bool = False,
) -> OutboxMessage:
    """Queue one mail in this transaction, with a Message-ID and a Date that never change.

    An `urgent` one goes before all others: somebody has just asked for it, and waits.
    """
    message_id = new_id()
    row = OutboxMessage(
        id=message_id,
        kind=kind,
        dedupe_key=dedupe_key,
        application_id=application_id,
        request_id=request_id,
        letter_id=letter_id,
        coordinator_id=coordinator_id,
        details=dict(details or {}),
        message_id=f"<{message_id}@{work.tools.mail_domain}>",
        created_at=work.now,
        not_before=not_before or work.now,
        urgent=urgent,
    )
    work.session.add(row)
    return row


def _flush_new(work: Work, *rows: Base | None) -> None:
    """Have what is new inserted before the journal's entry and the mails that refer to it.

    Nothing else is, so that all that happens in one transaction is written in few statements.
    """
    if any(row in work.session.new for row in rows):
        work.session.flush()


def _check_archive(work: Work, fact: Fact, program: Program) -> None:
    if program.archived_at is not None:
        check_in_archive(fact, work.actor.kind, program.contact_email)


def _append(work: Work, head: Application | Program, entry: JournalEntry) -> JournalEntry:
    entry.position = head.journal_length + 1
    entry.at = work.now
    entry.actor_kind = work.actor.kind
    entry.actor_id = work.actor.id
    entry.origin = work.actor.origin
    entry.previous_hash = head.journal_hash
    entry.hash = entry_hash(entry.previous_hash, entry.hashed_fields())
    head.journal_length = entry.position
    head.journal_hash = entry.hash
    work.session.add(entry)
    return entry
