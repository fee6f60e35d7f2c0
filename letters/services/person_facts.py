"""What a person may read of what is kept about them, by the part they come in.

Instants are UTC, in ISO 8601.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from letters.domain.exports import safe_part
from letters.domain.journal import ActorKind, Fact
from letters.domain.text import mailbox_key
from letters.records import (
    Application,
    Coordinator,
    IdentitySignal,
    JournalEntry,
    Letter,
    LetterRequest,
    OutboxMessage,
    Program,
    SignIn,
    program_coordinators,
)
from letters.services import drafting, finding
from letters.services.happening import happened
from letters.services.persons import Person
from letters.services.work import Work

Facts = dict[str, Any]

TOLD_TO_APPLICANTS = frozenset(
    {
        Fact.APPLICATION_CREATED,
        Fact.APPLICATION_AMENDED,
        Fact.APPLICATION_SUBMITTED,
        Fact.APPLICATION_SELECTED,
        Fact.APPLICATION_COMPLETED,
        Fact.APPLICATION_WITHDRAWN,
        Fact.LETTERS_REQUESTED,
        Fact.LETTERS_COMPLETE,
        Fact.WEEK_LEFT,
        Fact.DAY_LEFT,
        Fact.CLOSED_INCOMPLETE,
        Fact.DUE_MOVED,
        Fact.DRAFT_LINK_ASKED,
        Fact.MAIL_CHOICE_CHANGED,
        Fact.WAIVER_CHANGED,
        Fact.NOTICE_GIVEN,
        Fact.ADDRESS_CHANGED,
        Fact.REFEREE_REPLACED,
        Fact.REFEREE_ADDED,
        Fact.REFEREE_NUDGED,
        Fact.LETTER_REQUESTED,
        Fact.STATUS_LINK_SENT_AGAIN,
        Fact.STATUS_LINKS_ASKED,
    }
)
"""What happened to an application that its applicant did, or was told."""


# --- as an applicant --------------------------------------------------------------------------


def as_applicant(work: Work, person: Person, application_id: UUID) -> Facts:
    """Return what an applicant may read of an application of theirs."""
    application = finding.application(work, application_id)
    return {
        **_about(application),
        "name": application.applicant_name,
        "address": application.applicant_email,
        "external_id": application.external_id,
        "status": application.status.value,
        "waived": application.waived,
        "waiver_signed_as": application.waiver_signed_as,
        "waiver_text": application.waiver_text,
        "waiver_signed_at": _instant(application.waiver_signed_at),
        "created_at": _instant(application.created_at),
        "submitted_at": _instant(application.submitted_at),
        "withdrawn_at": _instant(application.withdrawn_at),
        "mail_choice": application.mail_choice.value,
        "fields": application.fields,
        "tags": application.tags,
        "places_seen_at": sorted(application.places.values()),
        "typed": drafting.typed_into(application).as_json() if application.typed else None,
        "referees": [_named(request) for request in application.requests],
        "happened": _entries(work, application, None),
        "mails": _mails(work, person, application.id, None),
    }


def _named(request: LetterRequest) -> Facts:
    """An address that the referee gave themselves is not the applicant's to know."""
    return {
        "name": request.referee_name,
        "address": request.former_email or request.referee_email,
        "affiliation": request.affiliation,
        "relation": request.relation,
        "personal_line": request.personal_line,
        "status": request.status.value,
        "named_at": _instant(request.named_at),
        "noticed_at": _instant(request.noticed_at),
        "requested_at": _instant(request.requested_at),
    }


# --- as a referee -----------------------------------------------------------------------------


def as_referee(
    work: Work, person: Person, request_id: UUID
) -> tuple[Facts, Sequence[tuple[Letter, Facts]]]:
    """Return what a referee may read of a request, and each letter with what is told of it.

    The journal says of each letter that is there that it left.
    """
    application = finding.application_of_request(work, request_id, lock=True)
    request = finding.request_in(application, request_id)
    query = select(Letter).where(Letter.request_id == request.id).order_by(Letter.version)
    letters = [(x, _letter(application, x)) for x in work.session.scalars(query)]
    for letter, _ in letters:
        if letter.purged_at is None:
            happened(work, Fact.LETTER_READ, application, request, letter, {"how": "person"})
    facts = {
        **_about(application),
        "applicant": application.applicant_name,
        "name": request.referee_name,
        "address": request.referee_email,
        "former_address": request.former_email,
        "affiliation": request.affiliation,
        "relation": request.relation,
        "status": request.status.value,
        "personal_line": request.personal_line,
        "acquaintance": request.acquaintance,
        "decline_reason": request.decline_reason,
        "more_time_note": request.more_time_note,
        "named_at": _instant(request.named_at),
        "noticed_at": _instant(request.noticed_at),
        "welcomed_at": _instant(request.welcomed_at),
        "requested_at": _instant(request.requested_at),
        "received_at": _instant(request.received_at),
        "declined_at": _instant(request.declined_at),
        "cancelled_at": _instant(request.cancelled_at),
        "reminders": request.reminders,
        "letters": [told for _, told in letters],
        "signals": [_signal(x) for x in _signals(work, request)],
        "happened": _entries(work, application, request),
        "mails": _mails(work, person, application.id, request.id),
    }
    return facts, letters


