"""Copies made while much goes on, by the documented commands: each can be gone back to."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from letters.house import House
from letters.records import Application, OutboxMessage, OutboxStatus
from letters.services import person_erasing
from tests.chaos.backups import make, manual_for, restored, run
from tests.chaos.mailing import Office, delivering
from tests.chaos.report import Seen
from tests.chaos.sending import breaches, kept
from tests.chaos.servers import LONGEST_WAIT, Server, server_on
from tests.chaos.traffic import WHY, Traffic, traffic_on
from tests.support.pdfs import letter_pdf
from tests.support.people import INTERNSHIP, MIRA, OPERATOR, SYSTEM, Story
from tests.support.thorough import LONG, rounds
from tests.web import scenes

LETTERS_A_COPY = 2

EmptyDatabase = Callable[[], AbstractContextManager[str]]

pytestmark = pytest.mark.timeout(3600)


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    with server_on(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def empty_database(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> EmptyDatabase:
    """Gives the URL of a database without any tables, of the same kind as the test's own."""
    numbers = count(1)

    @contextmanager
    def on_sqlite() -> Iterator[str]:
        yield f"sqlite:///{tmp_path / f'restored-{next(numbers)}.db'}"

    @contextmanager
    def on_postgres() -> Iterator[str]:
        cluster, name = request.getfixturevalue("cluster"), f"restored_{next(numbers)}"
        cluster.create_database(name)
        yield cluster.url(name)
        cluster.drop_database(name)

    return on_sqlite if database_url.startswith("sqlite:") else on_postgres


# --- what happens between two commands --------------------------------------------------------


def test_whatever_happens_between_two_commands_each_row_of_the_copy_has_its_file(
    story: Story, empty_database: EmptyDatabase, tmp_path: Path
) -> None:
    settings = story.house.settings
    commands = manual_for(settings).making
    for gap in range(2, len(commands)):
        leaving = _withdrawn_with_a_letter(story, f"leaving.{gap}@example.com")
        copy = tmp_path / f"copy-{gap}"
        run(commands[:gap], settings, copy)
        _erase(story, leaving)
        scenes.letter_in(story, scenes.requested(story), content=letter_pdf((f"gap {gap}",)))
        run(commands[gap:], settings, copy)
        with (
            empty_database() as url,
            restored(settings, copy, url, tmp_path / f"{gap}") as house,
        ):
            assert breaches(house) == []


def _withdrawn_with_a_letter(story: Story, address: str) -> str:
    """Have an application that somebody could erase; return its applicant's address."""
    application_id = scenes.requested(story, replace(MIRA, applicant_email=address))
    scenes.letter_in(story, application_id)
    person_erasing.erase(story.house.works, OPERATOR, address, WHY, withdraw=True)
    story.deliver()
    return address


def _erase(story: Story, address: str) -> None:
    assert not person_erasing.erase(story.house.works, OPERATOR, address, WHY).remaining


# --- under way --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "database_url", ["sqlite", "postgresql"] if LONG else ["sqlite"], indirect=True
)
def test_a_copy_made_during_writes_holds_all_that_was_acknowledged_before(
    server: Server, empty_database: EmptyDatabase, tmp_path: Path, seen: Seen
) -> None:
    figures: Counter[str] = Counter()
    server.start()
    with delivering(server.story, tmp_path) as office:
        with _working(office), traffic_on(server) as traffic:
            copies = [
                _made(office, traffic, tmp_path / f"copy-{number}")
                for number in range(rounds(short=1, long=20))
            ]
        server.stop()
        for copy in copies:
            folder = tmp_path / f"{copy.folder.name}-restored"
            settings = server.story.house.settings
            with empty_database() as url, restored(settings, copy.folder, url, folder) as house:
                assert breaches(house) == []
                found = [each.content for each in kept(house)]
                assert not Counter(copy.letters) - Counter(found), "acknowledged, and not in it"
                assert copy.applications <= _external_ids(house)
                figures["letters"] += len(found)
                figures["again"] += _leave_again(house, folder, office)
    seen(
        "backup taken during writes and restored",
        copies_restored=len(copies),
        letters_read_back=figures["letters"],
        people_erased_meanwhile=traffic.erased,
        mails=office.count(),
        mails_that_left_again_from_copies=figures["again"],
        verify="holds",
    )


@dataclass(frozen=True)
class Copy:
    """A copy, and what was acknowledged before it was begun."""

    folder: Path
    letters: Sequence[bytes]
    applications: frozenset[str]


def _made(office: Office, traffic: Traffic, folder: Path) -> Copy:
    """Make a copy, once some more has happened."""
    enough = len(traffic.letters) + LETTERS_A_COPY
    office.wait_until(lambda: len(traffic.letters) >= enough)
    copy = Copy(folder, [*traffic.letters], frozenset(one.once for one in [*traffic.applications]))
    make(office.story.house.settings, folder)
    return copy


def _external_ids(house: House) -> AbstractSet[str | None]:
    with house.works.look(SYSTEM) as work:
        return set(work.session.scalars(select(Application.external_id)))


def _leave_again(house: House, folder: Path, office: Office) -> int:
    """Deliver what is due in a copy; return how many of its mails had left already."""
    with delivering(Story(house, INTERNSHIP.slug), folder) as after:
        after.let_leases_run_out()
        after.workers.finish()
        again = after.copies()
        before = office.copies()
    with house.works.look(SYSTEM) as work:
        sent = select(OutboxMessage.message_id).where(OutboxMessage.status == OutboxStatus.SENT)
        assert set(work.session.scalars(sent)) <= before.keys() | again.keys()
    assert set(again.values()) <= {1}
    return len(before.keys() & again.keys())


@contextmanager
def _working(office: Office) -> Iterator[None]:
    """Let a worker deliver meanwhile, and all that is left in the end."""
    worker = office.workers.start()
    try:
        yield
    finally:
        worker.terminate()
        worker.join(LONGEST_WAIT)
    office.workers.finish()
    office.assert_all_arrived(doubles=0)
