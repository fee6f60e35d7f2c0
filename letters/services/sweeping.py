"""Removing what an interrupted upload, or deleting a letter, left behind."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from letters.records import Letter
from letters.services.work import Work

UNTOUCHED_FOR = timedelta(hours=1)
"""Far longer than any upload takes, so that nothing under way is removed."""

LOOKS_APART = 60.0
"""Seconds between the two looks at a file without a row. From its file to its row a letter takes
less: a database that is waited for answers, or is given up, long before."""


@dataclass(frozen=True)
class Swept:
    """How many temporary files and how many stored files without a row were removed."""

    temporary: int
    orphans: int


@dataclass
class Broom:
    """Removes the files without a row that it has seen twice, some time apart.

    How old a file is, is told by clocks that can be set: by one that was just set forward, the file
    of an upload under way looks old, and its row comes in the next second.
    """

    seen_at: dict[str, float] = field(default_factory=dict)
    """When each was first seen, in seconds of a clock that nobody sets."""

    def sweep(self, work: Work, elapsed: float) -> Swept:
        """Look, and remove what was seen LOOKS_APART before. `elapsed` is as of that same clock."""
        found = orphans(work)
        self.seen_at = {name: self.seen_at.get(name, elapsed) for name in found}
        ripe = [name for name, since in self.seen_at.items() if elapsed - since >= LOOKS_APART]
        swept = _remove(work, ripe)
        for name in ripe:
            del self.seen_at[name]
        return swept


def sweep(work: Work) -> Swept:
    """Remove leftovers older than an hour at one look: for when nobody uploads, as after a restore.

    The file of a letter that is kept is never touched.
    """
    return _remove(work, orphans(work))


def orphans(work: Work) -> list[str]:
    """Return the names of stored files older than an hour that belong to no letter."""
    before = work.now - UNTOUCHED_FOR
    old = [name for name, stored_at in work.tools.store.names() if stored_at < before]
    known = set(work.session.scalars(select(Letter.stored_as).where(Letter.purged_at.is_(None))))
    return [name for name in old if name not in known]


def _remove(work: Work, names: Collection[str]) -> Swept:
    for name in names:
        work.tools.store.delete(name)
    temporary = work.tools.store.sweep(work.now - UNTOUCHED_FOR)
    return Swept(temporary=temporary, orphans=len(names))
