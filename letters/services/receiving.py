"""Taking a letter: nothing is called received that is not stored.

The order: the file is on disk (the web floor streamed it there), hash, checks in a limited
process; then, inside one transaction and under the application's lock: encrypt, store durably,
record. The caller acknowledges after the commit. When the transaction is rolled back the file is
removed again; after a commit that failed it stays, for it may be needed, and sweeping decides.
"""

from uuid import UUID

from sqlalchemy import func, select

from letters.domain.errors import InvalidInput, Problem
from letters.domain.journal import Fact
from letters.domain.progress import is_complete
from letters.domain.slots import Slot, check_upload
from letters.domain.status import Event, RequestStatus, advance
from letters.domain.text import clean_line
from letters.ports import Purpose, Sealed
from letters.records import Application, Letter, LetterRequest, new_id
from letters.services import finding
from letters.services.expecting import wanted
from letters.services.happening import happened
from letters.services.inspecting import Upload, Wanted
from letters.services.work import Work


def may_send(work: Work, token: str) -> Wanted:
    """Say, before the file is looked at, that a letter would be taken now, and what kind.

    Raises LinkInvalid, LinkReplaced, or what check_upload raises.
    """
    application, request = finding.request_behind(work, Purpose.UPLOAD, token)
    check_upload(
        finding.slot_of(work, application, request), finding.terms_of(application, request)
    )
    return wanted(work, application, request)


def receive(work: Work, token: str, upload: Upload, sent_by: str = "") -> Letter:
    """Take the letter behind an upload link: the first version, or one that replaces another.

    `sent_by` is who says to be sending it, where that is not the referee; it may be empty.
    Raises LinkInvalid, LinkReplaced, InvalidInput, what check_upload raises, StoreUnavailable or
    StoreFull.
    """
    application, request = finding.request_behind(work, Purpose.UPLOAD, token, lock=True)
    return take(work, application, request, upload, sent_by)


def take(
    work: Work, application: Application, request: LetterRequest, upload: Upload, sent_by: str = ""
) -> Letter:
    """Take a letter for one request. The caller holds the lock; raises what receive raises."""
    at = finding.slot_of(work, application, request)
    check_upload(at, finding.terms_of(application, request))
    sender = cleaned_sender(sent_by)
    letter = _store(work, request, upload)
    letter.sent_by = sender
    work.session.add(letter)
    work.session.flush()
    if at is Slot.RECEIVED:
        _replace(work, application, request, letter)
    else:
        _receive_first(work, application, request, letter)
    if letter.marks:
        happened(work, Fact.LETTER_MARKED, application, request, letter)
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
    """Return the bytes of a letter. Raises LetterUnreadable or StoreUnavailable."""
    sealed = Sealed(work.tools.store.get(letter.stored_as), letter.wrapped_key)
    return work.tools.envelope.open(sealed, associated_data(letter.request_id, letter.version))


def _store(work: Work, request: LetterRequest, upload: Upload) -> Letter:
    version = _next_version(work, request)
    sealed = work.tools.envelope.seal(upload.content, associated_data(request.id, version))
    letter_id = new_id()
    name = f"{request.id}/{version}-{letter_id}"
    work.if_rolled_back(lambda: work.tools.store.delete(name))
    work.tools.store.put(name, sealed.ciphertext)
    return Letter(
        id=letter_id,
        request_id=request.id,
        version=version,
        stored_as=name,
        wrapped_key=sealed.wrapped_key,
        file_name=upload.file_name,
        size=len(upload.content),
        sha256=upload.sha256,
        checked=upload.findings.checked,
        pages=upload.findings.pages if upload.findings.checked else None,
        received_at=work.now,
        marks=[mark.value for mark in upload.marks],
        quarantine=upload.quarantine,
        converted_from=upload.converted_from,
    )


def _next_version(work: Work, request: LetterRequest) -> int:
    newest = select(func.max(Letter.version)).where(Letter.request_id == request.id)
    return (work.session.scalar(newest) or 0) + 1


def _replace(work: Work, application: Application, request: LetterRequest, letter: Letter) -> None:
    request.status = advance(request.status, Event.REPLACE)
    request.current_version = letter.version
    happened(work, Fact.LETTER_REPLACED, application, request, letter)


def _receive_first(
    work: Work, application: Application, request: LetterRequest, letter: Letter
) -> None:
    request.status = advance(request.status, Event.RECEIVE)
    request.current_version = letter.version
    request.received_at = work.now
    request.more_time_asked_at = None
    request.more_time_note = None
    happened(work, Fact.LETTER_RECEIVED, application, request, letter)
    received = sum(r.status is RequestStatus.RECEIVED for r in application.requests)
    if application.completed_at is None and is_complete(application.program.terms, received):
        application.completed_at = work.now
        happened(work, Fact.APPLICATION_COMPLETED, application)
