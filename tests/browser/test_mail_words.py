"""A manager rewords a mail: what is wrong is marked, what it reads like is shown."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

CORA = "cora@alpine.example.org"


def test_a_mail_is_reworded(site: Site, page: Page, well_made: Callable[[Page], None]) -> None:
    site.story.add_coordinator(CORA)
    site.sign_in(page, CORA)
    page.goto(f"{site.house.settings.base_url}/coordinate/programs/{site.story.slug}/words")
    well_made(page)
    page.get_by_role("link", name="Referee: letter request").click()
    page.get_by_label("A paragraph below").fill("For {letter}: https://evil.example")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("{letter} cannot be filled in here.")).to_be_visible()
    well_made(page)
    page.get_by_label("A paragraph below").fill("Tell us what {applicant} is like to work with.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Tell us what Mina Okafor is like to work with.")).to_be_visible()
    well_made(page)
