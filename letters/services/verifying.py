"""The invariants, checked on a live system against database and store."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import or_, select

from letters.domain.errors import LetterUnreadable, StoreUnavailable
from letters.domain.journal import (
    CHAIN_START,
    OWED,
    SAID_TOGETHER,
    Fact,
    MessageKind,
    entry_hash,
    owed_key,
)
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.ports import Sealed
from letters.records import (
    Application,
    JournalEntry,
    Letter,
    LetterRequest,
    MailCopy,
    OutboxMessage,
    OutboxStatus,
    Program,
)
from letters.services.receiving import associated_data
from letters.services.sweeping import UNTOUCHED_FOR
from letters.services.work import Work

BATCH = 500
LINK_PATHS = (
    "/letter/",
    "/notice/",
    "/application/",
    "/applications/",
    "/sign-in/",
    "/invitation/",
)
UNSOLICITED = frozenset({MessageKind.SIGN_IN, MessageKind.DIGEST})
"""Mails that no journal entry owes."""
NOT_OWED = UNSOLICITED | {MessageKind.REMINDER}
"""Mails that are not named by the one entry that owes them."""


@dataclass(frozen=True)
class Breach:
    """One place where an invariant does not hold."""

    invariant: str
    what: str


def verify(work: Work, progress: Callable[[str], None] = lambda _: None) -> list[Breach]:
    """Check every invariant; return the breaches, empty when all is well.

    `progress` is told the name of each check before it begins.
    """
    checks: tuple[tuple[str, Callable[[Work], Iterator[Breach]]], ...] = (
        ("mails owed", _mails_owed),
        ("mails said together", _mails_said_together),
        ("letters readable", _letters_readable),
        ("files known", _files_known),
        ("mails ended", _mails_ended),
        ("requests", _requests),
        ("journal chain", _chains),
        ("no secrets", _no_secrets),
    )
    breaches: list[Breach] = []
    for name, check in checks:
        progress(name)
        breaches += check(work)
    return breaches


def _mails_owed(work: Work) -> Iterator[Breach]:
    """Each committed fact that owes a message has exactly one row; no row is owed by nothing."""
    entries = work.session.execute(
        select(JournalEntry.chain_id, JournalEntry.position, JournalEntry.fact)
        .where(JournalEntry.fact.in_(OWED))
        .execution_options(yield_per=BATCH)
    )
    owed = {
        owed_key(kind, str(chain), position)
        for chain, position, fact in entries
        for kind in OWED[fact]
    }
    queued = set(
        work.session.scalars(
            select(OutboxMessage.dedupe_key).where(OutboxMessage.kind.not_in(NOT_OWED))
        )
    )
    yield from (Breach("mails owed", f"nothing queued for {key}") for key in sorted(owed - queued))
    yield from (Breach("mails owed", f"queued without cause: {k}") for k in sorted(queued - owed))


def _mails_said_together(work: Work) -> Iterator[Breach]:
    """Each fact that a mail speaks of together with others names its row; each row is named."""
    entries = work.session.execute(
        select(JournalEntry.seq, JournalEntry.details)
        .where(JournalEntry.fact.in_(SAID_TOGETHER))
        .execution_options(yield_per=BATCH)
    )
    named = {seq: str(details.get("outbox")) for seq, details in entries}
    kinds = select(OutboxMessage.id).where(OutboxMessage.kind == MessageKind.REMINDER)
    queued = {str(row) for row in work.session.scalars(kinds)}
    for seq, row in named.items():
        if row not in queued:
            yield Breach("mails owed", f"nothing queued for journal {seq}")
    for row in sorted(queued - set(named.values())):
        yield Breach("mails owed", f"queued without cause: {row}")


def _letters_readable(work: Work) -> Iterator[Breach]:
    """Each kept letter's file is there and whole, decrypts, and matches its size and SHA-256."""
    kept = select(Letter).where(Letter.purged_at.is_(None))
    for letter in work.session.scalars(kept.execution_options(yield_per=BATCH)):
        why = _unreadable(work, letter)
        if why:
            yield Breach("letters readable", f"letter {letter.id}: {why}")


def _unreadable(work: Work, letter: Letter) -> str | None:
    """Say what is wrong with a stored letter; None if nothing is."""
    try:
        stored = work.tools.store.get(letter.stored_as)
    except LetterUnreadable:
        return f"its file {letter.stored_as} is missing"
    except StoreUnavailable as error:
        return f"out of reach ({_reason(error)})"
    sealed = Sealed(stored, letter.wrapped_key)
    bound_to = associated_data(letter.request_id, letter.version)
    try:
        content = work.tools.envelope.open(sealed, bound_to)
    except LetterUnreadable as error:
        is_partial = len(stored) < letter.size
        return f"its file {letter.stored_as} is cut off" if is_partial else str(error)
    if len(content) != letter.size or hashlib.sha256(content).hexdigest() != letter.sha256:
        return "not what was received"
    return None


def _reason(error: StoreUnavailable) -> str:
    return str(error.values.get("reason", "no reason given"))


