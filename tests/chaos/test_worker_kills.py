"""A worker that is killed, at each step of a delivery and at any moment: no mail is lost.

A mail is doubled only where a server may have taken it and nobody could record that, and then
under its own Message-ID.
"""

import random
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from letters.records import OutboxStatus
from tests.chaos.mailing import Office, office_on
from tests.chaos.report import Seen
from tests.chaos.workers import (
    COPIES_IN_DOUBT,
    LONGEST_LIFE,
    NOTHING_LEFT,
    ONCE_FOR_SEVERAL,
    SOMETHING_LEFT,
    Step,
)
from tests.support.thorough import LONG, rounds

MOST_AT_ONCE = 3
A_FEW_MAILS = 12

pytestmark = pytest.mark.timeout(3600)


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    with office_on(database_url, tmp_path) as made:
        yield made


def test_a_worker_that_dies_at_a_step_loses_no_mail(office: Office, seen: Seen) -> None:
    kills = doubles = 0
    for turn in range(rounds(short=1, long=11)):
        for step in _steps(office):
            beats = 1 if step in ONCE_FOR_SEVERAL else turn % MOST_AT_ONCE + 1
            office.queue(beats)
            office.workers.die_at(step, beats)
            office.let_leases_run_out()
            left = office.in_doubt() - doubles
            assert left in COPIES_IN_DOUBT.get(step, NOTHING_LEFT), step
            kills, doubles = kills + 1, doubles + left
    office.workers.finish()
    office.assert_all_arrived(doubles)
    assert office.count() == office.count(OutboxStatus.SENT)
    seen(
        "SIGKILL of a worker at named points",
        points=len(Step),
        kills=kills,
        mails=office.count(),
        copies=len(office.sink.messages),
        ambiguous_deaths=doubles,
        verify="holds",
    )


def _steps(office: Office) -> Sequence[Step]:
    """Every other step on each kind of database; each on both within `make chaos`."""
    return [*Step] if LONG else [*Step][office.story.house.database.is_sqlite :: 2]


def test_a_worker_that_is_killed_at_any_moment_loses_no_mail(office: Office, seen: Seen) -> None:
    moment = random.Random(20270201)  # noqa: S311 -- the moments are to be the same in every run
    kills = rounds(short=2, long=118)
    doubles = 0
    for _ in range(kills):
        office.queue(A_FEW_MAILS)
        _kill_one(office, moment)
        office.let_leases_run_out()
        left = office.in_doubt() - doubles
        assert left in NOTHING_LEFT | SOMETHING_LEFT
        doubles += left
    office.workers.finish()
    office.assert_all_arrived(doubles)
    assert office.count() == office.count(OutboxStatus.SENT)
    seen(
        "SIGKILL of a worker at random",
        kills=kills,
        mails=office.count(),
        copies=len(office.sink.messages),
        ambiguous_deaths=doubles,
        verify="holds",
    )


def _kill_one(office: Office, moment: random.Random) -> None:
    """Kill a worker a moment after so many mails of its, which may be none."""
    before = len(office.sink.messages)
    enough = before + moment.randrange(6)
    worker = office.workers.start()
    office.wait_for_copies(enough)
    time.sleep(moment.uniform(0, 0.02))
    worker.kill()
    worker.join(LONGEST_LIFE)
    assert worker.exitcode == -signal.SIGKILL
