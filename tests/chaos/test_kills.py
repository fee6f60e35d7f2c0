"""A web process that is killed, at each step of an upload and at any moment: nothing is lost."""

import hashlib
import http.client
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from letters.house import House
from letters.records import Letter
from letters.services.sweeping import UNTOUCHED_FOR, Swept, sweep
from tests.chaos.crashing import COMMITTED, Step
from tests.chaos.mailing import delivering
from tests.chaos.report import Seen
from tests.chaos.sending import breaches, kept
from tests.chaos.servers import Form, Server, asked, server_on, status_of
from tests.chaos.submitting import CREATED, Portal, fellowship, portal
from tests.support.patience import wait_until
from tests.support.pdfs import letter_pdf, scanned_pdf
from tests.support.people import SYSTEM, Story
from tests.support.thorough import LONG, rounds
from tests.web.visiting import stored_files

TAKEN = 303
SCAN = scanned_pdf()
SENDERS = 3
MOST_SUBMISSIONS = 4

pytestmark = pytest.mark.timeout(3600)
databases = pytest.mark.parametrize(
    "database_url", ["sqlite", "postgresql"] if LONG else ["sqlite"], indirect=True
)
"""On PostgreSQL too within `make chaos`: a killed process is the same to both."""


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    with server_on(database_url, tmp_path) as made:
        yield made


def _age_all_files(house: House) -> None:
    """Let an hour pass for the store: its files become as old as a sweep wants them."""
    folder = Path(house.settings.store_url.removeprefix("file:"))
    old = time.time() - (UNTOUCHED_FOR + timedelta(minutes=1)).total_seconds()
    for name in stored_files(house):
        os.utime(folder / name, (old, old))


def _sweep(house: House) -> Swept:
    with house.works.look(SYSTEM) as work:
        return sweep(work)


def _assert_all_is_well_after_a_sweep(house: House) -> None:
    before = stored_files(house)
    assert _sweep(house) == Swept(temporary=0, orphans=0)
    assert stored_files(house) == before, "a sweep takes nothing that is young"
    _age_all_files(house)
    _sweep(house)
    assert breaches(house) == []
    assert len(stored_files(house)) == len(kept(house))


# --- at each step -----------------------------------------------------------------------------


@databases
def test_a_process_that_dies_at_a_step_loses_nothing_it_acknowledged(
    server: Server, seen: Seen
) -> None:
    house = server.story.house
    sent: Counter[bytes] = Counter()
    forms: list[tuple[Form, bytes]] = []
    for turn in range(rounds(short=1, long=6)):
        for step in Step:
            token = asked(server.story)
            content = letter_pdf((f"killed when {step} for the {turn}th time",))
            server.start(step)
            form = server.open_page(token)
            assert form.send(content) is None
            server.wait_for_its_death(step)
            survived = step in COMMITTED
            sent[content] += survived
            assert (content in [each.content for each in kept(house)]) is survived
            assert breaches(house) == []
            forms.append((form, content))
    server.start()
    for form, content in forms[::2]:
        assert form.send(content) == TAKEN, "who was not answered sends it again"
        sent[content] += 1
    server.stop()
    kills = len(forms)
    assert server.exits == [-signal.SIGKILL] * kills + [0]
    assert Counter(each.content for each in kept(house)) == +sent
    _assert_all_is_well_after_a_sweep(house)
    seen(
        "SIGKILL of the web process at named points of an upload",
        points=len(Step),
        kills=kills,
        sent_again=len(forms[::2]),
        letters_kept=len(kept(house)),
        acknowledged_and_lost=0,
        verify="holds",
    )


