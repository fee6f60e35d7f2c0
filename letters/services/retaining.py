"""Deleting letters for good once the time is over for which their program keeps them.

A letter is erased when it has been kept long enough, has stood on a list for a week, and no legal
hold stands. It goes in two steps: its data key in a transaction, then its file. With the key gone
nobody can read the file any more; a file that stays behind belongs to no letter, and is swept.
Name, size, hash and times stay, so that receipts remain true.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select

from letters.domain.errors import StoreUnavailable
from letters.domain.journal import Fact, MessageKind
from letters.domain.keeping import LISTED_BEFORE, Keeping, keeping, kept_until
from letters.records import Application, Letter, LetterRequest, OutboxMessage, OutboxStatus, Program
from letters.services import finding, holding
from letters.services.happening import happened
from letters.services.mail_copies import forget_copies
from letters.services.work import Actor, Work, Works

BATCH = 20
"""So many applications to a transaction: on SQLite nobody else writes meanwhile."""

NO_KEY = b""


@dataclass
class Purged:
    """How many letters were deleted, versions counted; of how many the file could not be removed.

    Such a file cannot be read any more, and the next sweep removes it.
    """

    letters: int = 0
    files_left: int = 0


def count(works: Works, actor: Actor) -> int:
    """Return how many letters may be erased now."""
    with works.look(actor) as work:
        return sum(
            work.session.scalars(
                select(func.count()).select_from(_due(work, program).subquery())
            ).one()
            for program in work.session.scalars(select(Program)).all()
            if not _list_is_on_its_way(work, program)
        )


def purge(
    works: Works,
    actor: Actor,
    progress: Callable[[int], object] = lambda _: None,
    keep_going: Callable[[], bool] = lambda: True,
) -> Purged:
    """Delete every letter that may be erased; safe to interrupt and to repeat.

    `progress` is told the number of letters in each batch when it is done; `keep_going` is asked
    before each.
    """
    done = Purged()
    for program, batch in _batches(works, actor):
        if not keep_going():
            break
        with works.change(actor) as work:
            files = _purge_batch(work, program.id, batch)
        done.letters += len(files)
        done.files_left += sum(not _remove(works, name) for name in files)
        progress(len(files))
    return done


def _batches(works: Works, actor: Actor) -> Iterator[tuple[Program, Sequence[UUID]]]:
    """Yield the ids of applications with letters to delete, program after program."""
    with works.look(actor) as work:
        programs = work.session.scalars(select(Program)).all()
    for program in programs:
        last = UUID(int=0)
        while True:
            with works.look(actor) as work:
                query = _due(work, program).where(Application.id > last).distinct()
                batch = work.session.scalars(query.order_by(Application.id).limit(BATCH)).all()
            if not batch:
                break
            yield program, batch
            last = batch[-1]


def _due(work: Work, program: Program) -> Select[UUID]:
    """Ask for the application of each letter of a program that may be erased."""
    return (
        letters_kept_before(program, work.now)
        .with_only_columns(Application.id)
        .where(Letter.listed_at <= work.now - LISTED_BEFORE, ~holding.is_held())
    )


def letters_kept_before(program: Program, until: datetime) -> Select[UUID]:
    """Ask for the letters of a program, not yet erased, that are kept until before an instant."""
    own_due_at = due_at_in(program)
    return (
        select(Letter.id)
        .join(LetterRequest, LetterRequest.id == Letter.request_id)
        .join(Application, Application.id == LetterRequest.application_id)
        .where(
            Application.program_id == program.id,
            Letter.purged_at.is_(None),
            own_due_at < until - kept_after_due(program),
        )
    )


def due_at_in(program: Program) -> ColumnElement[datetime]:
    """Return when a letter of the program is due, for a query."""
    return finding.due_at_of(literal(program.due_at, Program.due_at.type))


def kept_after_due(program: Program) -> timedelta:
    """Return for how long after its due date a letter of the program is kept."""
    return kept_until(program.terms, program.kept_days) - program.due_at


def _list_is_on_its_way(work: Work, program: Program) -> bool:
    """Say whether a mail with the list of what is erased has not reached its server yet."""
    query = select(OutboxMessage.id).where(
        OutboxMessage.dedupe_key.startswith(f"{MessageKind.ERASURE_LIST}:{program.id}:"),
        OutboxMessage.status.in_([OutboxStatus.QUEUED, OutboxStatus.SENDING]),
    )
    return work.session.scalar(query.limit(1)) is not None


def _purge_batch(work: Work, program_id: UUID, batch: Sequence[UUID]) -> list[str]:
    """Remove the keys of some applications' letters; return the names of their files.

    While this goes on nobody sets a hold on the program.
    """
    program = work.session.get_one(
        Program, program_id, with_for_update={"read": True}, populate_existing=True
    )
    if _list_is_on_its_way(work, program):
        return []
    return [name for application_id in batch for name in _purge(work, application_id)]


def _purge(work: Work, application_id: UUID) -> list[str]:
    """Remove the keys of one application's letters; forget whence the applicant acted, and mails.

    Under the lock it is decided afresh: a date may have been extended since, or a hold set.
    """
    application = finding.application(work, application_id, lock=True)
    held = bool(holding.holds_on(work, application))
    files = [
        name
        for request in application.requests
        for name in _purge_request(work, application, request, held=held)
    ]
    if files:
        application.places = {}
        forget_copies(work, application_id)
    return files


def _purge_request(
    work: Work, application: Application, request: LetterRequest, *, held: bool
) -> list[str]:
    kept = (Letter.request_id == request.id) & Letter.purged_at.is_(None)
    letters = work.session.scalars(select(Letter).where(kept).order_by(Letter.version)).all()
    until = kept_until(finding.terms_of(application, request), application.program.kept_days)
    over = [
        letter
        for letter in letters
        if keeping(until, letter.listed_at, work.now, held=held) is Keeping.OVER
    ]
    for letter in over:
        erase(work, application, request, letter)
    return [letter.stored_as for letter in over]


def erase(work: Work, application: Application, request: LetterRequest, letter: Letter) -> None:
    """Remove a letter's key; its file is for the caller to remove after the commit."""
    letter.wrapped_key = NO_KEY
    letter.purged_at = work.now
    happened(work, Fact.LETTER_PURGED, application, request, letter)


