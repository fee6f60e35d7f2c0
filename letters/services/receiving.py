"""Taking a letter: nothing is called received that is not stored.

The order: the file is on disk (the web floor streamed it there), hash, checks in a limited
process, encrypt, store durably; then, inside one transaction and under the application's lock:
record. A slow store so keeps nobody waiting; only who was overtaken by another version stores
under the lock. The caller acknowledges after the commit. When the transaction is rolled back the
file is removed again; after a commit that failed it stays, for it may be needed, and sweeping
decides.
"""

from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import func, select

from letters.domain.errors import InvalidInput, LetterPurged, Problem
from letters.domain.journal import Fact
from letters.domain.progress import is_complete
from letters.domain.slots import Slot, check_upload
from letters.domain.status import Event, RequestStatus, advance
from letters.domain.text import clean_line
from letters.ports import Purpose, Sealed
from letters.records import Application, Letter, LetterRequest, new_id
from letters.services import finding
from letters.services.expecting import wanted
from letters.services.finding_signals import look_at_place
from letters.services.happening import happened
from letters.services.inspecting import Upload, Wanted
from letters.services.work import Tools, Work

log = structlog.get_logger("letters.receiving")


@dataclass(frozen=True)
class Stored:
    """A letter that lies in the store already, encrypted for one version of one request."""

    letter_id: UUID
    request_id: UUID
    version: int
    name: str
    wrapped_key: bytes


@dataclass(frozen=True)
class Place:
    """Where the next version of a letter goes."""

    request_id: UUID
    version: int


def may_send(work: Work, token: str) -> tuple[Wanted, Place]:
    """Say, before the file is looked at, that a letter would be taken now, what kind, and where.

    Raises LinkInvalid, LinkReplaced, or what check_upload raises.
    """
    application, request = finding.request_behind(work, Purpose.UPLOAD, token)
    at = finding.slot_of(work, application, request)
    check_upload(at, finding.terms_of(application, request))
    return wanted(work, application, request), place_of(work, request)


def store(tools: Tools, place: Place, upload: Upload) -> Stored:
    """Encrypt a letter and store it durably, before any lock is held: a store may be slow.

    What is not received afterwards is swept. Raises StoreUnavailable or StoreFull.
    """
    associated = associated_data(place.request_id, place.version)
    sealed = tools.envelope.seal(upload.content, associated)
    letter_id = new_id()
    name = f"{place.request_id}/{place.version}-{letter_id}"
    try:
        tools.store.put(name, sealed.ciphertext)
    except BaseException:
        _forget(tools, name)
        raise
    return Stored(letter_id, place.request_id, place.version, name, sealed.wrapped_key)


def _forget(tools: Tools, name: str) -> None:
    """Remove what a failed put may have left; why it failed is what the caller has to hear."""
    try:
        tools.store.delete(name)
    except Exception:
        log.exception("letter.not_forgotten")


def receive(
    work: Work, token: str, upload: Upload, sent_by: str = "", stored: Stored | None = None
) -> Letter:
    """Take the letter behind an upload link: the first version, or one that replaces another.

    `sent_by` is who says to be sending it, where that is not the referee; it may be empty.
    `stored` is the letter in the store; without it, or when another version came in since, it is
    stored here. Raises LinkInvalid, LinkReplaced, InvalidInput, what check_upload raises,
    StoreUnavailable or StoreFull.
    """
    if stored is not None:
        work.if_rolled_back(lambda: work.tools.store.delete(stored.name))
    application, request = finding.request_behind(work, Purpose.UPLOAD, token, lock=True)
    return take(work, application, request, upload, sent_by, stored)


