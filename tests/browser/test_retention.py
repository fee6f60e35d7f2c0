"""A manager sets a legal hold; an administrator looks for a person, and erases what may go."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from letters.records import Coordinator
from tests.browser.conftest import Site
from tests.services.keeping import list_erasures
from tests.support.people import A_DAY, DUE, OPERATOR

CORA = "cora@alpine.example.org"


def test_what_is_erased_what_is_held_and_who_is_forgotten(
    site: Site, page: Page, well_made: Callable[[Page], None]
) -> None:
    base = site.house.settings.base_url
    cora = site.story.add_coordinator(CORA)
    site.send_letter(site.asked())
    site.clock.set(DUE + 365 * A_DAY)
    list_erasures(site.house)
    site.story.deliver()
    with site.house.works.change(OPERATOR) as work:
        work.session.get_one(Coordinator, cora).is_administrator = True
    site.sign_in(page, CORA)
    page.goto(site.link_to(CORA, "/erasures"))
    well_made(page)
    page.get_by_role("link", name="Set a legal hold").click()
    page.get_by_label("Why?").fill("A lawsuit about the selection.")
    well_made(page)
    page.get_by_role("button", name="Set the hold").click()
    expect(page.locator("h1")).to_have_text("Lift the legal hold")
    well_made(page)
    page.get_by_role("link", name="Back, change nothing").click()
    page.get_by_role("link", name="Mira Lindqvist").click()
    expect(page.get_by_text("A legal hold on the whole program")).to_be_visible()
    well_made(page)

    page.goto(f"{base}/coordinate/person")
    page.get_by_label("Address").fill("mira@example.com")
    well_made(page)
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("A legal hold stands.")).to_be_visible()
    well_made(page)
    page.get_by_label("Why is it erased?").fill("Asked for in writing.")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_role("heading", name="Remains for now")).to_be_visible()
    well_made(page)
