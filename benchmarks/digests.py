"""What the digests of many coordinators take, held against those of few applications.

Fills a fresh database with 50 programs and 1,000 coordinators who run two of them each, first with
1,000 applications in all and then with 100,000; one in twenty was submitted since the last digest.
Then every coordinator's digest is planned and written, as it is on a morning, on SQLite and on
PostgreSQL where it is installed. Prints statements and milliseconds per digest and the seconds of
the whole morning. It fails when a digest takes another number of
statements than among few, or more than RATIO_LIMIT times as long with a hundred times the
applications. `make bench` runs it.
"""

import logging
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from benchmarks.many import fill
from letters.domain.journal import ActorKind, Fact
from letters.house import House
from letters.migrating import upgrade
from letters.records import (
    Application,
    Coordinator,
    JournalEntry,
    OutboxMessage,
    Program,
    new_id,
    program_coordinators,
)
from letters.services.digesting import plan_digests
from tests.support.clock import TestClock
from tests.support.houses import house_on, settings_for
from tests.support.people import START, SYSTEM, postman, tell
from tests.support.postgres import Cluster, binaries
from tests.support.statements import counted

PROGRAMS = 50
COORDINATORS = 1000
SIZES = (1_000, 100_000)
NEW_SHARE = 20
RATIO_LIMIT = 100.0
"""A digest counts what its programs hold: it may grow as they do, not faster."""


@dataclass(frozen=True)
class Figure:
    """What a morning took: of planning and writing, statements and seconds."""

    digests: int
    statements: int
    planning: float
    writing: float

    @property
    def each(self) -> float:
        """Seconds per digest."""
        return (self.planning + self.writing) / self.digests


def morning(house: House, clock: TestClock) -> Figure:
    """Plan and write everybody's digest, a day after their last."""
    clock.advance(timedelta(days=1))
    with counted(house.database.engine) as statements:
        began = time.perf_counter()
        planned = plan_digests(house.works, SYSTEM, at_once=True)
        then = time.perf_counter()
        postman(house).deliver_all_due()
        ended = time.perf_counter()
    return Figure(planned, len(statements), then - began, ended - then)


@contextmanager
def season(url: str, folder: Path, applications: int) -> Iterator[tuple[House, TestClock]]:
    """Give a house with so many applications, and digests that were told all but the newest."""
    clock = TestClock(START)
    upgrade(url)
    with house_on(settings_for(url, folder), clock) as house:
        tell(house)
        with house.database.writing() as session:
            programs = _programs(session)
            fill(session, programs, applications, START)
            session.execute(delete(OutboxMessage))
            _staff(session, programs)
            _submit(session, applications)
            session.commit()
        yield house, clock


def _programs(session: Session) -> Sequence[UUID]:
    """Add programs like the first one; return the ids of all."""
    first = session.scalars(select(Program)).one()
    like_it = {
        key: getattr(first, key)
        for key in Program.__mapper__.column_attrs.keys()  # noqa: SIM118 -- no dict
    }
    added = [
        {**like_it, "id": new_id(), "slug": f"program-{number}"} for number in range(1, PROGRAMS)
    ]
    session.execute(insert(Program), added)
    return [first.id, *(one["id"] for one in added)]


def _staff(session: Session, programs: Sequence[UUID]) -> None:
    """Let each coordinator run two programs, with all that is in the journal told."""
    people = [
        {
            "id": new_id(),
            "name": f"Coordinator {number}",
            "email": f"coordinator-{number}@example.edu",
            "timezone": "UTC",
            "digest_hour": 7,
            "created_at": START,
        }
        for number in range(COORDINATORS)
    ]
    session.execute(insert(Coordinator), people)
    told = session.scalar(select(func.coalesce(func.max(JournalEntry.seq), 0)))
    session.execute(
        insert(program_coordinators),
        [
            {
                "program_id": programs[(number + step) % PROGRAMS],
                "coordinator_id": person["id"],
                "digested_seq": told,
                "digested_at": START,
            }
            for number, person in enumerate(people)
            for step in (0, 1)
        ],
    )


def _submit(session: Session, applications: int) -> None:
    """Write one submission in twenty of each program into the journal, and at least one."""
    place = func.row_number().over(partition_by=Application.program_id, order_by=Application.id)
    numbered = (
        select(Application.id, Application.program_id, place.label("place"))
        .where(Application.submitted_at.is_not(None))
        .subquery()
    )
    newest = select(numbered.c.id, numbered.c.program_id).where(
        numbered.c.place <= max(1, applications // PROGRAMS // NEW_SHARE)
    )
    session.execute(
        insert(JournalEntry),
        [
            {
                "chain_id": application_id,
                "position": 1,
                "program_id": program_id,
                "application_id": application_id,
                "fact": Fact.APPLICATION_SUBMITTED,
                "at": START,
                "actor_kind": ActorKind.APPLICANT,
                "origin": "",
                "details": {},
                "previous_hash": "",
                "hash": "",
            }
            for application_id, program_id in session.execute(newest)
        ],
    )


def compare(name: str, urls: Sequence[str], folder: Path) -> list[str]:
    """Measure and print a morning of each size; return what is beyond a limit."""
    figures = []
    for url, size in zip(urls, SIZES, strict=True):
        with season(url, folder / name / str(size), size) as (house, clock):
            figure = morning(house, clock)
        figures.append(figure)
        sys.stdout.write(
            f"{name}, {size} applications: {figure.digests} digests, "
            f"{figure.statements / figure.digests:.1f} statements and "
            f"{figure.each * 1000:.1f} ms each; planned in {figure.planning:.1f} s, "
            f"written in {figure.writing:.1f} s\n"
        )
    few, many = figures
    beyond = []
    if many.statements / many.digests > few.statements / few.digests + 1:
        beyond.append(f"{name}: a digest takes more statements among many applications")
    if many.each > few.each * RATIO_LIMIT:
        beyond.append(f"{name}: a digest takes {many.each / few.each:.1f} times as long among many")
    return beyond


def main() -> None:
    """Measure, print, and exit with 1 when a limit is exceeded."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    beyond: list[str] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        beyond += compare(
            "SQLite", [f"sqlite:///{folder / str(size)}.db" for size in SIZES], folder
        )
        if binaries() is not None:
            cluster = stack.enter_context(Cluster.start())
            for size in SIZES:
                cluster.create_database(f"digests_{size}")
            beyond += compare(
                "PostgreSQL", [cluster.url(f"digests_{size}") for size in SIZES], folder
            )
    sys.stdout.write("".join(f"{line}\n" for line in beyond))
    sys.exit(1 if beyond else 0)


if __name__ == "__main__":
    main()
