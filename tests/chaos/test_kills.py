"""A web process that is killed, at each step of an upload and at any moment: nothing is lost."""

import http.client
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from letters.house import House
from letters.services.sweeping import UNTOUCHED_FOR, Swept, sweep
from tests.chaos.conftest import LONG, rounds
from tests.chaos.crashing import COMMITTED, Step
from tests.chaos.sending import breaches, kept
from tests.chaos.servers import LONGEST_WAIT, Server, asked, server_on, status_of
from tests.support.pdfs import letter_pdf, scanned_pdf
from tests.support.people import SYSTEM
from tests.web.visiting import stored_files

TAKEN = 303
SCAN = scanned_pdf()
SENDERS = 3

pytestmark = pytest.mark.timeout(900)
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
    server: Server, subtests: pytest.Subtests
) -> None:
    house = server.story.house
    acknowledged: Counter[bytes] = Counter()
    for step in Step:
        with subtests.test(str(step)):
            token = asked(server.story)
            content = letter_pdf((f"killed when {step}",))
            server.start(step)
            assert server.open_page(token).send(content) is None
            server.wait_for_its_end()
            survived = step in COMMITTED
            acknowledged[content] += survived
            assert (content in [each.content for each in kept(house)]) is survived
            assert breaches(house) == []
    server.start()
    for step in Step:
        with subtests.test(f"sent again after: {step}"):
            content = letter_pdf((f"again after {step}",))
            assert server.open_page(asked(server.story)).send(content) == TAKEN
            acknowledged[content] += 1
    server.stop()
    assert server.exits == [1] * len(Step) + [0], "a supervisor sees that it died"
    assert Counter(each.content for each in kept(house)) == +acknowledged
    _assert_all_is_well_after_a_sweep(house)


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
    server: Server,
) -> None:
    house = server.story.house
    moment = random.Random(20270201)  # noqa: S311 -- the moments are to be the same in every run
    acknowledged: list[bytes] = []
    for turn in range(rounds(short=3, long=100)):
        tokens = [asked(server.story) for _ in range(SENDERS)]
        server.start()
        with ThreadPoolExecutor(SENDERS) as pool:
            before = len(acknowledged)
            for token in tokens:
                words = f"{turn} {token}"
                pool.submit(_send_until_it_dies, server, token, words, acknowledged)
            if turn % 2 == 0:
                _wait_until_longer(acknowledged, before)
            time.sleep(moment.uniform(0.05, 0.8))
            server.kill()
        in_store = Counter(each.content for each in kept(house))
        assert Counter(acknowledged) - in_store == Counter(), "an acknowledged letter is missing"
    assert breaches(house) == []
    server.start()
    assert server.open_page(asked(server.story)).send(SCAN) == TAKEN
    server.stop()
    _assert_all_is_well_after_a_sweep(house)


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
    deadline = time.monotonic() + LONGEST_WAIT
    while len(acknowledged) == before:
        assert time.monotonic() < deadline, "nothing was acknowledged"
        time.sleep(0.01)
