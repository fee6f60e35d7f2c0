"""A program's letters in one archive, and its states in one table: read in batches, never whole.

No connection is held while bytes go out, and no more than one letter is in memory.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO
from uuid import UUID

from sqlalchemy import and_, case, func, not_, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import Select
from zipstream import ZipStream

from letters.domain.errors import LetterUnreadable, StoreUnavailable
from letters.domain.exports import MANIFEST, harmless, lines, safe_part
from letters.domain.journal import Fact
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.records import Application, Letter, LetterRequest, Program
from letters.services.happening import happened, happened_to_program
from letters.services.receiving import decrypted
from letters.services.viewing import progress_of
from letters.services.work import Actor, Work, Works

BATCH = 25
CHUNK = 64 * 1024
BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets read UTF-8 as something else."""

MANIFEST_HEAD = (
    *("file", "problem", "application", "external id", "applicant", "referee", "address"),
    *(
        "received",
        "version",
        "pages",
        "size",
        "sha256",
        "marks",
        "confirmed",
        "sent by",
        "entered by",
    ),
)
STATES_HEAD = (
    *("application", "external id", "applicant", "applicant address", "state", "submitted"),
    *("letters wanted", "letters received", "referee", "referee address", "affiliation"),
    *("request", "asked", "reminders", "letter received", "declined", "bounced"),
)
ACTIVE = (ApplicationStatus.SUBMITTED, ApplicationStatus.SELECTED)


@dataclass(frozen=True)
class Extent:
    """How much an archive holds: letters, and the bytes that they have together.

    `missing` counts those that are held back or deleted: the manifest names them.
    """

    letters: int
    size: int
    missing: int


def extent(work: Work, program_id: UUID) -> Extent:
    """Return how much the archive of a program's letters will hold."""
    goes = and_(
        Letter.purged_at.is_(None),
        or_(Letter.quarantine.is_(None), Letter.released_at.is_not(None)),
    )
    row = work.session.execute(
        select(
            func.count(case((goes, 1))),
            func.coalesce(func.sum(case((goes, Letter.size))), 0),
            func.count(case((not_(goes), 1))),
        )
        .join(LetterRequest, LetterRequest.id == Letter.request_id)
        .join(Application, Application.id == LetterRequest.application_id)
        .where(
            Application.program_id == program_id,
            Application.status.in_(ACTIVE),
            Application.unproved.is_(False),
            LetterRequest.status == RequestStatus.RECEIVED,
            Letter.version == LetterRequest.current_version,
        )
    ).one()
    return Extent(*row)


# --- letters ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One letter on its way into the archive; `problem` says why it does not go into it."""

    path: str
    application: Application
    request: LetterRequest
    letter: Letter
    problem: str


def archive(works: Works, actor: Actor, program_id: UUID) -> Iterator[bytes]:
    """Yield a ZIP with a folder for each application and a manifest, piece by piece.

    The letters of withdrawn applications are left out. Each letter's leaving is in the journal
    before its first byte goes out. One that is held back, deleted or cannot be read stands in the
    manifest with the reason, and never stops the others.
    """
    with works.change(actor) as work:
        program = work.session.get_one(Program, program_id, with_for_update=True)
        happened_to_program(work, Fact.LETTERS_EXPORTED, program)
    zipped = ZipStream()
    with TemporaryFile("w+", encoding="utf-8", newline="") as listed:
        listed.write(BYTE_ORDER_MARK + lines([MANIFEST_HEAD]))
        for item in _items(works, actor, program_id):
            content, problem = _content(works, actor, item)
            if content is not None:
                zipped.add(content, item.path)
                yield from zipped.all_files()
            listed.write(lines([_manifest_row(item, problem)]))
        listed.seek(0)
        zipped.add(_encoded(listed), MANIFEST)
        yield from zipped.finalize()


def _encoded(written: IO[str]) -> Iterator[bytes]:
    while piece := written.read(CHUNK):
        yield piece.encode("utf-8")


def _items(works: Works, actor: Actor, program_id: UUID) -> Iterator[Item]:
    """Yield the letters by application; what leaves in a batch is written down before it."""
    after: UUID | None = None
    while True:
        with works.change(actor) as work:
            found = _next_applications(work, program_id, after, with_letters=True)
            batch = [item for application in found for item in _of_application(work, application)]
            for item in batch:
                if not item.problem:
                    details = {"how": "archive"}
                    happened(
                        work, Fact.LETTER_READ, item.application, item.request, item.letter, details
                    )
        yield from batch
        if len(found) < BATCH:
            return
        after = found[-1].id


