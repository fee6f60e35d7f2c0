"""What workers deliver, held against a bare loop of smtplib that sends the same bytes.

A sink of aiosmtpd in a process of its own takes the mails, and several commands at once, as most
servers do (RFC 2920); smtplib says them one by one. The bare loop sends over one connection what
the workers send, before them and after them, and says what server and machine allow at that moment.
What counts is the share of it that workers reach: one of them on SQLite, one and two on PostgreSQL
where it is installed (in the tests' cluster, which does not wait for the disk). Then follow the
seconds from a commit to the mail's arrival, and the memory of a worker on the way. It fails when
that grows by more than GROWTH_LIMIT. `make bench` runs it with few mails; `python -m
benchmarks.mails MAILS ROUNDS` sends MAILS, and has one worker send them ROUNDS times.
"""

import logging
import smtplib
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import quantiles

import structlog
from sqlalchemy import delete, update

from benchmarks.sinks import HOST, sink, spawning
from letters.adapters.mailer.message import Mailbox, compose
from letters.house import House, assemble
from letters.migrating import upgrade
from letters.ports import Message
from letters.records import MailCopy, OutboxMessage, OutboxStatus
from letters.services import requesting
from letters.services.delivering import Postman
from letters.services.working import POLL_WHEN_WOKEN, Stop, duties, until_woken, work_until_stopped
from letters.settings import Settings
from tests.support.houses import settings_for
from tests.support.people import INTERNSHIP, SYSTEM, Story, tell
from tests.support.postgres import Cluster, binaries

MAILS = 400
ROUNDS = 5
MAILS_EACH = 4
"""An application that is selected at once owes two requests and two mails to the applicant."""
COMMITS = 40
PAUSE = 0.1
"""Seconds between commits, for the worker to be idle again."""
GROWTH_LIMIT = 8.0
"""Megabytes between a worker's second round and its last."""


# --- the senders, in processes of their own ---------------------------------------------------


def deliver(settings: Settings, rounds: int, start: Barrier, results: Connection) -> None:
    """Deliver all that is due, and again; send when it was done, and the memory after each round.

    With more than one round, it has to be the only one at work.
    """
    _be_quiet()
    house, memory = assemble(settings), []
    with closing(house.database), closing(house.mailer):
        start.wait()
        done = time.monotonic()
        for left in reversed(range(rounds)):
            _postman(house).deliver_all_due()
            done = time.monotonic()
            memory.append(_megabytes())
            if left:
                queue_again(house)
        results.send((done, memory))


def send_bare(port: int, mails: Sequence[bytes], start: Barrier, results: Connection) -> None:
    """Send what it is given over one connection."""
    with smtplib.SMTP(HOST, port) as connection:
        start.wait()
        for content in mails:
            connection.sendmail("letters@letters.example.org", ["referee@example.org"], content)
        results.send((time.monotonic(), []))


def work_on(settings: Settings) -> None:
    """Be a worker until somebody ends the process."""
    _be_quiet()
    house, stop = assemble(settings), Stop()
    todo = duties(house.works, _postman(house), SYSTEM, stop)
    listener = house.database.listener()
    clock = house.works.tools.clock
    if listener is None:
        work_until_stopped(todo, clock, stop)
    else:
        work_until_stopped(todo, clock, stop, until_woken(listener, stop), POLL_WHEN_WOKEN)


def seconds(
    sender: Callable[..., None], *args: object, number: int = 1
) -> tuple[float, Sequence[float]]:
    """Let senders begin together; return the seconds until the last is done, and a memory."""
    start, (result, results) = spawning.Barrier(number + 1), spawning.Pipe(duplex=False)
    running = [spawning.Process(target=sender, args=(*args, start, results)) for _ in range(number)]
    for process in running:
        process.start()
    start.wait()
    began = time.monotonic()
    ends = [result.recv() for _ in running]
    for process in running:
        process.join()
    return max(done for done, _ in ends) - began, ends[0][1]


# --- the mails --------------------------------------------------------------------------------


@dataclass
class Collector:
    """A Mailer that keeps the bytes of what it is sent."""

    mails: list[bytes]

    def send(self, message: Message) -> None:
        """Keep it."""
        self.mails.append(compose(message, Mailbox("", "letters@letters.example.org")))

    def check(self) -> None:
        """All is well."""

    def rest(self) -> None:
        """There is nothing to let go of."""

    def close(self) -> None:
        """There is nothing to let go of."""


