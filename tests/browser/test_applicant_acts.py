"""The applicant acts on what the status view says, in a real browser."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from letters.domain.schedule import NUDGE_SPACING
from tests.browser.conftest import Site
from tests.services.scenes import change_request
from tests.support.people import REFEREES
from tests.web import scenes

ADA, BRAM, _ = (referee.name for referee in REFEREES)


def test_each_act_is_one_page_that_says_what_it_causes(
    site: Site, page: Page, well_made: Callable[[Page], None]
) -> None:
    application = site.asked()
    scenes.decline(site.story, application, 1)
    change_request(site.story, application, 2, bounced_at=site.clock.now())
    status = f"/application/{site.story.status_token(application)}"
    page.goto(f"{site.house.settings.base_url}{status}")
    well_made(page)

    page.get_by_role("link", name=f"Name somebody else in place of {ADA}").first.click()
    expect(page.locator("h1")).to_have_text(f"Somebody else in place of {ADA}")
    well_made(page)
    page.get_by_label("Name, with the title").fill("Prof. Chiyo Tanaka")
    page.get_by_label("E-mail address").fill("tanaka@example.net")
    page.get_by_role("button", name="Name this referee").click()
    expect(page.get_by_role("heading", name="Prof. Chiyo Tanaka")).to_be_visible()

    page.get_by_role("link", name=f"Correct the address of {BRAM}").first.click()
    well_made(page)
    page.get_by_label("Address of the referee").fill("bram@example.net")
    page.get_by_role("button", name="Use this address").click()
    expect(page.locator("#problems")).to_have_count(0)

    site.clock.advance(NUDGE_SPACING)
    page.reload()
    page.get_by_role("link", name=f"Send a reminder to {BRAM}").click()
    well_made(page)
    page.get_by_role("button", name="Send the reminder").click()
    expect(page.get_by_text("Reminded,")).to_be_visible()
    assert "/letter/" in site.link_to("bram@example.net", "/letter/")

    for link in ("Choose which mails you get", "Add another referee"):
        page.get_by_role("link", name=link).click()
        well_made(page)
        page.get_by_role("link", name="Back, change nothing").click()
    well_made(page)