@databases
def test_a_process_that_dies_with_half_a_letter_has_none(server: Server) -> None:
    house, token = server.story.house, asked(server.story)
    server.start()
    form = server.open_page(token)
    body = form.body(SCAN)
    with server.connect() as connection:
        connection.sendall(form.head(f"Content-Length: {len(body)}") + body[: len(body) // 2])
        time.sleep(0.2)
        server.kill()
    assert (kept(house), stored_files(house)) == ([], [])

    server.start()
    assert server.open_page(token).send(SCAN) == TAKEN
    server.stop()
    assert [each.content for each in kept(house)] == [SCAN]
    _assert_all_is_well_after_a_sweep(house)


@databases
def test_a_referee_who_is_cut_off_in_the_middle_has_sent_nothing(server: Server) -> None:
    house, token = server.story.house, asked(server.story)
    server.start()
    form = server.open_page(token)
    body = form.body(SCAN)
    for share in (0.1, 0.5, 0.9, 0.999):
        with server.connect() as connection:
            part = body[: int(len(body) * share)]
            connection.sendall(form.head(f"Content-Length: {len(body)}") + part)
    with server.connect() as connection:
        connection.sendall(form.head("Transfer-Encoding: chunked") + b"ffff\r\n" + body[:9000])
    with server.connect() as connection:
        connection.sendall(form.head(f"Content-Length: {len(body) - 40}") + body[:-40])
        assert status_of(connection) == 400
    server.stop()
    assert (kept(house), stored_files(house)) == ([], [])


# --- at any moment ----------------------------------------------------------------------------


@databases
def test_a_process_that_is_killed_at_any_moment_loses_nothing_it_acknowledged(
    server: Server, tmp_path: Path, seen: Seen
) -> None:
    house, portals = server.story.house, fellowship(server)
    moment = random.Random(20270201)  # noqa: S311 -- the moments are to be the same in every run
    acknowledged: list[bytes] = []
    submissions: list[tuple[Portal, bool]] = []
    kills = rounds(short=2, long=120)
    for turn in range(kills):
        tokens = [asked(server.story) for _ in range(SENDERS)]
        server.start()
        with ThreadPoolExecutor(SENDERS + 1) as pool:
            before = len(acknowledged)
            for token in tokens:
                words = f"{turn} {token}"
                pool.submit(_send_until_it_dies, server, token, words, acknowledged)
            pool.submit(_submit_until_it_dies, server, portals, submissions)
            if turn % 2 == 0:
                _wait_until_longer(acknowledged, before)
            time.sleep(moment.uniform(0.05, 0.8))
            server.kill()
        missing = set(map(_sha256, acknowledged)) - _received(house)
        assert not missing, "an acknowledged letter is missing"
    assert breaches(house) == []
    server.start()
    assert server.open_page(asked(server.story)).send(SCAN) == TAKEN
    unanswered = [one for one, answered in submissions if not answered]
    for one in unanswered:
        assert one.submit() == CREATED, "who was not answered calls again"
    server.stop()
    assert [one.submitted() for one, _ in submissions] == [1] * len(submissions)
    _assert_all_is_well_after_a_sweep(house)
    with delivering(server.story, tmp_path) as office:
        office.workers.finish()
        office.assert_all_arrived(doubles=0)
    seen(
        "SIGKILL of the web process at random",
        kills=kills,
        letters_acknowledged=len(acknowledged),
        letters_kept=len(kept(house)),
        applications=len(submissions),
        submitted_again=len(unanswered),
        mails=office.count(),
        copies=len(office.sink.messages),
        verify="holds",
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _received(house: House) -> set[str]:
    with house.works.look(SYSTEM) as work:
        return set(work.session.scalars(select(Letter.sha256)))


def _submit_until_it_dies(
    server: Server, story: Story, submissions: list[tuple[Portal, bool]]
) -> None:
    """Submit one application after the other; remember whether each was acknowledged."""
    for _ in range(MOST_SUBMISSIONS):
        one = portal(server, story)
        answered = one.submit() == CREATED
        submissions.append((one, answered))
        if not answered:
            return


def _send_until_it_dies(server: Server, token: str, words: str, acknowledged: list[bytes]) -> None:
    """Send one version after the other; remember those that were acknowledged."""
    with suppress(OSError, http.client.HTTPException):
        form = server.open_page(token)
        for version in range(25):
            content = letter_pdf((f"{words} {version}",))
            if form.send(content) != TAKEN:
                return
            acknowledged.append(content)


def _wait_until_longer(acknowledged: list[bytes], before: int) -> None:
    """Every other time the kill comes after a letter was acknowledged."""
    wait_until(lambda: len(acknowledged) > before, "nothing was acknowledged", pause=0.01)
