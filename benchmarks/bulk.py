"""What it takes to request the letters of 5,000 applications at once, held against 500.

Fills a fresh database with a program of which so many applications wait for selection, on SQLite
and on PostgreSQL where it is installed. Then all of them are previewed, started and done, as a
worker does it. Prints the seconds of each, the memory that a preview needed at most, and statements
and milliseconds per application. It fails when an application takes more statements among many than
among few, or more than RATIO_LIMIT times as long. `make bench` runs it.
"""

import logging
import sys
import tempfile
import time
import tracemalloc
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import structlog

from benchmarks.many import HUNDRED, fill
from letters.domain.bulk import BulkAct, Order
from letters.domain.lists import Filters
from letters.domain.progress import Standing
from letters.house import House
from letters.migrating import upgrade
from letters.records import Coordinator
from letters.services import bulk_choosing, bulk_jobs, bulk_running, finding
from letters.services.bulk_choosing import Choice
from letters.services.bulk_jobs import Form
from tests.support.clock import TestClock
from tests.support.houses import house_on, settings_for
from tests.support.people import START, SYSTEM, tell
from tests.support.postgres import Cluster, binaries
from tests.support.statements import counted

SIZES = (500, 5_000)
WAIT_OF_A_HUNDRED = 30
RATIO_LIMIT = 1.5
"""The next application is found by an index: how many were done before it makes no difference."""
ORDER = Order(BulkAct.REQUEST)
WAITING = Choice(Filters(state=Standing.WAITING))


@dataclass(frozen=True)
class Figure:
    """What an act on `size` applications took: seconds, statements, and a preview's memory."""

    size: int
    previewing: float
    memory: int
    starting: float
    doing: float
    statements: int

    @property
    def each(self) -> float:
        """Seconds per application."""
        return self.doing / self.size

    @property
    def statements_each(self) -> float:
        """Statements per application."""
        return self.statements / self.size


def measure(url: str, folder: Path, size: int) -> Figure:
    """Fill a database, and request the letters of all that wait: about `size`."""
    upgrade(url)
    with house_on(settings_for(url, folder), TestClock(START)) as house:
        story = tell(house)
        coordinator_id = story.add_coordinator()
        with house.works.look(SYSTEM) as work:
            program = finding.program_by_slug(work, story.slug)
            coordinator = work.session.get_one(Coordinator, coordinator_id)
        with house.database.writing() as session:
            fill(session, [program.id], size * HUNDRED // WAIT_OF_A_HUNDRED, START)
        began = time.perf_counter()
        foreseen = bulk_choosing.preview(house.works, SYSTEM, program, WAITING, ORDER)
        previewed = time.perf_counter()
        form = Form(
            bulk_jobs.new_form_id(), ORDER, WAITING, "All were invited.", foreseen.looked_at
        )
        with house.works.change(SYSTEM) as work:
            job = bulk_jobs.start(work, coordinator, program, form)
        started = time.perf_counter()
        with counted(house.database.engine) as statements:
            done = bulk_running.run_all(house.works, SYSTEM)
        ended = time.perf_counter()
        if not foreseen.applications == job.total == done:
            message = f"{foreseen.applications} foreseen, {job.total} started, {done} done"
            raise RuntimeError(message)
        memory = _memory_of_a_preview(house, story.slug)
    return Figure(
        done,
        previewed - began,
        memory,
        started - previewed,
        ended - started,
        len(statements),
    )


def _memory_of_a_preview(house: House, slug: str) -> int:
    """Return how many bytes were held at most while all applications were looked at."""
    with house.works.look(SYSTEM) as work:
        program = finding.program_by_slug(work, slug)
    everybody = Choice(Filters(state=Standing.REQUESTED))
    tracemalloc.start()
    bulk_choosing.preview(house.works, SYSTEM, program, everybody, Order(BulkAct.REMIND))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def compare(name: str, urls: list[str], folder: Path) -> list[str]:
    """Measure and print both sizes; return what is beyond a limit."""
    figures = []
    for url, size in zip(urls, SIZES, strict=True):
        figure = measure(url, folder / name / str(size), size)
        figures.append(figure)
        sys.stdout.write(
            f"{name}, {figure.size} applications: previewed in {figure.previewing:.1f} s "
            f"({figure.memory / 2**20:.1f} MiB at most), started in {figure.starting:.2f} s, "
            f"done in {figure.doing:.1f} s; {figure.statements_each:.1f} statements and "
            f"{figure.each * 1000:.1f} ms each\n"
        )
    few, many = figures
    beyond = []
    if many.statements_each > few.statements_each:
        beyond.append(f"{name}: an application takes more statements among many")
    if many.each > few.each * RATIO_LIMIT:
        beyond.append(f"{name}: an application takes {many.each / few.each:.1f} times as long")
    return beyond


def main() -> None:
    """Measure, print, and exit with 1 when a limit is exceeded."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    beyond: list[str] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        beyond += compare("SQLite", [f"sqlite:///{folder / str(s)}.db" for s in SIZES], folder)
        if binaries() is not None:
            cluster = stack.enter_context(Cluster.start())
            for size in SIZES:
                cluster.create_database(f"bulk_{size}")
            beyond += compare("PostgreSQL", [cluster.url(f"bulk_{s}") for s in SIZES], folder)
    sys.stdout.write("".join(f"{line}\n" for line in beyond))
    sys.exit(1 if beyond else 0)


if __name__ == "__main__":
    main()
