"""The applicant looks at the status view."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

MIRA = "mira@example.com"


def test_the_status_view_follows_the_letters(
    site: Site, page: Page, well_made: Callable[[Page], None]
) -> None:
    application_id = site.asked()
    page.goto(site.link_to(MIRA, "/application/"))
    well_made(page)
    expect(page.get_by_role("heading", name="0 of 2 letters received")).to_be_visible()

    site.send_letter(application_id, 1)
    page.reload()
    expect(page.get_by_role("heading", name="1 of 2 letters received")).to_be_visible()
    expect(page.locator("progress")).to_have_attribute("value", "1")
    well_made(page)

    site.send_letter(application_id, 2)
    page.reload()
    expect(page.locator(".lead")).to_contain_text("All the letters that the program asks for")
    well_made(page)


def test_the_program_and_start_pages_are_well_made(
    site: Site, page: Page, well_made: Callable[[Page], None]
) -> None:
    base = site.house.settings.base_url
    page.goto(f"{base}/")
    well_made(page)
    page.get_by_role("link", name="Alpine Summer Research Internship").click()
    expect(page.locator("h1")).to_have_text("Alpine Summer Research Internship")
    expect(page.get_by_text("only for those whom the committee selects")).to_be_visible()
    well_made(page)
    page.goto(f"{base}/nothing-here")
    expect(page.locator("h1")).to_have_text("Page not found")
    well_made(page)
