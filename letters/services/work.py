"""Work: one transaction, with all that a use case needs at hand."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from letters.domain.journal import ActorKind
from letters.ports import (
    CalendarWriter,
    Clock,
    Envelope,
    LetterStore,
    LinkSigner,
    ReturnAddresses,
)
from letters.records import Database

log = structlog.get_logger("letters.work")


@dataclass(frozen=True)
class Actor:
    """Who acts, and from where: `web`, `api`, `cli` or `worker`.

    `place` is a keyed hash of the network address, empty where it says nothing; `opened` are the
    applications whose applicant's own pages were opened in the same browser.
    """

    kind: ActorKind
    origin: str
    id: UUID | None = None
    place: str = ""
    opened: Collection[UUID] = ()


@dataclass(frozen=True)
class Tools:
    """The adapters that use cases work with.

    `sender` is the address mails come from, `mail_domain` the domain of their Message-IDs, and
    `base_url` where every link begins. `converts_word` says whether Word files can become
    PDFs here.
    """

    clock: Clock
    links: LinkSigner
    returns: ReturnAddresses
    store: LetterStore
    envelope: Envelope
    calendars: CalendarWriter
    mail_domain: str
    base_url: str
    sender: str
    converts_word: bool


@dataclass
class Work:
    """One unit of work. `now` is the same instant from its beginning to its end.

    `remark_id` is the remark that says why; every journal entry of this work names it.
    """

    session: Session
    now: datetime
    actor: Actor
    tools: Tools
    remark_id: UUID | None = None
    _undo: list[Callable[[], None]] = field(default_factory=list)

    def if_rolled_back(self, undo: Callable[[], None]) -> None:
        """Remember what to do, outside the database, should this work not be committed."""
        self._undo.append(undo)

    def undo(self) -> None:
        """Do what was remembered, newest first.

        What fails here never hides why the work was rolled back; what it leaves behind is swept.
        """
        while self._undo:
            try:
                self._undo.pop()()
            except Exception:
                log.exception("work.not_undone")


@dataclass(frozen=True)
class Works:
    """Opens units of work on one database."""

    database: Database
    tools: Tools

    @contextmanager
    def change(self, actor: Actor) -> Iterator[Work]:
        """Open a unit of work that commits at the end, or not at all when anything is raised."""
        with self.database.writing() as session:
            work = Work(session, self.tools.clock.now(), actor, self.tools)
            try:
                yield work
                session.flush()
            except BaseException:
                session.rollback()
                work.undo()
                raise
            # A commit that fails may still have happened on the server. Nothing is undone then:
            # what it turns out not to need is swept.
            session.commit()

    @contextmanager
    def look(self, actor: Actor) -> Iterator[Work]:
        """Open a unit of work that is never committed; what was read stays readable after it."""
        with self.database.reading() as session:
            yield Work(session, self.tools.clock.now(), actor, self.tools)