def _files_known(work: Work) -> Iterator[Breach]:
    """Stored files belong to a kept letter, but for what is being sent or deleted right now."""
    lately = work.now - UNTOUCHED_FOR
    try:
        stored = {n for n, at in work.tools.store.names() if at < lately}
    except StoreUnavailable as error:
        yield Breach("files known", f"the store cannot be listed ({_reason(error)})")
        return
    kept = or_(Letter.purged_at.is_(None), Letter.purged_at > lately)
    known = set(work.session.scalars(select(Letter.stored_as).where(kept)))
    for name in sorted(stored - known):
        yield Breach("files known", f"{name} belongs to no letter; `letters sweep` removes it")


def _mails_ended(work: Work) -> Iterator[Breach]:
    """A mail that was given up about an application has been told to its coordinators."""
    given_up = select(JournalEntry.details).where(JournalEntry.fact == Fact.MAIL_GIVEN_UP)
    told = {details.get("outbox") for details in work.session.scalars(given_up)}
    dead = select(OutboxMessage.id, OutboxMessage.kind).where(
        OutboxMessage.status == OutboxStatus.DEAD, OutboxMessage.application_id.is_not(None)
    )
    for row, kind in work.session.execute(dead):
        if str(row) not in told:
            yield Breach("mails ended", f"{kind} {row} was given up and nobody was told")


_ASKED_UNSUBMITTED = (
    select(LetterRequest.id)
    .join(Application, Application.id == LetterRequest.application_id)
    .where(LetterRequest.requested_at.is_not(None), Application.submitted_at.is_(None))
)
_ASKED_UNSELECTED = (
    select(LetterRequest.id)
    .join(Application, Application.id == LetterRequest.application_id)
    .join(Program, Program.id == Application.program_id)
    .where(
        LetterRequest.requested_at.is_not(None),
        Program.request_policy == "selected",
        Application.selected_at.is_(None),
        Application.status != ApplicationStatus.WITHDRAWN,
    )
)
_RECEIVED_WITHOUT_LETTER = (
    select(LetterRequest.id)
    .outerjoin(
        Letter,
        (Letter.request_id == LetterRequest.id) & (Letter.version == LetterRequest.current_version),
    )
    .where(LetterRequest.status == RequestStatus.RECEIVED, Letter.id.is_(None))
)


def _requests(work: Work) -> Iterator[Breach]:
    """No request exists for an application that was not submitted, or not selected where needed.

    What ties a status to its columns is in CHECK constraints; this looks across tables.
    """
    for found, why in (
        (_ASKED_UNSUBMITTED, "asked before submission"),
        (_ASKED_UNSELECTED, "asked without selection"),
        (_RECEIVED_WITHOUT_LETTER, "received, and no letter"),
    ):
        yield from (Breach("requests", f"{x}: {why}") for x in work.session.scalars(found))


def _chains(work: Work) -> Iterator[Breach]:
    """Every chain begins at the start, has no gap, and ends at the hash its head remembers."""
    heads = {
        row.id: (row.journal_length, row.journal_hash)
        for table in (Program, Application)
        for row in work.session.execute(select(table.id, table.journal_length, table.journal_hash))
    }
    entries = work.session.scalars(
        select(JournalEntry)
        .order_by(JournalEntry.chain_id, JournalEntry.position)
        .execution_options(yield_per=BATCH)
    )
    for chain, links in groupby(entries, key=lambda entry: entry.chain_id):
        length, newest = 0, CHAIN_START
        for entry in links:
            expected = (length + 1, newest, entry_hash(newest, entry.hashed_fields()))
            if (entry.position, entry.previous_hash, entry.hash) != expected:
                yield Breach("journal chain", f"{chain}: broken at position {entry.position}")
            length, newest = entry.position, entry.hash
        if heads.pop(chain, None) != (length, newest):
            yield Breach("journal chain", f"{chain}: does not end where its head says")
    for chain, (length, _) in heads.items():
        if length:
            yield Breach("journal chain", f"{chain}: all entries are missing")


def _no_secrets(work: Work) -> Iterator[Breach]:
    """No link is in a journal entry, an outbox row or the copy of a mail."""
    entries = select(JournalEntry.seq, JournalEntry.details)
    for seq, details in work.session.execute(entries.execution_options(yield_per=BATCH)):
        if _holds_link(str(details)):
            yield Breach("no secrets", f"journal {seq} holds a link")
    rows = select(OutboxMessage.id, OutboxMessage.details, OutboxMessage.last_error)
    for row, details, error in work.session.execute(rows.execution_options(yield_per=BATCH)):
        if _holds_link(str(details)) or _holds_link(error or ""):
            yield Breach("no secrets", f"outbox row {row} holds a link")
    masked = work.tools.links.masked
    copies = select(MailCopy.outbox_id, MailCopy.subject, MailCopy.text)
    for mail, subject, text in work.session.execute(copies.execution_options(yield_per=BATCH)):
        if masked(subject + text) != subject + text:
            yield Breach("no secrets", f"the copy of mail {mail} holds a link")


def _holds_link(text: str) -> bool:
    return any(path in text for path in LINK_PATHS)
