"""What it takes to plan reminders among 100,000 open requests, held against a bare aggregate query.

Fills a fresh database with 50,000 applications of two programs, in each of which two referees are
asked: 100,000 open requests at 10,000 addresses. Then the planner has its turn three times: first
it finds out when each request is looked at next; then nothing is due; and then 5,000 requests are,
each at an address of its own. Beside it stands the query that counts what is open at each address
and finds its soonest due date, in the same run, on SQLite and on PostgreSQL where it is installed.
It fails when a turn with nothing to do takes more statements than IDLE_STATEMENTS or longer than
that query, or a mail more statements than MAIL_STATEMENTS. `make bench` runs it, `python -m
benchmarks.reminders APPLICATIONS` fills less.
"""

import logging
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from benchmarks.many import fill, gather_statistics
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.house import House
from letters.migrating import upgrade
from letters.records import Application, Letter, LetterRequest, OutboxMessage, Program, new_id
from letters.services.reminding import plan_reminders
from tests.support.clock import TestClock
from tests.support.houses import house_on, settings_for
from tests.support.people import DUE, START, SYSTEM, tell
from tests.support.postgres import Cluster, binaries
from tests.support.statements import counted

APPLICATIONS = 50_000
DUE_SHARE = 20
"""The requests of one application in so many are due: those of the first ones."""
PER_PROGRAM = 100
"""How many applications in a row `fill` adds to one program."""
IDLE_STATEMENTS = 2
MAIL_STATEMENTS = 11.0
QUIET_DAY = START + timedelta(days=2)
A_RUNG = datetime(2027, 3, 18, 10, tzinfo=UTC)
"""Two weeks before the one due date, and more than a month before the other."""


@dataclass(frozen=True)
class Turn:
    """What a turn of the planner took."""

    reminded: int
    statements: int
    seconds: float


def turn(house: House) -> Turn:
    """Let the planner have its turn."""
    with counted(house.database.engine) as statements:
        began = time.perf_counter()
        planned = plan_reminders(house.works, SYSTEM)
        ended = time.perf_counter()
    return Turn(planned.reminded, len(statements), ended - began)


def aggregate(house: House) -> float:
    """Return the seconds it takes to count what is open at each address, with the due dates."""
    query = (
        select(LetterRequest.referee_key, func.count(), func.min(Program.due_at))
        .join(Application, Application.id == LetterRequest.application_id)
        .join(Program, Program.id == Application.program_id)
        .where(LetterRequest.status == RequestStatus.REQUESTED)
        .group_by(LetterRequest.referee_key)
    )
    began = time.perf_counter()
    with house.works.look(SYSTEM) as work:
        work.session.execute(query).all()
    return time.perf_counter() - began


def ask_for_all(session: Session, applications: int) -> None:
    """Fill the database: all letters are asked for, and none is in."""
    first = session.scalars(select(Program)).one()
    values = {key: getattr(first, key) for key in Program.__mapper__.column_attrs.keys()}  # noqa: SIM118 -- no dict
    later = {**values, "id": new_id(), "slug": "later", "due_at": DUE + timedelta(days=30)}
    session.execute(insert(Program), [later])
    near = applications // DUE_SHARE // PER_PROGRAM
    far = applications // PER_PROGRAM - near
    fill(session, [first.id] * near + [later["id"]] * far, applications, START)
    for statement in (
        update(LetterRequest).values(
            status=RequestStatus.REQUESTED,
            requested_at=START,
            received_at=None,
            current_version=None,
            bounced_at=None,
            more_time_asked_at=None,
        ),
        delete(OutboxMessage),
        delete(Letter),
        update(Application).values(
            status=ApplicationStatus.SELECTED,
            submitted_at=START,
            selected_at=START,
            completed_at=None,
        ),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
    session.commit()


def compare(name: str, url: str, folder: Path, applications: int) -> list[str]:
    """Measure and print one database; return what is beyond a limit."""
    clock = TestClock(QUIET_DAY)
    upgrade(url)
    with house_on(settings_for(url, folder), clock) as house:
        tell(house)
        with house.database.writing() as session:
            ask_for_all(session, applications)
        first = turn(house)
        with house.database.writing() as session:
            gather_statistics(session)
        bare = aggregate(house)
        idle = turn(house)
        clock.set(A_RUNG)
        busy = turn(house)
    for what, one in (("the first", first), ("nothing due", idle), ("many due", busy)):
        sys.stdout.write(
            f"{name}, {what}: {one.reminded} reminded in {one.statements} statements and "
            f"{one.seconds:.3f} s, {one.seconds / bare:.2f} of the bare query's {bare:.3f} s\n"
        )
    each = busy.statements / max(1, busy.reminded)
    sys.stdout.write(
        f"{name}: {each:.1f} statements and {1000 * busy.seconds / max(1, busy.reminded):.1f} ms "
        "for each that was due\n"
    )
    sys.stdout.flush()
    beyond = []
    if busy.reminded != 2 * applications // DUE_SHARE:
        beyond.append(f"{name}: {busy.reminded} were reminded")
    if idle.statements > IDLE_STATEMENTS or idle.seconds > bare:
        beyond.append(f"{name}: a turn with nothing to do takes too much")
    if each > MAIL_STATEMENTS:
        beyond.append(f"{name}: each mail takes {each:.1f} statements")
    return beyond


def main() -> None:
    """Measure, print, and exit with 1 when a limit is exceeded."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    applications = int(sys.argv[1]) if len(sys.argv) > 1 else APPLICATIONS
    beyond: list[str] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder / 'reminders.db'}"
        beyond += compare("SQLite", url, folder / "sqlite", applications)
        if binaries() is not None:
            cluster = stack.enter_context(Cluster.start())
            cluster.create_database("reminders")
            url = cluster.url("reminders")
            beyond += compare("PostgreSQL", url, folder / "postgresql", applications)
    sys.stdout.write("".join(f"{line}\n" for line in beyond))
    sys.exit(1 if beyond else 0)


if __name__ == "__main__":
    main()
