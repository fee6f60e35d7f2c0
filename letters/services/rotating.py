"""Bringing every letter's data key under the newest master key. The letters are not touched.

It runs beside everything else: a batch is read and rewrapped without a lock, then written in a
transaction of its own, each row only if its key is still the one that was read. So it can be
stopped at any moment, and begun again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update

from letters.domain.errors import LetterUnreadable
from letters.records import Letter
from letters.services.work import Actor, Works

BATCH = 500


@dataclass
class Rotated:
    """How many data keys were rewrapped, were new already, and the letters of those not opened."""

    rewrapped: int = 0
    already_new: int = 0
    unopened: list[UUID] = field(default_factory=list)


class _Key(NamedTuple):
    letter_id: UUID
    wrapped: bytes


def count(works: Works, actor: Actor) -> int:
    """Return how many data keys there are: letters that were deleted have none."""
    with works.look(actor) as work:
        return work.session.scalar(select(func.count()).where(Letter.purged_at.is_(None))) or 0


def rotate(
    works: Works, actor: Actor, progress: Callable[[int], object] = lambda _: None
) -> Rotated:
    """Rewrap every data key that is not yet under the newest master key.

    `progress` is told the size of each batch after it was committed. Keys that no present master
    key opens are left as they are.
    """
    done = Rotated()
    for batch in _batches(works, actor):
        _rotate(works, actor, batch, done)
        progress(len(batch))
    return done


def _batches(works: Works, actor: Actor) -> Iterator[list[_Key]]:
    """Yield all keys in the order of their letters' ids, so that later letters come last."""
    last = UUID(int=0)
    while True:
        with works.look(actor) as work:
            rows = work.session.execute(
                select(Letter.id, Letter.wrapped_key)
                .where(Letter.id > last, Letter.purged_at.is_(None))
                .order_by(Letter.id)
                .limit(BATCH)
            )
            batch = [_Key(*row) for row in rows]
        if not batch:
            return
        yield batch
        last = batch[-1].letter_id


def _rotate(works: Works, actor: Actor, batch: list[_Key], done: Rotated) -> None:
    envelope = works.tools.envelope
    old = [key for key in batch if not envelope.is_newest(key.wrapped)]
    rewrapped: list[tuple[_Key, bytes]] = []
    unopened: list[UUID] = []
    for key in old:
        try:
            rewrapped.append((key, envelope.rewrap(key.wrapped)))
        except LetterUnreadable:
            unopened.append(key.letter_id)
    if rewrapped:
        done.rewrapped += _write(works, actor, rewrapped)
    done.already_new += len(batch) - len(old)
    done.unopened += unopened


def _write(works: Works, actor: Actor, rewrapped: list[tuple[_Key, bytes]]) -> int:
    """Write the new keys; return how many, since a letter may have gone meanwhile."""
    written = 0
    with works.change(actor) as work:
        for key, new in rewrapped:
            unchanged = (Letter.id == key.letter_id) & (Letter.wrapped_key == key.wrapped)
            found = work.session.scalars(
                update(Letter).where(unchanged).values(wrapped_key=new).returning(Letter.id)
            )
            written += len(found.all())
    return written
