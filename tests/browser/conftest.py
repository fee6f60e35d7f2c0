"""A live site and a real browser."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from letters.adapters.mailer import read_folder
from letters.house import House
from letters.services import receiving, requesting
from letters.services.inspecting import look_at
from letters.settings import Settings
from tests.support import axe, pdfs
from tests.support.apps import shared_app_on
from tests.support.browser import (
    CORNERS,
    DESKTOP,
    PHONE,
    ColorScheme,
    Corner,
    new_page,
    no_horizontal_scroll,
)
from tests.support.clock import TestClock
from tests.support.houses import InProcessInspector, SqliteDatabases, house_on, settings_for
from tests.support.people import API, REFEREE, START, Story, tell
from tests.support.server import HOST, Front, free_port, front_on
from tests.support.thorough import LONG
from tests.support.wanted import any_letter
from tests.web.visiting import signed_in

LONGEST_WAIT_MS = 20_000
expect.set_options(timeout=LONGEST_WAIT_MS)
NAMES = {PHONE["width"]: "phone", DESKTOP["width"]: "desktop"}
LINK = re.compile(r"https?://\S+")
LETTER = ("To whom it may concern,", "I recommend Mira Lindqvist without reservation.")

# Journeys pass the same pages.
_inspector = axe.Inspector()


@dataclass(frozen=True)
class Site:
    """A running site, and the people's mailboxes."""

    story: Story
    clock: TestClock
    letter: Path
    app: Flask

    @property
    def house(self) -> House:
        """The house behind the site."""
        return self.story.house

    def sign_in(self, page: Page, address: str) -> None:
        """Let a coordinator be in with the browser of this page, past the pages."""
        visitor = signed_in(self.app, self.house, address)
        name = self.app.config["SESSION_COOKIE_NAME"]
        cookie = visitor.get_cookie(name, domain=HOST)
        assert cookie is not None
        page.context.add_cookies([{"name": name, "value": cookie.value, "url": visitor.home}])

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


@pytest.fixture(scope="session")
def front() -> Iterator[Front]:
    """An address for all tests of a process."""
    with front_on(free_port(), {axe.PATH: axe.SCRIPT}) as running:
        yield running


@pytest.fixture
def site(sqlite_databases: SqliteDatabases, front: Front, tmp_path: Path) -> Iterator[Site]:
    """A live site with the internship in it."""
    with sqlite_databases.fresh() as url:
        settings = settings_for(url, tmp_path, front.base_url)
        with _showing(settings, front, tmp_path) as shown:
            yield shown


@pytest.fixture
def demo_site(sqlite_databases: SqliteDatabases, front: Front, tmp_path: Path) -> Iterator[Site]:
    """The same as the demo runs it, with a mailbox to look into."""
    with sqlite_databases.fresh() as url:
        settings = replace(settings_for(url, tmp_path, front.base_url), demo=True)
        with _showing(settings, front, tmp_path) as shown:
            yield shown


@contextmanager
def _showing(settings: Settings, front: Front, tmp_path: Path) -> Iterator[Site]:
    letter = tmp_path / "Letter for Mira.pdf"
    letter.write_bytes(pdfs.letter_pdf(LETTER))
    clock = TestClock(START)
    with house_on(settings, clock, InProcessInspector(reads=True)) as house:
        story = tell(house)
        app = shared_app_on(house)
        with front.showing(app):
            yield Site(story, clock, letter, app)


@pytest.fixture(
    params=CORNERS if LONG else CORNERS[:1], ids=lambda corner: NAMES[corner[0]["width"]]
)
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page at 320 pixels in light colours; within `make chaos` also at 1280 in dark ones.

    What is looked at on the way is looked at in both, always.
    """
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
    """Open pages of one kind only, say without JavaScript; at 1280 pixels, in dark colours."""
    contexts = []

    def open_page(*, javascript: bool = True, scheme: ColorScheme = "dark") -> Page:
        context = new_page(chromium, javascript=javascript, color_scheme=scheme)
        contexts.append(context)
        return context.__enter__()

    yield open_page
    for context in contexts:
        context.__exit__(None, None, None)


@pytest.fixture
def well_made() -> Callable[[Page], None]:
    """Check the page as it now stands: accessible, and no wider than its window.

    That is at its size and in its colours, and then at the other size in the other colours.
    """
    return _check_at_both_corners


def _check_at_both_corners(page: Page) -> None:
    size, scheme = here = _corner(page)
    other: Corner = (PHONE if size == DESKTOP else DESKTOP, "light" if scheme == "dark" else "dark")
    _check(page, here)
    _put(page, other)
    _check(page, other)
    _put(page, here)


def _corner(page: Page) -> Corner:
    size = page.viewport_size
    assert size is not None
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    return size, "dark" if dark else "light"


def _put(page: Page, corner: Corner) -> None:
    size, scheme = corner
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)


def _check(page: Page, corner: Corner) -> None:
    page.wait_for_load_state()
    no_horizontal_scroll(page)
    assert _inspector.violations(page, corner) == [], page.url
