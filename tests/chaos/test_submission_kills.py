"""A web process that is killed while an application is submitted: it is submitted once, or not.

Who was not answered submits again, or does not; either way each mail that was promised goes once.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.crashing import COMMITTED, Submission
from tests.chaos.mailing import delivering
from tests.chaos.report import Seen
from tests.chaos.sending import breaches
from tests.chaos.servers import Server, server_on
from tests.chaos.submitting import (
    CREATED,
    SEEN,
    Submitter,
    applicant,
    fellowship,
    portal,
)
from tests.support.people import Story
from tests.support.thorough import LONG, rounds

WAYS: tuple[Callable[[Server, Story], Submitter], ...] = (portal, applicant)

pytestmark = [
    pytest.mark.timeout(3600),
    pytest.mark.parametrize(
        "database_url", ["sqlite", "postgresql"] if LONG else ["sqlite"], indirect=True
    ),
]


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    with server_on(database_url, tmp_path) as made:
        yield made


def test_a_process_that_dies_at_a_step_submits_once_or_not_at_all(
    server: Server, tmp_path: Path, seen: Seen
) -> None:
    story = fellowship(server)
    all_of_them: list[tuple[Submitter, bool]] = []
    for turn in range(rounds(short=1, long=12)):
        for number, step in enumerate(Submission):
            server.start(step)
            someone = WAYS[(turn + number) % len(WAYS)](server, story)
            assert someone.submit() is None
            server.wait_for_its_death(step)
            survived = step in COMMITTED
            assert someone.submitted() == survived
            assert breaches(story.house) == []
            all_of_them.append((someone, survived))
    server.start()
    again = [someone for someone, _ in all_of_them[:: len(WAYS) + 1]]
    for someone in again:
        assert someone.submit() in {CREATED, SEEN}
        assert someone.submitted() == 1
    server.stop()
    submitted = [someone.submitted() for someone, _ in all_of_them]
    assert submitted == [survived or someone in again for someone, survived in all_of_them]
    with delivering(story, tmp_path) as office:
        office.workers.finish()
        office.assert_all_arrived(doubles=0)
    seen(
        "SIGKILL of the web process at named points of a submission",
        points=len(Submission),
        kills=len(all_of_them),
        submitted_again=len(again),
        submitted=sum(submitted),
        mails=office.count(),
        copies=len(office.sink.messages),
        verify="holds",
    )