def _next_applications(
    work: Work, program_id: UUID, after: UUID | None, *, with_letters: bool
) -> Sequence[Application]:
    query: Select[Application] = (
        select(Application)
        .where(Application.program_id == program_id, Application.unproved.is_(False))
        .options(selectinload(Application.requests))
        .order_by(Application.id)
        .limit(BATCH)
    )
    if after is not None:
        query = query.where(Application.id > after)
    if with_letters:
        received = select(LetterRequest.id).where(
            LetterRequest.application_id == Application.id,
            LetterRequest.status == RequestStatus.RECEIVED,
        )
        query = query.where(Application.status.in_(ACTIVE), received.exists()).with_for_update()
    return work.session.scalars(query).all()


def _of_application(work: Work, application: Application) -> Iterator[Item]:
    requests = [r for r in application.requests if r.status is RequestStatus.RECEIVED]
    letters = {
        (letter.request_id, letter.version): letter
        for letter in work.session.scalars(
            select(Letter)
            .where(Letter.request_id.in_([r.id for r in requests]))
            .options(joinedload(Letter.entered_by))
        )
    }
    folder = safe_part(application.applicant_name)
    for number, request in enumerate(requests, start=1):
        letter = letters[request.id, request.current_version or 0]
        name = safe_part(f"{number} {request.referee_name}")
        path = f"{folder} {application.id.hex[-8:]}/{name}.pdf"
        yield Item(path, application, request, letter, _problem(letter))


def _problem(letter: Letter) -> str:
    if letter.purged_at is not None:
        return "deleted"
    return "held back" if letter.is_held_back else ""


def _content(works: Works, actor: Actor, item: Item) -> tuple[bytes | None, str]:
    """Return the bytes of a letter, or None and the reason."""
    if item.problem:
        return None, item.problem
    try:
        with works.look(actor) as work:
            return decrypted(work, item.letter), ""
    except LetterUnreadable:
        return None, "cannot be read"
    except StoreUnavailable:
        return None, "the store could not be reached"


def _manifest_row(item: Item, problem: str) -> list[str | int | None]:
    letter, request, application = item.letter, item.request, item.application
    return [
        harmless(item.path) if not problem else "",
        problem,
        str(application.id),
        harmless(application.external_id or ""),
        harmless(application.applicant_name),
        harmless(request.referee_name),
        harmless(request.referee_email),
        letter.received_at.isoformat(),
        letter.version,
        letter.pages,
        letter.size,
        letter.sha256,
        " ".join(letter.marks),
        _instant(letter.confirmed_at),
        harmless(letter.sent_by),
        harmless(letter.entered_by_name),
    ]


# --- states -----------------------------------------------------------------------------------


def states(works: Works, actor: Actor, program_id: UUID) -> Iterator[str]:
    """Yield a CSV with a line for each referee of each application, in batches.

    It says where everything stands and nothing about the letters themselves. Instants are UTC in
    ISO 8601. An application without referees has one line.
    """
    yield BYTE_ORDER_MARK + lines([STATES_HEAD])
    after: UUID | None = None
    while True:
        with works.look(actor) as work:
            found = _next_applications(work, program_id, after, with_letters=False)
            rows = [row for application in found for row in _state_rows(work, application)]
        if rows:
            yield lines(rows)
        if len(found) < BATCH:
            return
        after = found[-1].id


def _state_rows(work: Work, application: Application) -> Iterator[list[str | int | None]]:
    progress = progress_of(work, application)
    about: list[str | int | None] = [
        str(application.id),
        harmless(application.external_id or ""),
        harmless(application.applicant_name),
        harmless(application.applicant_email),
        progress.standing.value,
        _instant(application.submitted_at),
        progress.wanted,
        progress.received,
    ]
    if not application.requests:
        yield [*about, *[""] * (len(STATES_HEAD) - len(about))]
    for request in application.requests:
        yield [
            *about,
            harmless(request.referee_name),
            harmless(request.referee_email),
            harmless(request.affiliation),
            request.status.value,
            _instant(request.requested_at),
            request.reminders,
            _instant(request.received_at),
            _instant(request.declined_at),
            _instant(request.bounced_at),
        ]


def _instant(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()
