"""Somebody applies here: the draft keeps itself, and every page is well made."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.person import Person

MIRA = "mira@example.com"
SCREENS = 7
"""Program, name and address, mail sent, status view, form, review, status view."""


def test_from_the_program_page_to_submitted(
    site: Site, plain_page: Callable[..., Page], well_made: Callable[[Page], None]
) -> None:
    page = plain_page()
    mira = Person(site, page, MIRA, well_made)
    mira.open(f"{site.house.settings.base_url}/programs/{site.story.slug}")
    mira.follow("Apply")
    mira.reads(title="Apply")
    mira.type("Your name", "Mira Lindqvist")
    mira.type("Your e-mail address", MIRA)
    mira.press("Mail me the link")
    mira.reads(title="Look into your mail")
    mira.open_mail("/application/")
    mira.follow("Go on with your application")
    _name(page, 0, "Ada Ferreira", "ada@example.edu")
    _name(page, 1, "Bram de Wit", "bram@example.org")
    page.get_by_label("I waive the right").check()
    page.get_by_label("Your signature").fill("Mira Lindqvist")
    expect(page.locator("#saved")).to_have_text("Saved.")
    mira.reads(title="Your application")
    mira.press("Review")
    mira.reads(
        "is asked only if the committee selects you", title="Look at it once more, then submit"
    )
    mira.press("Submit")
    mira.reads("Your referees have not been alerted.", title="Letters for Mira Lindqvist")
    assert mira.loads == SCREENS


def test_a_draft_goes_on_where_another_tab_stopped_and_problems_get_the_focus(
    site: Site, plain_page: Callable[..., Page], well_made: Callable[[Page], None]
) -> None:
    here, there = plain_page(), plain_page(javascript=False)
    link = _begin(site, here)
    here.goto(f"{link}/draft")
    there.goto(f"{link}/draft")
    _name(here, 0, "Ada Ferreira", "ada@gmial.com")
    expect(here.locator("#saved")).to_have_text("Saved.")
    _name(there, 0, "Bram de Wit", "bram@example.org")
    there.get_by_role("button", name="Save", exact=True).click()
    expect(there.locator("#elsewhere")).to_contain_text("changed on another device")
    expect(there.locator("#referees-0-name")).to_have_value("Bram de Wit")
    there.get_by_role("link", name="Look at the other version").click()
    expect(there.locator("#referees-0-name")).to_have_value("Ada Ferreira")
    there.locator("#referees-0-name").press("Enter")
    expect(there.locator("#referees-0-name")).to_have_value("Ada Ferreira")
    here.get_by_role("button", name="Review").click()
    expect(here.locator("#problems")).to_be_focused()
    well_made(here)
    here.locator("#problems").get_by_role("link", name="The right to view").click()
    expect(here.locator("#waiver")).to_be_focused()
    here.get_by_role("button", name="Yes, take it").click()
    expect(here.locator("#referees-0-email")).to_have_value("ada@gmail.com")


def test_a_pressed_button_sends_the_draft_once(site: Site, plain_page: Callable[..., Page]) -> None:
    page = plain_page()
    page.goto(f"{_begin(site, page)}/draft")
    answers: list[int] = []
    page.on(
        "response",
        lambda answer: answers.append(answer.status) if answer.request.method == "POST" else None,
    )
    _name(page, 0, "Ada Ferreira", "ada@example.edu")
    page.get_by_role("button", name="Move down").first.click()
    expect(page.locator("#referees-1-name")).to_have_value("Ada Ferreira")
    page.reload()
    expect(page.locator("#referees-1-name")).to_have_value("Ada Ferreira")
    assert answers == [303]


def _begin(site: Site, page: Page) -> str:
    page.goto(f"{site.house.settings.base_url}/programs/{site.story.slug}/apply")
    page.get_by_label("Your name").fill("Mira Lindqvist")
    page.get_by_label("Your e-mail address").fill(MIRA)
    page.get_by_role("button", name="Mail me the link").click()
    expect(page.locator("h1")).to_have_text("Look into your mail")
    return site.link_to(MIRA, "/application/")


def _name(page: Page, group: int, name: str, email: str) -> None:
    page.locator(f"#referees-{group}-name").fill(name)
    page.locator(f"#referees-{group}-email").fill(email)
