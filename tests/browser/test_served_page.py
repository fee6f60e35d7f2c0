"""The upload page as `letters serve` serves it: its weight, and answers that come early."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from letters.domain.documents import MEGABYTE
from letters.house import House, assemble
from letters.records import Program
from letters.services import requesting
from letters.settings import Settings
from tests.cli.conftest import variables
from tests.support import pdfs
from tests.support.houses import SqliteDatabases, settings_for
from tests.support.people import API, INTERNSHIP, SYSTEM, tell
from tests.support.server import free_port

LARGEST_PAGE = 60_000
"""Bytes on the wire of a first visit: headers, page, stylesheets, scripts and icon."""

LONGEST_START = 60.0


@dataclass(frozen=True)
class Served:
    """A server in processes of its own, and an upload link that it answers."""

    house: House
    link: str
    process: "subprocess.Popen[bytes]"

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the server and to its workers."""
        os.killpg(self.process.pid, number)


@pytest.fixture
def served(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Served]:
    """`letters serve`, on the machine's own clock, with a letter that is due in a month."""
    port = free_port()
    with sqlite_databases.fresh() as url:
        settings = settings_for(url, tmp_path, f"http://127.0.0.1:{port}")
        house = assemble(settings)
        story = tell(house, replace(INTERNSHIP, due_at=datetime.now(UTC) + timedelta(days=30)))
        application_id = story.apply()
        with house.works.change(API) as work:
            requesting.select(work, application_id)
        with _running(settings, port) as process:
            yield Served(
                house, f"{settings.base_url}/letter/{story.upload_token(application_id)}", process
            )
        house.database.close()


@contextmanager
def _running(settings: Settings, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(  # noqa: S603 -- our own interpreter and our own command
        [sys.executable, "-m", "letters", "serve", "--port", str(port)],
        env={**os.environ, **variables(settings)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with process:
        try:
            _wait_until_answering(f"{settings.base_url}/healthz", process)
            yield process
        finally:
            process.terminate()


def _wait_until_answering(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + LONGEST_START
    while True:
        assert process.poll() is None, "the server ended by itself"
        assert time.monotonic() < deadline, "waited in vain"
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 -- our own loopback server
                return
        except URLError:
            time.sleep(0.05)


def _transferred(page: Page) -> dict[str, float]:
    """Give a dictionary that grows by the bytes of each answer, by its address."""
    names: dict[str, str] = {}
    bytes_of: dict[str, float] = {}
    session = page.context.new_cdp_session(page)
    session.on(
        "Network.responseReceived",
        lambda event: names.update({event["requestId"]: event["response"]["url"]}),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: bytes_of.update({names[event["requestId"]]: event["encodedDataLength"]}),
    )
    session.send("Network.enable")
    return bytes_of


_FETCH_THE_ICON = """
    fetch(document.querySelector("link[rel=icon]").href).then(answer => answer.blob())
"""


def test_a_first_visit_is_light_and_a_second_one_lighter(
    served: Served, plain_page: Callable[..., Page]
) -> None:
    page = plain_page()
    transferred = _transferred(page)
    page.goto(served.link, wait_until="networkidle")
    # Without a window Chromium does not ask for the icon.
    with page.expect_request_finished():
        page.evaluate(_FETCH_THE_ICON)
    kinds = sorted(one.partition("?")[0].rpartition(".")[2] for one in transferred if "v=" in one)
    assert kinds == ["css", "css", "js", "js", "svg"]
    cold = sum(transferred.values())
    assert cold < LARGEST_PAGE, transferred

    page_alone = transferred[served.link]
    transferred.clear()
    page.goto(served.link, wait_until="networkidle")
    assert sum(transferred.values()) < page_alone + 100, transferred


def test_the_page_says_truthfully_what_became_of_the_letter(
    served: Served, plain_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = plain_page()
    page.goto(served.link)
    send, status = page.get_by_role("button", name="Send the letter"), page.get_by_role("status")
    # The limit sinks while the page is open: the page lets the file through, and the server
    # answers before it has read it.
    with served.house.works.change(SYSTEM) as work:
        work.session.execute(update(Program).values(largest_file=MEGABYTE))
    letter = tmp_path / "Letter.pdf"
    letter.write_bytes(pdfs.letter_pdf() + b"\n" * 9 * MEGABYTE)
    page.set_input_files("#letter", letter)
    send.click()
    expect(page.get_by_role("alert")).to_contain_text("The file is larger than 1 MB.")
    expect(page.locator("h1")).to_be_focused()

    # All was sent and no answer comes.
    letter.write_bytes(pdfs.letter_pdf())
    page.set_input_files("#letter", letter)
    served.signal(signal.SIGSTOP)
    send.click()
    expect(status).to_contain_text("Sent. It is being checked and stored")
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    served.signal(signal.SIGKILL)
    expect(status).to_contain_text("We cannot know whether it arrived: reload this page to see.")

    # Nobody takes it.
    send.click()
    expect(status).to_contain_text("so nothing was saved. Send it again.")