def _letter(application: Application, letter: Letter) -> Facts:
    folder = f"{safe_part(application.applicant_name)} {letter.request_id.hex[-8:]}"
    return {
        "file": f"letters/{folder}/version {letter.version}.pdf",
        "name": letter.file_name,
        "size": letter.size,
        "sha256": letter.sha256,
        "received_at": _instant(letter.received_at),
        "sent_by": letter.sent_by,
        "confirmed_at": _instant(letter.confirmed_at),
        "deleted_at": _instant(letter.purged_at),
    }


def _signals(work: Work, request: LetterRequest) -> Sequence[IdentitySignal]:
    query = select(IdentitySignal).where(IdentitySignal.request_id == request.id)
    return work.session.scalars(query.order_by(IdentitySignal.id)).all()


def _signal(signal: IdentitySignal) -> Facts:
    """Who has checked it is left out: that is about somebody else."""
    return {
        "kind": signal.kind.value,
        "details": signal.details,
        "found_at": _instant(signal.found_at),
        "checked_at": _instant(signal.checked_at),
    }


def in_draft(work: Work, person: Person, application_id: UUID) -> Facts:
    """Return what somebody typed about a referee into a draft."""
    application = finding.application(work, application_id)
    typed = drafting.typed_into(application).as_json()["referees"]
    own = [one for one in typed if one["email"] and mailbox_key(one["email"]) == person.key]
    return {**_about(application), "typed": own}


# --- as a coordinator -------------------------------------------------------------------------


def as_coordinator(work: Work, coordinator_id: UUID | None) -> Facts | None:
    """Return what is kept about a coordinator, and what they did."""
    if coordinator_id is None:
        return None
    found = work.session.get_one(Coordinator, coordinator_id)
    works_on = (
        select(Program.slug, program_coordinators.c.role)
        .join(program_coordinators, program_coordinators.c.program_id == Program.id)
        .where(program_coordinators.c.coordinator_id == found.id)
        .order_by(Program.slug)
    )
    did = select(JournalEntry).where(
        JournalEntry.actor_kind == ActorKind.COORDINATOR, JournalEntry.actor_id == found.id
    )
    signed_in = select(SignIn).where(SignIn.coordinator_id == found.id).order_by(SignIn.asked_at)
    mails = select(OutboxMessage).where(OutboxMessage.coordinator_id == found.id)
    return {
        "name": found.name,
        "address": found.email,
        "timezone": found.timezone,
        "administrator": found.is_administrator,
        "created_at": _instant(found.created_at),
        "invited_at": _instant(found.invited_at),
        "joined_at": _instant(found.joined_at),
        "account": found.openid_issuer,
        "digest_hour": found.digest_hour,
        "works_on": {slug: role.value for slug, role in work.session.execute(works_on)},
        "sessions": [
            {"began_at": _instant(x.began_at), "seen_at": _instant(x.seen_at), "browser": x.browser}
            for x in work.session.scalars(signed_in)
        ],
        "did": [_entry(x) for x in work.session.scalars(did.order_by(JournalEntry.seq))],
        "mails": [_mail(x) for x in work.session.scalars(mails.order_by(OutboxMessage.created_at))],
    }


# --- what they share --------------------------------------------------------------------------


def _about(application: Application) -> Facts:
    program = application.program
    return {
        "program": program.slug,
        "organization": program.organization,
        "application": str(application.id),
    }


def _entries(work: Work, application: Application, request: LetterRequest | None) -> list[Facts]:
    """Return what happened: to the application as applicants are told it, or to one referee."""
    query = select(JournalEntry).where(JournalEntry.application_id == application.id)
    if request is None:
        query = query.where(JournalEntry.fact.in_(TOLD_TO_APPLICANTS))
    else:
        query = query.where(JournalEntry.request_id == request.id)
    return [_entry(x) for x in work.session.scalars(query.order_by(JournalEntry.position))]


def _entry(entry: JournalEntry) -> Facts:
    return {"at": _instant(entry.at), "what": entry.fact.value, "by": entry.actor_kind.value}


def _mails(
    work: Work, person: Person, application_id: UUID, request_id: UUID | None
) -> list[Facts]:
    """Return the mails that went to this mailbox."""
    query = select(OutboxMessage).where(
        OutboxMessage.application_id == application_id, OutboxMessage.sent_to.is_not(None)
    )
    if request_id is not None:
        query = query.where(OutboxMessage.request_id == request_id)
    found = work.session.scalars(query.order_by(OutboxMessage.created_at))
    return [_mail(x) for x in found if mailbox_key(x.sent_to or "@") == person.key]


def _mail(row: OutboxMessage) -> Facts:
    return {"kind": row.kind.value, "sent_at": _instant(row.sent_at), "to": row.sent_to}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
