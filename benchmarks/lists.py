"""How long a program's lists and pictures take, held against what grows with it and what not.

Fills a fresh database with 100, 10,000 and 100,000 applications of one program, on SQLite and on
PostgreSQL where it is installed. Prints for each page its statements, its milliseconds, and how
often slower it is in the largest program than in the smallest; `--plans` prints how the database
finds its ids. It fails when a page that an index carries is more than RATIO_LIMIT times slower,
when a page that has to look at everybody takes longer than SCAN_LIMIT. `make bench` runs it.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import event, select

from benchmarks.many import fill
from letters.domain.lists import Filters, Sort, Wrong
from letters.domain.progress import Standing
from letters.domain.rules import FieldDefinition
from letters.house import House
from letters.migrating import upgrade
from letters.records import Coordinator, Program
from letters.services import listing, season_pictures
from letters.services.listing import Beside, Page
from tests.support.clock import TestClock
from tests.support.houses import house_on, settings_for
from tests.support.people import START, SYSTEM, tell
from tests.support.postgres import Cluster, binaries
from tests.support.statements import counted

SIZES = (100, 10_000, 100_000)
ROUNDS = 3
RATIO_LIMIT = 10.0
"""An index carries the order; what is left is that the numbers above the list are summed up."""
SCAN_LIMIT = 2.0
"""Seconds for a page that few match: each application is looked at once."""


@dataclass(frozen=True)
class Case:
    """One way to look at the list; `scans` says that it may have to look at everybody."""

    name: str
    filters: Filters = listing.EVERYTHING
    sort: Sort = Sort.NEWEST
    second: bool = False
    scans: bool = False


PICTURES = Case("pictures", scans=True)
"""No list: everybody is counted, and it takes as many statements however many there are."""

LISTS = (
    Case("newest"),
    Case("newest, next page", second=True),
    Case("by name", sort=Sort.NAME),
    Case("by name, next page", sort=Sort.NAME, second=True),
    Case("search, many match", Filters("applicant"), scans=True),
    Case("search, one matches", Filters("no. 0000077"), scans=True),
    Case("search, none matches", Filters("nobody at all"), scans=True),
    Case("field, many match", Filters(fields=(("stage", "interview"),)), scans=True),
    Case("field, none matches", Filters(fields=(("stage", "second round"),)), scans=True),
    Case("tag, few match", Filters(tag="funded"), scans=True),
    Case("tag, none matches", Filters(tag="nothing"), scans=True),
    *(Case(f"state={state}", Filters(state=state), scans=True) for state in Standing),
    *(Case(f"wrong={wrong}", Filters(wrong=wrong), scans=True) for wrong in Wrong),
)
CASES = (*LISTS, PICTURES)


@dataclass(frozen=True)
class Figure:
    """What one page took: statements, and seconds."""

    statements: int
    seconds: float


@dataclass(frozen=True)
class Desk:
    """A coordinator before a program of a certain size."""

    house: House
    slug: str

    def open(self, case: Case, beside: Beside | None = None) -> Page | None:
        """Read one page; return it if it is one of a list."""
        with self.house.works.look(SYSTEM) as work:
            her = work.session.scalars(select(Coordinator)).one()
            if case is PICTURES:
                season_pictures.pictures_of(work, her, self.slug)
                return None
            return listing.applications_page(work, her, self.slug, case.filters, case.sort, beside)

    def measure(self, case: Case) -> Figure:
        """Return the median of a few rounds, after one that does not count."""
        first = self.open(case)
        beside = Beside(first.after) if case.second and first and first.after else None
        times = []
        with counted(self.house.database.engine) as statements:
            for _ in range(ROUNDS):
                began = time.perf_counter()
                self.open(case, beside)
                times.append(time.perf_counter() - began)
        return Figure(len(statements) // ROUNDS, statistics.median(times))

    def plan(self, case: Case) -> str:
        """Return how the database finds the ids of a page."""
        explain = "EXPLAIN QUERY PLAN " if self.house.database.is_sqlite else "EXPLAIN ANALYZE "
        seen: list[tuple[str, object]] = []

        def note(*what: object) -> None:
            seen.append((str(what[2]), what[3]))

        engine = self.house.database.engine
        event.listen(engine, "before_cursor_execute", note)
        self.open(case)
        event.remove(engine, "before_cursor_execute", note)
        statement, values = next(one for one in seen if " LIMIT " in one[0])
        with engine.connect() as connection:
            rows = connection.exec_driver_sql(explain + statement, values).all()  # type: ignore[arg-type]  # as the driver got them
        return "\n".join("    " + str(row[-1]) for row in rows)


def desks(url: str, folder: Path, count: int) -> Iterator[Desk]:
    """Give a desk on a fresh database with so many applications."""
    upgrade(url)
    with house_on(settings_for(url, folder), TestClock(START)) as house:
        story = tell(house)
        story.add_coordinator()
        with house.database.writing() as session:
            program = session.scalars(select(Program)).one()
            program.fields = [FieldDefinition("stage", "Stage").as_json]
            fill(session, [program.id], count, START)
        yield Desk(house, story.slug)


def compare(name: str, urls: Sequence[str], folder: Path, *, plans: bool) -> list[str]:
    """Measure and print all pages on one kind of database; return what is beyond a limit."""
    figures: dict[Case, list[Figure]] = {case: [] for case in CASES}
    for url, size in zip(urls, SIZES, strict=True):
        for desk in desks(url, folder, size):
            for case in CASES:
                figures[case].append(desk.measure(case))
            if plans and size == SIZES[-1]:
                for case in LISTS:
                    sys.stdout.write(f"{name}, {case.name}:\n{desk.plan(case)}\n")
    sys.stdout.write(f"{name}: statements; ms at {SIZES}; largest to smallest\n")
    beyond = []
    for case, found in figures.items():
        times = " ".join(f"{figure.seconds * 1000:8.1f}" for figure in found)
        ratio = found[-1].seconds / found[0].seconds
        sys.stdout.write(f"  {case.name:24}{found[-1].statements:3} {times}  x{ratio:.1f}\n")
        too_slow = found[-1].seconds > SCAN_LIMIT if case.scans else ratio > RATIO_LIMIT
        if too_slow:
            beyond.append(f"{name}: {case.name} is beyond its limit")
    return beyond


def main() -> None:
    """Measure, print, and exit with 1 when a limit is exceeded."""
    plans = "--plans" in sys.argv
    beyond: list[str] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        files = [f"sqlite:///{folder / str(size)}.db" for size in SIZES]
        beyond += compare("SQLite", files, folder, plans=plans)
        if binaries() is not None:
            cluster = stack.enter_context(Cluster.start())
            for size in SIZES:
                cluster.create_database(f"lists_{size}")
            bases = [cluster.url(f"lists_{size}") for size in SIZES]
            beyond += compare("PostgreSQL", bases, folder, plans=plans)
    sys.stdout.write("".join(f"{line}\n" for line in beyond))
    sys.exit(1 if beyond else 0)


if __name__ == "__main__":
    main()
