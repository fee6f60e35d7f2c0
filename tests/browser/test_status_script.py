"""What the status view's script adds: the page follows what happens, and disturbs nobody."""

from collections.abc import Callable
from uuid import UUID

from playwright.sync_api import Page, Request, expect

from letters.records import Application
from letters.services import withdrawing
from tests.browser.conftest import Site
from tests.support.people import SYSTEM

EVERY_MS = 20_000
A_MOMENT_MS = 50
SEEN = "/seen"
HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
ANNOUNCED = "body > [role=status]"

Open = Callable[..., Page]


class Watched:
    """An open status view whose clock stands still, and what it asks the server for."""

    def __init__(self, site: Site, page: Page) -> None:
        self.site = site
        self.page = page
        self.application_id: UUID = site.asked()
        self.asked: list[str] = []
        self.loads = 0
        self._under_way: set[Request] = set()
        page.clock.install()
        page.on("request", self._begun)
        page.on("response", lambda response: self._ended(response.request))
        page.on("requestfailed", self._ended)
        page.goto(f"{site.house.settings.base_url}/application/{self.token}")
        self.settle()
        page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)

    @property
    def token(self) -> str:
        """The token of the status link."""
        return self.site.story.status_token(self.application_id)

    def wait(self, times: int = 1) -> int:
        """Let that many waits pass; return how often the page asked meanwhile."""
        before = len(self.asked)
        for _ in range(times):
            self.page.clock.run_for(EVERY_MS)
            self.settle()
        return len(self.asked) - before

    def settle(self) -> None:
        """Wait until everything that was asked for is there, and what follows from it."""
        still = 0
        while still < 2:
            self.page.wait_for_timeout(A_MOMENT_MS)
            still = 0 if self._under_way else still + 1

    def _ended(self, request: Request) -> None:
        self._under_way.discard(request)

    def _begun(self, request: Request) -> None:
        self._under_way.add(request)
        self.loads += request.is_navigation_request()
        if request.url.endswith(SEEN):
            self.asked.append(request.url)


def test_a_letter_shows_without_a_reload_and_nobody_loses_their_place(
    site: Site, plain_page: Open, well_made: Callable[[Page], None]
) -> None:
    page = plain_page()
    watched = Watched(site, page)
    page.set_viewport_size({"width": 320, "height": 400})
    link = page.get_by_role("link", name="Withdraw this application")
    link.focus()
    page.evaluate("scrollTo(0, 250)")
    site.send_letter(watched.application_id)
    assert watched.wait() == 1
    expect(page.get_by_role("heading", name="1 of 2 letters received")).to_be_attached()
    expect(page.locator(ANNOUNCED)).to_contain_text(
        "This page was brought up to date: 1 of 2 letters received;"
    )
    expect(link).to_be_focused()
    assert page.evaluate("scrollY") == 250
    # As many instants have the reader's own beside them as before: none has two.
    assert page.locator("time[data-zone] + span + span").count() == 0
    assert page.locator("time[data-zone] + span").count() == 1

    # What had the focus is gone: it is not lost, and does not jump to something else.
    with site.house.works.change(SYSTEM) as work:
        withdrawing.withdraw(work, watched.application_id)
    link.focus()
    watched.wait()
    expect(page.locator(".lead")).to_contain_text("You withdrew this application.")
    expect(page.locator("h1")).to_be_focused()
    assert watched.loads == 1
    page.clock.resume()
    well_made(page)


def test_it_asks_while_somebody_looks_and_leaves_alone_who_is_at_work(
    site: Site, plain_page: Open
) -> None:
    page = plain_page()
    watched = Watched(site, page)
    assert watched.wait(3) == 3
    page.evaluate(HIDE, True)
    assert watched.wait(5) == 0
    site.send_letter(watched.application_id)
    page.evaluate(HIDE, False)
    watched.settle()
    expect(page.get_by_role("heading", name="1 of 2 letters received")).to_be_visible()
    assert watched.wait() == 1

    page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    field = page.locator("main > input")
    field.focus()
    site.send_letter(watched.application_id, 2)
    watched.wait()
    field.fill("Something typed")
    field.blur()
    watched.wait()
    expect(field).to_have_value("Something typed")
    field.fill("")
    field.blur()
    watched.wait()
    expect(page.locator(".lead")).to_contain_text("All the letters that the program asks for")


def test_it_asks_less_often_while_there_is_no_answer_and_never_of_a_link_that_ended(
    site: Site, plain_page: Open
) -> None:
    page = plain_page()
    watched = Watched(site, page)
    page.route(f"**{SEEN}", lambda route: route.abort())
    assert [watched.wait() for _ in range(7)] == [1, 0, 1, 0, 0, 0, 1]
    page.unroute(f"**{SEEN}")
    site.send_letter(watched.application_id)
    assert watched.wait(8) == 1
    expect(page.get_by_role("heading", name="1 of 2 letters received")).to_be_visible()
    assert watched.wait() == 1

    with site.house.works.change(SYSTEM) as work:
        work.session.get_one(Application, watched.application_id).link_generation += 1
    assert watched.wait() == 1
    assert watched.wait(5) == 0
    page.evaluate(HIDE, False)
    assert watched.wait() == 0
    expect(page.get_by_role("heading", name="1 of 2 letters received")).to_be_visible()
