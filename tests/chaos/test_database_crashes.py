"""PostgreSQL that is stopped at once and started again, under load: nothing is lost."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select

from letters.adapters.mailer import SmtpMailer
from letters.domain.policy import RequestPolicy
from letters.house import House
from letters.records import Application, OutboxStatus
from letters.services.delivering import Postman
from letters.services.sweeping import sweep
from letters.services.working import Stop, duties, until_woken, work_until_stopped
from letters.web.limits import limiter
from tests.adapters.mails import SENDER
from tests.chaos.load import A_MOMENT, CLIENTS, LONGEST_WAIT, UNAVAILABLE, Load
from tests.chaos.report import Seen
from tests.chaos.sending import breaches, kept
from tests.services.scenes import outbox
from tests.support.apps import app_on
from tests.support.clock import TestClock
from tests.support.houses import PostgresDatabases, house_on, settings_for
from tests.support.people import INTERNSHIP, SYSTEM, tell
from tests.support.postgres import Cluster
from tests.support.smtp import SmtpSink
from tests.support.thorough import rounds

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture
def database_url(own_databases: PostgresDatabases) -> Iterator[str]:
    """A fresh database in a cluster that can be crashed."""
    with own_databases.fresh() as url:
        yield url


@contextmanager
def _working(house: House, clock: TestClock, sink: SmtpSink) -> Iterator[None]:
    """Let a worker go on, for whom time passes quickly, and then to the end of what is due."""
    stop = Stop()
    listener = house.database.listener()
    assert listener is not None
    with (
        closing(SmtpMailer(f"smtp://{sink.host}:{sink.port}", SENDER)) as mailer,
        closing(listener),
    ):
        postman = Postman(house.works, house.renderer, mailer, SYSTEM, jitter=random.random)
        # Files have the time of the machine: for this worker, who sweeps, they are months old.
        todo = duties(house.works, postman, SYSTEM, stop)
        worker = Thread(
            target=work_until_stopped,
            args=(todo, clock, stop, until_woken(listener, stop), timedelta(seconds=A_MOMENT)),
        )
        worker.start()
        try:
            yield
        finally:
            stop.ask()
            worker.join(LONGEST_WAIT)
        assert not worker.is_alive()
        while next_at := _next_at(house):
            clock.set(max(clock.now(), next_at))
            postman.deliver_all_due()


def test_a_database_that_crashes_under_load_costs_nothing(
    own_cluster: Cluster,
    database_url: str,
    tmp_path: Path,
    clock: TestClock,
    seen: Seen,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crashes = rounds(short=1, long=50)
    monkeypatch.setattr(limiter, "enabled", False)
    program = replace(INTERNSHIP, request_policy=RequestPolicy.AUTOMATIC)
    with house_on(settings_for(database_url, tmp_path), clock) as house, SmtpSink() as sink:
        tell(house, program)
        load = Load(app_on(house), house)
        with _working(house, clock, sink), _sending(load) as running:
            for _ in range(crashes):
                _let_pass(clock, lambda: _has_gone_on(load, running))
                own_cluster.crash()
                refused = load.answers[UNAVAILABLE]
                _let_pass(clock, partial(load.has_refused, refused + CLIENTS))
                own_cluster.go_on()
            _let_pass(clock, lambda: _has_gone_on(load, running))
        _assert_nothing_was_lost(load, sink)
        copies = len(sink.messages) - len({one.message["Message-ID"] for one in sink.messages})
        assert copies == 0
        seen(
            "PostgreSQL stopped at once and started under load",
            crashes=crashes,
            applications=len(load.applications),
            letters=len(load.letters),
            answered_503=load.answers[UNAVAILABLE],
            mails=len(sink.messages),
            copies=copies,
            lost=0,
        )


@contextmanager
def _sending(load: Load) -> Iterator[list[Future[None]]]:
    """Let the clients send until the end of the block."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(load.keep_on, f"portal-{number}") for number in range(CLIENTS)]
        try:
            yield running
        finally:
            load.over = True
        for client in running:
            client.result()


def _let_pass(clock: TestClock, until: Callable[[], bool]) -> None:
    """Let seconds pass for the worker while milliseconds do, until it is so."""
    deadline = time.monotonic() + LONGEST_WAIT
    while not until():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(A_MOMENT)
        clock.advance(timedelta(seconds=1))


def _has_gone_on(load: Load, running: Sequence[Future[None]]) -> bool:
    """Say whether each client has got something done since this was last said."""
    for client in running:
        if client.done():
            client.result()
    if len(load.applications) < load.goal:
        return False
    load.goal = len(load.applications) + 2 * CLIENTS
    return True


def _next_at(house: House) -> datetime | None:
    """Return when a mail is next to be taken on, or taken over; None when all have ended."""
    waiting = {OutboxStatus.QUEUED, OutboxStatus.SENDING}
    left = [row for row in outbox(house) if row.status in waiting]
    return min((row.lease_until or row.not_before for row in left), default=None)


def _assert_nothing_was_lost(load: Load, sink: SmtpSink) -> None:
    with load.house.works.look(SYSTEM) as work:
        # A commit in doubt leaves the letter's file, which belongs to no row if it came to nothing.
        sweep(work)
        names = work.session.scalars(select(Application.external_id)).all()
    assert sorted(map(str, names)) == sorted(load.applications), "each once"
    assert set(load.letters) <= {each.content for each in kept(load.house)}
    sent = {row.message_id for row in outbox(load.house) if row.status is OutboxStatus.SENT}
    assert sent == {str(one.message["Message-ID"]) for one in sink.messages}
    assert not [row for row in outbox(load.house) if row.status is OutboxStatus.DEAD]
    assert breaches(load.house) == []
