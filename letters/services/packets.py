"""All letters of one application in one PDF, for whoever may read them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from letters.domain.errors import LetterUnreadable, StoreUnavailable
from letters.domain.journal import Fact
from letters.domain.packet import LetterFacts, Missing, Packet, RefereeFacts
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.domain.wrong_letter import Mark
from letters.ports import PacketBinder
from letters.records import Application, Letter, LetterRequest
from letters.services.happening import happened
from letters.services.receiving import decrypted
from letters.services.viewing import current_letters, progress_of
from letters.services.work import Actor, Work, Works

LOCALE = "en"


@dataclass(frozen=True)
class _Contents:
    """What the packet is made of; the letters are in the order of its referees."""

    packet: Packet
    letters: Sequence[Letter | Missing | None] = field(repr=False)


@dataclass(frozen=True)
class Made:
    """A packet, open for reading: who closes it lets it go."""

    applicant_name: str
    file: IO[bytes]


def make(
    works: Works,
    actor: Actor,
    binder: PacketBinder,
    find: Callable[[Work], Application],
    made_for: str,
) -> Made:
    """Make a packet; its file has no name any more, and is gone once it is closed.

    `find` returns the application, locked, and raises where the reader may not read its letters.
    `made_for` is who reads it. Each letter's leaving is in the journal before it is bound. One that
    is held back, deleted or cannot be read is said on the cover. Raises PacketNotMade.
    """
    with works.change(actor) as work:
        contents = _contents(work, find(work), made_for)
    with TemporaryDirectory(prefix="letters-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        letters = [
            _laid_out(works, actor, letter, folder / f"{number}.pdf")
            for number, letter in enumerate(contents.letters)
        ]
        bound = folder / "bound.pdf"
        binder.bind(contents.packet, letters, bound, LOCALE)
        return Made(contents.packet.applicant_name, bound.open("rb"))


def _contents(work: Work, application: Application, made_for: str) -> _Contents:
    found = current_letters(work, application)
    letters: list[Letter | Missing | None] = []
    for request in application.requests:
        letter = found.get(request.id)
        why = _problem(letter) if letter else None
        letters.append(why or letter)
        if letter and why is None:
            happened(work, Fact.LETTER_READ, application, request, letter, {"how": "packet"})
    progress = progress_of(work, application)
    program = application.program
    return _Contents(
        Packet(
            program_title=program.title,
            organization=program.organization,
            zone=program.timezone,
            applicant_name=application.applicant_name,
            applicant_email=application.applicant_email,
            external_id=application.external_id or "",
            withdrawn=application.status is ApplicationStatus.WITHDRAWN,
            waived=application.waived,
            signed_as=application.waiver_signed_as or "",
            signed_at=application.waiver_signed_at,
            submitted_at=application.submitted_at,
            wanted=progress.wanted,
            received=progress.received,
            made_at=work.now,
            made_for=made_for,
            referees=[_referee(one, found.get(one.id)) for one in application.requests],
        ),
        letters,
    )


def _problem(letter: Letter) -> Missing | None:
    """Say why a letter cannot be bound.

    What nobody could look into is not joined to other letters, whoever released it.
    """
    if letter.purged_at is not None:
        return Missing.DELETED
    if letter.is_held_back:
        return Missing.HELD_BACK
    return None if letter.checked else Missing.UNCHECKED


def _referee(request: LetterRequest, letter: Letter | None) -> RefereeFacts:
    return RefereeFacts(
        name=request.referee_name,
        email=request.referee_email,
        affiliation=request.affiliation,
        status=request.status,
        since=_since(request),
        replaced=request.replaced_at is not None,
        letter=_facts(letter) if letter else None,
    )


def _since(request: LetterRequest) -> datetime:
    came = {
        RequestStatus.REQUESTED: request.requested_at,
        RequestStatus.RECEIVED: request.received_at,
        RequestStatus.DECLINED: request.declined_at,
        RequestStatus.CANCELLED: request.cancelled_at,
    }
    return came.get(request.status) or request.named_at


def _facts(letter: Letter) -> LetterFacts:
    return LetterFacts(
        received_at=letter.received_at,
        version=letter.version,
        pages=letter.pages,
        size=letter.size,
        sha256=letter.sha256,
        marks=[Mark(mark) for mark in letter.marks],
        confirmed_at=letter.confirmed_at,
        sent_by=letter.sent_by,
        entered_by=letter.entered_by_name,
    )


def _laid_out(
    works: Works, actor: Actor, letter: Letter | Missing | None, path: Path
) -> Path | Missing | None:
    """Put a letter into a file; say why it cannot be. One at a time is in memory."""
    if not isinstance(letter, Letter):
        return letter
    try:
        with works.look(actor) as work:
            path.write_bytes(decrypted(work, letter))
    except LetterUnreadable:
        return Missing.UNREADABLE
    except StoreUnavailable:
        return Missing.OUT_OF_REACH
    return path
