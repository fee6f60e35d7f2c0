"""Removing what an interrupted upload, or deleting a letter, left behind."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from letters.records import Letter
from letters.services.work import Work

UNTOUCHED_FOR = timedelta(hours=1)
"""Far longer than any upload takes, so that nothing under way is removed."""


@dataclass(frozen=True)
class Swept:
    """How many temporary files and how many stored files without a row were removed."""

    temporary: int
    orphans: int


def sweep(work: Work) -> Swept:
    """Remove leftovers older than an hour. The file of a letter that is kept is never touched."""
    before = work.now - UNTOUCHED_FOR
    store = work.tools.store
    old = [name for name, stored_at in store.names() if stored_at < before]
    known = set(work.session.scalars(select(Letter.stored_as).where(Letter.purged_at.is_(None))))
    orphans = [name for name in old if name not in known]
    for name in orphans:
        store.delete(name)
    return Swept(temporary=store.sweep(before), orphans=len(orphans))
