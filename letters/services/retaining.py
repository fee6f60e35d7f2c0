"""Deleting letters for good once the time is over for which their program keeps them.

A letter goes in two steps: its data key in a transaction, then its file. With the key gone nobody
can read the file any more; a file that stays behind belongs to no letter, and is swept. Name, size,
hash and times stay, so that receipts remain true.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, literal, select

from letters.domain.errors import StoreUnavailable
from letters.domain.journal import Fact
from letters.domain.keeping import kept_until
from letters.records import Application, Letter, LetterRequest, Program
from letters.services import finding
from letters.services.happening import happened
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
    """Return how many letters have been kept long enough."""
    with works.look(actor) as work:
        return sum(
            work.session.scalars(
                select(func.count()).select_from(_due(work, program).subquery())
            ).one()
            for program in work.session.scalars(select(Program))
        )


def purge(
    works: Works,
    actor: Actor,
    progress: Callable[[int], object] = lambda _: None,
    keep_going: Callable[[], bool] = lambda: True,
) -> Purged:
    """Delete every letter that has been kept long enough; safe to interrupt and to repeat.

    `progress` is told the number of letters in each batch when it is done; `keep_going` is asked
    before each.
    """
    done = Purged()
    for batch in _batches(works, actor):
        if not keep_going():
            break
        with works.change(actor) as work:
            files = [name for application_id in batch for name in _purge(work, application_id)]
        done.letters += len(files)
        done.files_left += sum(not _remove(works, name) for name in files)
        progress(len(files))
    return done


def _batches(works: Works, actor: Actor) -> Iterator[Sequence[UUID]]:
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
            yield batch
            last = batch[-1]


def _due(work: Work, program: Program) -> Select[UUID]:
    """Ask for the application of each letter that the program has kept long enough."""
    own_due_at = finding.due_at_of(literal(program.due_at, Program.due_at.type))
    kept = kept_until(program.terms, program.kept_days) - program.due_at
    return (
        select(Application.id)
        .join(LetterRequest, LetterRequest.application_id == Application.id)
        .join(Letter, Letter.request_id == LetterRequest.id)
        .where(
            Application.program_id == program.id,
            Letter.purged_at.is_(None),
            own_due_at < work.now - kept,
        )
    )


def _purge(work: Work, application_id: UUID) -> list[str]:
    """Remove the keys of one application's letters; return the names of their files.

    From where the applicant acted is forgotten as well.

    Under the lock it is decided afresh: a date may have been extended since.
    """
    application = finding.application(work, application_id, lock=True)
    days = application.program.kept_days
    files: list[str] = []
    application.places = {}
    for request in application.requests:
        if kept_until(finding.terms_of(application, request), days) < work.now:
            files += _purge_request(work, application, request)
    return files


def _purge_request(work: Work, application: Application, request: LetterRequest) -> list[str]:
    kept = (Letter.request_id == request.id) & Letter.purged_at.is_(None)
    letters = work.session.scalars(select(Letter).where(kept).order_by(Letter.version)).all()
    for letter in letters:
        letter.wrapped_key = NO_KEY
        letter.purged_at = work.now
        happened(work, Fact.LETTER_PURGED, application, request, letter)
    return [letter.stored_as for letter in letters]


def _remove(works: Works, name: str) -> bool:
    """Remove a file after the commit; say whether it is gone."""
    try:
        works.tools.store.delete(name)
    except StoreUnavailable:
        return False  # counted, and swept later
    return True
