"""A coordinator watches something that is done to many, without touching the page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from letters.services import bulk_running
from tests.browser.conftest import Site
from tests.services import bulk, scenes
from tests.web.visiting import CORA


def test_the_page_says_how_far_it_is_and_shows_the_result(
    site: Site,
    page: Page,
    well_made: Callable[[Page], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bulk_running, "AT_ONCE", 1)
    base = site.house.settings.base_url
    site.story.add_coordinator()
    scenes.apply_many(site.story, 3)
    site.sign_in(page, CORA)
    page.goto(f"{base}/coordinate/programs/{site.story.slug}")
    page.get_by_label("For all 3 that match").check()
    page.get_by_role("button", name="Give more time").click()
    expect(page.get_by_text("Nothing: it is not possible")).to_be_visible()
    well_made(page)
    page.go_back()
    page.get_by_label("For all 3 that match").check()
    page.get_by_role("button", name="Select and request letters").click()
    page.get_by_role("button", name="Do it for 3 applications").click()
    expect(page.get_by_text("0 of 3 had their turn")).to_be_visible()
    well_made(page)
    [job_id] = bulk.job_ids(site.story)
    bulk.run(site.story, job_id, bulk.after(2))
    expect(page.get_by_text("2 of 3 had their turn")).to_be_visible()
    bulk.run(site.story, job_id)
    expect(page.get_by_role("heading", name="Done for 3 applications")).to_be_visible()
