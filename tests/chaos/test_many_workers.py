"""Several workers on one database: a mail is one worker's at a time, whoever comes late."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from letters.ports import Outcome
from letters.records import OutboxMessage, OutboxStatus
from tests.chaos.heart import Sleeper
from tests.chaos.mailing import A_LOOK, Office, office_on
from tests.chaos.report import Seen
from tests.chaos.workers import LONGEST_LIFE, Step, Taken
from tests.support.people import SYSTEM
from tests.support.thorough import LONG, rounds

FEWEST, MOST = 2, rounds(short=3, long=8)
SLEEPY = (
    Step.CLAIM_OPEN,
    Step.CLAIMED,
    Step.ADDRESSED,
    Step.ALL_SENT,
    Step.TAKEN,
    Step.RECORD_OPEN,
)
EVERY = 13
"""All but the first two come with each mail: of every third or fourth one a step is slept over.

The first to be slept over is the third mail's, when the server has taken it.
"""
SHORT_LEASE = timedelta(seconds=1.5)
"""Long enough for a busy machine to come to the third mail within it."""
LONG_SLEEP = 6.0
"""Long enough for another worker to start meanwhile, however busy the machine is."""

pytestmark = [
    pytest.mark.timeout(3600),
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]
"""One worker is the limit on SQLite."""


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    with office_on(database_url, tmp_path) as made:
        yield made


@contextmanager
def _hiring(workers: list[BaseProcess]) -> Iterator[None]:
    """Ask all workers to stop in the end; none outlives the test."""
    try:
        yield
        for each in workers:
            assert each.pid is not None
            os.kill(each.pid, signal.SIGTERM)
        for each in workers:
            each.join(LONGEST_LIFE)
        assert [each.exitcode for each in workers] == [0] * len(workers)
    finally:
        for each in workers:
            each.kill()


def _double_claims(taken: Sequence[Taken]) -> int:
    """Count the claims that more than one worker believed to be its own."""
    return len(taken) - len({(each.mail, each.claim) for each in taken})


def _newest_claims(taken: Sequence[Taken]) -> dict[UUID, int]:
    return {each.mail: each.claim for each in sorted(taken, key=lambda each: each.claim)}


def _recorded_claims(office: Office) -> dict[UUID, int]:
    with office.story.house.works.look(SYSTEM) as work:
        rows = work.session.execute(select(OutboxMessage.id, OutboxMessage.claim))
        return {row.id: row.claim for row in rows}


def _a_lease_ran_out(office: Office) -> bool:
    with office.story.house.works.look(SYSTEM) as work:
        held_too_long = select(OutboxMessage.id).where(
            OutboxMessage.status == OutboxStatus.SENDING, OutboxMessage.lease_until <= work.now
        )
        return work.session.scalar(held_too_long.limit(1)) is not None


def test_workers_who_join_one_after_another_share_the_mails(office: Office, seen: Seen) -> None:
    office.queue(rounds(short=60, long=10_000))
    mails = office.count()
    workers: list[BaseProcess] = [office.workers.start() for _ in range(FEWEST)]
    with _hiring(workers):
        for joins in range(1, MOST - FEWEST + 1):
            share = joins * mails // (MOST - FEWEST + 2)
            office.wait_for_copies(share)
            workers.append(office.workers.start())
        office.wait_until(lambda: office.count(OutboxStatus.SENT) == mails, A_LOOK)
    taken = office.workers.taken()
    assert _double_claims(taken) == 0
    assert _newest_claims(taken) == _recorded_claims(office)
    worked = len({each.by for each in taken})
    assert worked == MOST or not LONG, "a few mails may all be out before the second one begins"
    office.assert_all_arrived(doubles=0)
    seen(
        f"{FEWEST} to {MOST} workers on due mails",
        worked=worked,
        mails=mails,
        copies=len(office.sink.messages),
        double_claims=0,
        verify="holds",
    )


def test_who_is_late_finds_the_mail_in_other_hands_and_records_nothing(
    office: Office, seen: Seen
) -> None:
    office.queue(rounds(short=32, long=600))
    mails = office.count()
    workers: list[BaseProcess] = [
        office.workers.start(watcher=Sleeper(SLEEPY, EVERY, LONG_SLEEP), lease=SHORT_LEASE)
        for _ in range(MOST - 1)
    ]
    with _hiring(workers):
        office.wait_for_copies(3)
        # They sleep at the same time. This one does not, and takes over what they hold: it looks
        # when there is something, since it would not look again before they wake.
        office.wait_until(lambda: _a_lease_ran_out(office), A_LOOK)
        workers.append(office.workers.start(lease=SHORT_LEASE))
        office.wait_until(lambda: office.count(OutboxStatus.SENT) == mails, A_LOOK)
    taken, outcomes = office.workers.taken(), office.workers.outcomes()
    assert _double_claims(taken) == 0
    assert outcomes.keys() <= {Outcome.SENT, Outcome.LATE, Outcome.GIVEN_BACK}
    assert outcomes[Outcome.SENT] == mails
    doubles = len(office.sink.messages) - mails
    assert 0 < doubles <= outcomes[Outcome.LATE], "only who was late while it sent"
    assert _newest_claims(taken) == _recorded_claims(office), "who came late has recorded nothing"
    office.assert_all_arrived(doubles)
    seen(
        "leases that run out while sending",
        workers=len(workers),
        mails=mails,
        copies=len(office.sink.messages),
        double_claims=0,
        late_records_refused=outcomes[Outcome.LATE],
        verify="holds",
    )
