"""A manager defines a field, tries a rule, and saves it for those that wait too."""

from collections.abc import Callable
from dataclasses import replace

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.services import rules
from tests.services.rules import MATCHES, MISSES
from tests.web.visiting import CORA


def test_from_the_fields_to_the_letters(
    site: Site, page: Page, well_made: Callable[[Page], None]
) -> None:
    base = site.house.settings.base_url
    site.story.add_coordinator()
    site.sign_in(page, CORA)
    page.goto(f"{base}/coordinate/programs/{site.story.slug}")

    page.get_by_role("link", name="Fields", exact=True).click()
    page.get_by_label("Label, as coordinators read it").first.fill("Stage")
    page.get_by_label("Name, as the portal sends it").first.fill("Stage")
    page.get_by_label("Choices, one on each line").first.fill("first round\ninterview")
    page.get_by_role("button", name="Save the fields").click()
    expect(page.get_by_text("Use small letters")).to_be_visible()
    well_made(page)
    page.get_by_label("Name, as the portal sends it").first.fill("stage")
    page.get_by_role("button", name="Save the fields").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    for number in range(12):
        site.story.apply(rules.named(replace(MATCHES, external_id=f"M-{number}"), f"Ada {number}"))
    missed = site.story.apply(rules.named(MISSES, "Bo"))

    page.get_by_role("link", name="Selection by rule").click()
    page.get_by_label("interview").check()
    page.get_by_label("It has all of these tags").fill("funded")
    page.get_by_label("Request letters automatically").check()
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("The rule matches 12 of the 13")).to_be_visible()
    well_made(page)
    page.get_by_role("button", name="Save the rule").click()
    expect(page.locator("h1")).to_have_text("Those that wait already")
    well_made(page)
    page.get_by_role("button", name="Save, and request their letters too").click()
    expect(page.get_by_role("status")).to_contain_text("Saved. The rule is on.")
    assert len(site.mails_to("ada.ferreira@example.edu")) == 12
    assert rules.status(site.story, missed) == "submitted"

    page.goto(f"{base}/coordinate/programs/{site.story.slug}")
    page.get_by_text("Fields and tags").click()
    page.get_by_label("Stage").select_option("interview")
    page.get_by_label("Tag", exact=True).fill("late")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("12 of 12")).to_be_visible()
    well_made(page)
    page.get_by_role("link", name="Ada 11").click()
    expect(page.get_by_text("Selected by the rule")).to_be_visible()
    well_made(page)
