"""Taking a letter: nothing is called received that is not stored.

The order: the file is on disk (the web floor streamed it there), hash, checks in a limited
process; then, inside one transaction and under the application's lock: encrypt, store durably,
record. The caller acknowledges after the commit. When the transaction is rolled back the file is
removed again; after a commit that failed it stays, for it may be needed, and sweeping decides.
"""

import hashlib
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import func, select

from letters.domain.documents import MEGABYTE, Findings, display_name, refusal
from letters.domain.errors import EmptyFile, TooLarge
from letters.domain.journal import Fact
from letters.domain.progress import is_complete
from letters.domain.slots import Slot, check_upload, slot
from letters.domain.status import Event, RequestStatus, advance
from letters.ports import DocumentInspector, Purpose, Sealed
from letters.records import Application, Letter, LetterRequest, new_id
from letters.services import finding
from letters.services.happening import happened
from letters.services.work import Work


@dataclass(frozen=True)
class Upload:
    """A file that was looked at and may be taken."""

    content: bytes
    file_name: str
    sha256: str
    findings: Findings


def may_send(work: Work, token: str) -> int:
    """Say, before the file is looked at, that a letter would be taken now.

    Returns the largest size in bytes. Raises LinkInvalid, LinkReplaced, or what check_upload
    raises.
    """
    application, request = finding.request_behind(work, Purpose.UPLOAD, token)
    terms = finding.terms_of(application, request)
    check_upload(slot(terms, application.status, request.status, work.now), terms)
    return application.program.largest_file


def look_at(
    stream: BinaryIO, file_name: str | None, largest: int, inspector: DocumentInspector
) -> Upload:
    """Read at most `largest` bytes of `stream`, hash and check them. No database is involved.

    Raises EmptyFile, TooLarge, or another LetterRefused.
    """
    content = stream.read(largest + 1)
    if not content:
        raise EmptyFile
    if len(content) > largest:
        raise TooLarge(limit=largest // MEGABYTE)
    findings = inspector.inspect(content)
    refused = refusal(findings)
    if refused is not None:
        raise refused
    digest = hashlib.sha256(content).hexdigest()
    return Upload(content, display_name(file_name), digest, findings)


def receive(work: Work, token: str, upload: Upload) -> Letter:
    """Take the letter behind an upload link: the first version, or one that replaces another.

    Raises LinkInvalid, LinkReplaced, what check_upload raises, StoreUnavailable or StoreFull.
    """
    application, request = finding.request_behind(work, Purpose.UPLOAD, token, lock=True)
    terms = finding.terms_of(application, request)
    at = slot(terms, application.status, request.status, work.now)
    check_upload(at, terms)
    letter = _store(work, request, upload)
    work.session.add(letter)
    work.session.flush()
    if at is Slot.RECEIVED:
        _replace(work, application, request, letter)
    else:
        _receive_first(work, application, request, letter)
    work.session.flush()
    return letter


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
    happened(work, Fact.LETTER_RECEIVED, application, request, letter)
    received = sum(r.status is RequestStatus.RECEIVED for r in application.requests)
    if application.completed_at is None and is_complete(application.program.terms, received):
        application.completed_at = work.now
        happened(work, Fact.APPLICATION_COMPLETED, application)
