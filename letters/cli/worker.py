"""`letters worker`: what happens without anybody asking for it."""

import random
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from types import FrameType

import click
import structlog
from sqlalchemy.exc import SQLAlchemyError

from letters.adapters.metrics import WorkerMetrics
from letters.cli.common import open_house
from letters.domain.journal import ActorKind
from letters.house import House
from letters.logs import write_json_lines
from letters.ports import MailQueue, TimeIsUp
from letters.records.worker_lock import at_work
from letters.services.claiming import take_over
from letters.services.delivering import Count, Postman, count_nothing
from letters.services.mail_queue import queue_now
from letters.services.server_pause import ServerPause
from letters.services.work import Actor
from letters.services.working import (
    MAIL_TURN,
    POLL_WHEN_WOKEN,
    TURN,
    Stop,
    duties,
    until_woken,
    work_once,
    work_until_stopped,
)

WORKER = Actor(ActorKind.SYSTEM, "worker")
SECONDS_TO_FINISH = 8.0
SECONDS_BETWEEN_CALLS = 1.0

log = structlog.get_logger("letters.worker")


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
@click.option(
    "--metrics",
    "metrics_port",
    type=click.IntRange(1, 65535),
    metavar="PORT",
    help="Tell Prometheus at this port of 127.0.0.1 what became of the mails.",
)
def command(once: bool, metrics_port: int | None) -> None:
    """Deliver mail, plan digests and tidy up.

    Runs until Ctrl-C or SIGTERM; then it finishes the mail in hand, or gives it back, and stops
    within ten seconds. Any number of workers can run at the same time. Logs JSON lines.
    """
    write_json_lines()
    with open_house() as house:
        log.info("worker.started")
        pause = ServerPause()
        try:
            with (
                closing(house.mailer),
                _counted(house, pause, metrics_port) as count,
                _stopped_by_signals() as stop,
                at_work(house.database, partial(_take_over, house)),
            ):
                _work(house, _postman(house, count, pause), stop, once=once)
        except TimeIsUp:
            log.warning("worker.cut_short")
        log.info("worker.stopped")


def _take_over(house: House) -> None:
    """Send at once what a worker that was killed had taken on, instead of when its leases end."""
    try:
        with house.works.change(WORKER) as work:
            mails = take_over(work)
    except SQLAlchemyError:
        # The duties tell of a database that is away, and leases end by themselves.
        return
    if mails:
        log.warning("worker.took_over", mails=mails)


def _postman(house: House, count: Count, pause: ServerPause) -> Postman:
    return Postman(
        house.works,
        house.renderer,
        house.mailer,
        WORKER,
        random.random,
        count=count,
        rates=house.settings.rates,
        pause=pause,
    )


def _work(house: House, postman: Postman, stop: Stop, *, once: bool) -> None:
    if once:
        work_once(duties(house.works, postman, WORKER, stop), stop)
        return
    turns = {"turn": TURN, "mail_turn": MAIL_TURN}
    todo = duties(house.works, postman, WORKER, stop, **turns)
    clock, listener = house.works.tools.clock, house.database.listener()
    again = postman.next_turn_at
    if listener is None:
        work_until_stopped(todo, clock, stop, next_turn_at=again)
        return
    with closing(listener):
        pause = until_woken(listener, stop)
        work_until_stopped(todo, clock, stop, pause, POLL_WHEN_WOKEN, again)


@contextmanager
def _counted(house: House, pause: ServerPause, port: int | None) -> Iterator[Count]:
    """Give who counts the mails, and tells of it at `port` if there is one."""
    if port is None:
        yield count_nothing
        return
    metrics = WorkerMetrics(partial(_queue, house), lambda: pause.failures)
    try:
        stop_serving = metrics.serve_at(port)
    except OSError as error:
        message = f"No metrics can be told at port {port}: {error.strerror}."
        raise click.ClickException(message) from error
    try:
        yield metrics.count
    finally:
        stop_serving()


def _queue(house: House) -> MailQueue | None:
    """Look at the queue, in the thread that answers Prometheus."""
    try:
        with house.works.look(WORKER) as work:
            return queue_now(work)
    except SQLAlchemyError:
        log.warning("metrics.without_the_queue")
        return None


@contextmanager
def _stopped_by_signals() -> Iterator[Stop]:
    """Give a Stop that SIGTERM and Ctrl-C ask; TimeIsUp is raised when asking was not enough."""
    stop = Stop()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.ask()
        signal.setitimer(signal.ITIMER_REAL, SECONDS_TO_FINISH, SECONDS_BETWEEN_CALLS)

    def insist(_number: int, _frame: FrameType | None) -> None:
        raise TimeIsUp

    handlers = {signal.SIGALRM: insist, signal.SIGTERM: ask, signal.SIGINT: ask}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield stop
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
