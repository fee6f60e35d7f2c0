"""An administrator checks an identity signal, looks at the pictures, and creates a program."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from letters.records import Coordinator
from tests.browser.conftest import Site
from tests.services.signals import put_every_kind
from tests.support.people import OPERATOR

CORA = "cora@alpine.example.org"


def test_signals_pictures_and_a_new_program(
    site: Site, page: Page, well_made: Callable[[Page], None]
) -> None:
    base = f"{site.house.settings.base_url}/coordinate"
    cora = site.story.add_coordinator(CORA)
    asked = site.asked()
    put_every_kind(site.story, asked)
    for position in (1, 2):
        site.clock.advance(timedelta(days=3))
        site.send_letter(asked, position)
    with site.house.works.change(OPERATOR) as work:
        work.session.get_one(Coordinator, cora).is_administrator = True
    site.sign_in(page, CORA)

    page.goto(f"{base}/applications/{asked}")
    signal = page.locator(".note", has_text="Anybody can get a mailbox at gmail.com")
    signal.get_by_label("What you found").fill("It is on their page.")
    well_made(page)
    signal.get_by_role("button", name="Mark as checked").click()
    expect(signal.get_by_text("checked", exact=True)).to_be_visible()
    expect(signal.get_by_role("button", name="Not checked after all")).to_be_visible()
    expect(page.get_by_text("It is on their page.")).to_be_visible()
    well_made(page)

    page.goto(f"{base}/programs/{site.story.slug}/pictures")
    for table in ("Letters by day", "How long referees take"):
        page.get_by_text(f"{table}, as a table").click()
    expect(page.get_by_text("Half of the letters came within 4 days")).to_be_visible()
    well_made(page)

    page.goto(base)
    page.get_by_role("link", name="Create a program").click()
    well_made(page)
    for label, words in (
        ("Short name in addresses, such as summer-2028", "winter-school"),
        ("Title", "Winter School"),
        ("Organization", "Alpine Institute"),
        ("Address for questions", "winter@alpine.example.org"),
        ("Letters are due, in the time zone below", "2027-11-01T18:00"),
    ):
        page.get_by_label(label, exact=True).fill(words)
    program = page.frame_locator('iframe[title="The program\'s page"]')
    expect(program.locator("h1")).to_have_text("Winter School")
    well_made(page)
    page.get_by_role("button", name="Create the program").click()
    expect(page.get_by_role("link", name="Winter School")).to_be_visible()
    well_made(page)
