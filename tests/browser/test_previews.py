"""A manager types, and sees beside the form what applicants and referees will read."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

CORA = "cora@alpine.example.org"


def test_the_preview_follows_what_is_typed(
    site: Site, page: Page, well_made: Callable[[Page], None]
) -> None:
    site.story.add_coordinator(CORA)
    site.sign_in(page, CORA)
    page.goto(f"{site.house.settings.base_url}/coordinate/programs/{site.story.slug}/settings")
    program = page.frame_locator('iframe[title="The program\'s page"]')
    expect(program.locator("h1")).to_have_text("Alpine Summer Research Internship")
    page.get_by_label("Title").fill("Winter School")
    expect(program.locator("h1")).to_have_text("Winter School")
    page.get_by_label("Title").fill("")
    status = page.locator("#preview [role=status]")
    expect(status).to_have_text(
        "Something that was typed needs correcting first: Preview says what."
    )
    page.get_by_label("Title").fill("Spring School")
    expect(program.locator("h1")).to_have_text("Spring School")
    expect(status).to_have_text("")
    page.get_by_label("Show").select_option("The mail that asks for a letter")
    expect(program.locator("h1")).not_to_be_visible()
    mail = page.frame_locator('iframe[title="The mail that asks for a letter"]')
    expect(mail.get_by_text("referee for “Spring School”")).to_be_visible()
    well_made(page)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("h1")).to_have_text("What will be read")
    well_made(page)
    page.get_by_role("button", name="Save the settings").click()
    expect(page.locator("h1")).to_have_text("Spring School")