def _remove(works: Works, name: str) -> bool:
    """Remove a file after the commit; say whether it is gone."""
    try:
        works.tools.store.delete(name)
    except StoreUnavailable:
        return False  # counted, and swept later
    return True


# --- what it would do -------------------------------------------------------------------------


@dataclass(frozen=True)
class DueLetter:
    """A letter whose time is over; `version` counts from 1."""

    letter_id: UUID
    application_id: UUID
    applicant_name: str
    referee_name: str
    version: int
    size: int
    kept_until: datetime
    keeping: Keeping


@dataclass
class Foreseen:
    """What purging would do in one program now."""

    slug: str
    letters: list[DueLetter] = field(default_factory=list)

    def number(self, keeping: Keeping) -> int:
        """Return how many letters stand there."""
        return sum(letter.keeping is keeping for letter in self.letters)


def foresee(work: Work) -> list[Foreseen]:
    """Return the letters whose time is over, for each program that has any; nothing is changed."""
    programs = work.session.scalars(select(Program).order_by(Program.due_at, Program.slug)).all()
    found = [Foreseen(program.slug, _due_letters(work, program)) for program in programs]
    return [foreseen for foreseen in found if foreseen.letters]


def _due_letters(work: Work, program: Program) -> list[DueLetter]:
    on_its_way = _list_is_on_its_way(work, program)
    held = holding.is_held()
    rows = work.session.execute(
        letters_kept_before(program, work.now)
        .with_only_columns(Letter, LetterRequest, Application.applicant_name, held)
        .order_by(due_at_in(program), Application.id, LetterRequest.position, Letter.version)
    )
    letters: list[DueLetter] = []
    for letter, request, applicant_name, is_held in rows:
        until = kept_until(program.terms.for_request(request.extended_due_at), program.kept_days)
        stands = keeping(until, letter.listed_at, work.now, held=is_held)
        if on_its_way and stands is Keeping.OVER:
            stands = Keeping.UNLISTED
        letters.append(
            DueLetter(
                letter_id=letter.id,
                application_id=request.application_id,
                applicant_name=applicant_name,
                referee_name=request.referee_name,
                version=letter.version,
                size=letter.size,
                kept_until=until,
                keeping=stands,
            )
        )
    return letters