def fill(house: House, mails: int) -> list[bytes]:
    """Queue so many mails; return what they will be."""
    story = tell(house)
    for _ in range(mails // MAILS_EACH):
        promise(story)
    collected = Collector([])
    replace(_postman(house), mailer=collected).deliver_all_due()
    queue_again(house)
    return collected.mails


def promise(story: Story) -> None:
    """Have an application submitted and selected, which owes four mails."""
    application_id = story.apply()
    with story.house.works.change(SYSTEM) as work:
        requesting.select(work, application_id)


def queue_again(house: House) -> None:
    """Put all mails back into the queue, as if none had been sent."""
    with house.works.change(SYSTEM) as work:
        work.session.execute(delete(MailCopy))
        work.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.status == OutboxStatus.SENT)
            .values(status=OutboxStatus.QUEUED, sent_at=None, sent_to=None, attempts=0)
        )


def _postman(house: House) -> Postman:
    return Postman(house.works, house.renderer, house.mailer, SYSTEM, jitter=lambda: 0.0)


def _megabytes() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = [each for each in status.splitlines() if each.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def _be_quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


# --- the figures ------------------------------------------------------------------------------


def compare(name: str, settings: Settings, mails: int, rounds: int, workers: int) -> list[str]:
    """Measure and print one database; return what is beyond a limit."""
    upgrade(settings.database_url)
    house = assemble(settings)
    with closing(house.database):
        contents = fill(house, mails)
        with sink() as port:
            through = replace(settings, mail_url=f"smtp://{HOST}:{port}")
            for number in range(1, workers + 1):
                before, _ = seconds(send_bare, port, contents)
                taken, _ = seconds(deliver, through, 1, number=number)
                after, _ = seconds(send_bare, port, contents)
                bare = (before + after) / 2
                queue_again(house)
                _say(
                    f"{name}, {number} at work: {len(contents) / taken:.0f} mails a second, "
                    f"{bare / taken:.2f} of the bare loop's {len(contents) / bare:.0f}"
                )
            _, memory = seconds(deliver, through, rounds)
    _say(
        f"{name}: memory over {len(contents) * rounds} mails: {memory[0]:.1f} MB after "
        f"{len(contents)}, {memory[len(memory) // 2]:.1f} in the middle, {memory[-1]:.1f} at last"
    )
    growth = memory[-1] - memory[min(1, len(memory) - 1)]
    return [f"{name}: a worker grew by {growth:.1f} MB"] if growth > GROWTH_LIMIT else []


def from_commit_to_wire(name: str, settings: Settings) -> None:
    """Measure and print how long a mail takes to be at the sink once it was promised."""
    arrived, arrivals = spawning.Pipe(duplex=False)
    house = assemble(settings)
    with closing(house.database), sink(arrivals) as port:
        with house.works.change(SYSTEM) as work:
            waiting = update(OutboxMessage).where(OutboxMessage.status == OutboxStatus.QUEUED)
            work.session.execute(waiting.values(status=OutboxStatus.CANCELLED))
        through = replace(settings, mail_url=f"smtp://{HOST}:{port}")
        worker = spawning.Process(target=work_on, args=(through,), daemon=True)
        worker.start()
        story = Story(house, INTERNSHIP.slug)
        waits = []
        for _ in range(COMMITS + 1):
            story.apply()
            committed = time.monotonic()
            waits.append(arrived.recv() - committed)
            time.sleep(PAUSE)
        worker.terminate()
        worker.join()
    # The first one waited for the process to begin.
    hundredths = quantiles(waits[1:], n=100, method="inclusive")
    _say(
        f"{name}: from commit to wire {hundredths[49] * 1000:.0f} ms in the middle, "
        f"{hundredths[98] * 1000:.0f} ms at the 99th percentile of {COMMITS}"
    )


def main() -> None:
    """Measure, print, and exit with 1 when a limit is exceeded."""
    _be_quiet()
    given = [int(each) for each in sys.argv[1:]]
    mails, rounds = (*given, *(MAILS, ROUNDS)[len(given) :])
    beyond: list[str] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = settings_for(f"sqlite:///{folder / 'mails.db'}", folder / "sqlite")
        beyond += compare("SQLite", settings, mails, rounds, workers=1)
        from_commit_to_wire("SQLite", settings)
        if binaries() is not None:
            cluster = stack.enter_context(Cluster.start())
            cluster.create_database("mails")
            settings = settings_for(cluster.url("mails"), folder / "postgresql")
            beyond += compare("PostgreSQL", settings, mails, rounds, workers=2)
            from_commit_to_wire("PostgreSQL", settings)
    sys.stdout.write("".join(f"{line}\n" for line in beyond))
    sys.exit(1 if beyond else 0)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
