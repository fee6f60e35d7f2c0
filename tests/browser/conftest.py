"""A live site and a real browser."""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from letters.adapters.mailer import read_folder
from letters.house import House
from letters.services import receiving, requesting
from letters.services.inspecting import look_at
from tests.support import browser as browsers
from tests.support import pdfs
from tests.support.apps import app_on
from tests.support.browser import (
    COLOR_SCHEMES,
    DESKTOP,
    PHONE,
    VIEWPORTS,
    ColorScheme,
    new_page,
)
from tests.support.clock import TestClock
from tests.support.houses import InProcessInspector, SqliteDatabases, house_on, settings_for
from tests.support.people import API, REFEREE, START, Story, tell
from tests.support.server import free_port, serve
from tests.support.wanted import any_letter

LONGEST_WAIT_MS = 20_000
expect.set_options(timeout=LONGEST_WAIT_MS)
LINK = re.compile(r"https?://\S+")
LETTER = ("To whom it may concern,", "I recommend Mira Lindqvist without reservation.")


@dataclass(frozen=True)
class Site:
    """A running site, and the people's mailboxes."""

    story: Story
    clock: TestClock
    letter: Path

    @property
    def house(self) -> House:
        """The house behind the site."""
        return self.story.house

    def asked(self) -> UUID:
        """Submit an application, select it, and let the mails go out."""
        application_id = self.story.apply()
        with self.house.works.change(API) as work:
            requesting.select(work, application_id)
        self.story.deliver()
        return application_id

    def send_letter(self, application_id: UUID, position: int = 1) -> None:
        """Send a letter past the page."""
        file = io.BytesIO(self.letter.read_bytes())
        sent = look_at(file, "Letter.pdf", any_letter(), self.house.examiners)
        with self.house.works.change(REFEREE) as work:
            receiving.receive(work, self.story.upload_token(application_id, position), sent)

    def mails_to(self, address: str) -> list[EmailMessage]:
        """Deliver what is due and return the mails to one address, newest last."""
        self.story.deliver()
        return [m for m in read_folder(self.house.mail_folder) if m["To"] == address]

    def link_to(self, address: str, path: str) -> str:
        """Return the first link with this path in the newest mail to an address."""
        body = self.mails_to(address)[-1].get_body(("plain",))
        assert body is not None
        links: list[str] = LINK.findall(body.get_content())
        return next(link for link in links if path in link)


@pytest.fixture
def site(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Site]:
    """A live site with the internship in it."""
    with _running(sqlite_databases, tmp_path, demo=False) as running:
        yield running


@pytest.fixture
def demo_site(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Site]:
    """The same as the demo runs it, with a mailbox to look into."""
    with _running(sqlite_databases, tmp_path, demo=True) as running:
        yield running


@contextmanager
def _running(databases: SqliteDatabases, tmp_path: Path, *, demo: bool) -> Iterator[Site]:
    letter = tmp_path / "Letter for Mira.pdf"
    letter.write_bytes(pdfs.letter_pdf(LETTER))
    port = free_port()
    with databases.fresh() as url:
        settings = replace(settings_for(url, tmp_path, f"http://127.0.0.1:{port}"), demo=demo)
        clock = TestClock(START)
        with house_on(settings, clock, InProcessInspector(reads=True)) as house:
            story = tell(house)
            with serve(app_on(house), port):
                yield Site(story, clock, letter)


@pytest.fixture(params=[(PHONE, "light"), (DESKTOP, "dark")], ids=["phone", "desktop"])
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page at 320 pixels in light colours, and at 1280 in dark ones."""
    viewport, scheme = request.param
    with new_page(chromium, viewport=viewport, color_scheme=scheme) as opened:
        broken = _what_breaks(opened)
        yield opened
        assert broken == []


def _what_breaks(page: Page) -> list[str]:
    """Give a list that grows by each script that fails and each thing that the policy forbids."""
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on(
        "console",
        lambda said: broken.append(said.text) if "Content Security Policy" in said.text else None,
    )
    return broken


@pytest.fixture
def plain_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages of one kind only, say without JavaScript."""
    contexts = []

    def open_page(*, javascript: bool = True, scheme: ColorScheme = "light") -> Page:
        context = new_page(chromium, javascript=javascript, color_scheme=scheme)
        contexts.append(context)
        return context.__enter__()

    yield open_page
    for context in contexts:
        context.__exit__(None, None, None)


@pytest.fixture
def well_made() -> Callable[[Page], None]:
    """Check the page as it now stands: accessible, and no wider than its window."""
    return _check


@pytest.fixture
def well_made_light_and_dark() -> Callable[[Page], None]:
    """Check the page as it now stands, at its size, in both colour schemes."""

    def check(page: Page) -> None:
        now_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        _check_light_and_dark(page, COLOR_SCHEMES[::-1] if now_dark else COLOR_SCHEMES)

    return check


@pytest.fixture
def well_made_everywhere() -> Callable[[Page], None]:
    """Check the page as it now stands, on a phone and on a desktop, light and dark."""

    def check(page: Page) -> None:
        for viewport in VIEWPORTS:
            page.set_viewport_size(viewport)
            _check_light_and_dark(page, COLOR_SCHEMES)

    return check


def _check_light_and_dark(page: Page, schemes: Sequence[ColorScheme]) -> None:
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        _check(page, colors_only=scheme != schemes[0])


def _check(page: Page, *, colors_only: bool = False) -> None:
    page.wait_for_load_state()
    assert browsers.axe_violations(page, colors_only=colors_only) == [], page.url
    browsers.no_horizontal_scroll(page)