def take(
    work: Work,
    application: Application,
    request: LetterRequest,
    upload: Upload,
    sent_by: str = "",
    stored: Stored | None = None,
) -> Letter:
    """Take a letter for one request. The caller holds the lock; raises what receive raises."""
    at = finding.slot_of(work, application, request)
    check_upload(at, finding.terms_of(application, request))
    sender = cleaned_sender(sent_by)
    letter = kept(work, request, upload, stored, sender)
    if at is Slot.RECEIVED:
        _replace(work, application, request, letter)
    else:
        count_in(work, application, request, letter, Fact.LETTER_RECEIVED)
    if letter.marks:
        happened(work, Fact.LETTER_MARKED, application, request, letter)
    look_at_place(work, application, request)
    work.session.flush()
    return letter


def kept(
    work: Work,
    request: LetterRequest,
    upload: Upload,
    stored: Stored | None = None,
    sent_by: str = "",
) -> Letter:
    """Return the row of a letter that is in the store, or is stored now; nothing counts it yet."""
    letter = _letter(work, upload, _stored_for(work, request, upload, stored), sent_by)
    work.session.add(letter)
    work.session.flush()
    return letter


def cleaned_sender(sent_by: str) -> str:
    """Return who is sending, tidied. Raises InvalidInput."""
    problems: list[Problem] = []
    name = clean_line("sent_by", sent_by, problems)
    if problems:
        raise InvalidInput(problems)
    return name


def associated_data(request_id: UUID, version: int) -> bytes:
    """Return what the encryption of a letter is bound to."""
    return f"{request_id}/{version}".encode("ascii")


def decrypted(work: Work, letter: Letter) -> bytes:
    """Return the bytes of a letter. Raises LetterPurged, LetterUnreadable or StoreUnavailable."""
    if letter.purged_at is not None:
        raise LetterPurged
    sealed = Sealed(work.tools.store.get(letter.stored_as), letter.wrapped_key)
    return work.tools.envelope.open(sealed, associated_data(letter.request_id, letter.version))


def _stored_for(
    work: Work, request: LetterRequest, upload: Upload, stored: Stored | None
) -> Stored:
    """Return the letter as it is stored for the version that it becomes."""
    place = place_of(work, request)
    if stored is not None and Place(stored.request_id, stored.version) == place:
        return stored
    if stored is not None:
        work.tools.store.delete(stored.name)
    again = store(work.tools, place, upload)
    work.if_rolled_back(lambda: work.tools.store.delete(again.name))
    return again


def _letter(work: Work, upload: Upload, stored: Stored, sent_by: str) -> Letter:
    return Letter(
        id=stored.letter_id,
        request_id=stored.request_id,
        version=stored.version,
        stored_as=stored.name,
        wrapped_key=stored.wrapped_key,
        file_name=upload.file_name,
        size=len(upload.content),
        sha256=upload.sha256,
        checked=upload.findings.checked,
        pages=upload.findings.pages if upload.findings.checked else None,
        received_at=work.now,
        sent_by=sent_by,
        marks=[mark.value for mark in upload.marks],
        quarantine=upload.quarantine,
        converted_from=upload.converted_from,
    )


def place_of(work: Work, request: LetterRequest) -> Place:
    """Return where the next version of a letter goes."""
    newest = select(func.max(Letter.version)).where(Letter.request_id == request.id)
    return Place(request.id, (work.session.scalar(newest) or 0) + 1)


def _replace(work: Work, application: Application, request: LetterRequest, letter: Letter) -> None:
    request.status = advance(request.status, Event.REPLACE)
    request.current_version = letter.version
    happened(work, Fact.LETTER_REPLACED, application, request, letter)


def count_in(
    work: Work,
    application: Application,
    request: LetterRequest,
    letter: Letter,
    fact: Fact,
) -> None:
    """Let a letter count as the first of its request. The caller holds the lock."""
    request.status = advance(request.status, Event.RECEIVE)
    request.current_version = letter.version
    request.received_at = work.now
    request.returned_at = None
    request.end_question()
    happened(work, fact, application, request, letter)
    received = sum(r.status is RequestStatus.RECEIVED for r in application.requests)
    if application.completed_at is None and is_complete(application.program.terms, received):
        application.completed_at = work.now
        happened(work, Fact.APPLICATION_COMPLETED, application)
        happened(work, Fact.LETTERS_COMPLETE, application)
