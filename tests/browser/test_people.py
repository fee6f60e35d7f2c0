"""A manager invites somebody, who accepts; and what else is done with the people of a program."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from letters.records import Coordinator, HowSignedIn
from letters.services import sessions, signing_in
from tests.browser.conftest import Site
from tests.support.people import OPERATOR

CORA = "cora@alpine.example.org"
IRIS = "iris.novak.lindqvist@graduates.example.org"


def test_from_inviting_to_accepting(
    site: Site, page: Page, well_made: Callable[[Page], None]
) -> None:
    base = site.house.settings.base_url
    cora = site.story.add_coordinator(CORA)
    with site.house.works.change(OPERATOR) as work:
        work.session.get_one(Coordinator, cora).is_administrator = True
        link = signing_in.make_link(work, CORA)
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Alpine Summer Research Internship", exact=True).click()
    page.get_by_role("link", name="People").click()
    page.get_by_label("Name").fill("Iris Novak")
    page.get_by_label("E-mail address").fill(CORA)
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("This person works on the program already.")).to_be_visible()
    page.get_by_label("E-mail address").fill(IRIS)
    page.get_by_label("What they may do").select_option("reader")
    page.get_by_role("button", name="Invite").click()
    well_made(page)
    page.get_by_role("link", name="Iris Novak").click()
    well_made(page)
    page.get_by_role("link", name="Withdraw the invitation").click()
    well_made(page)
    page.goto(f"{base}/coordinate/people")
    well_made(page)
    with site.house.works.change(OPERATOR) as work:
        coordinator = work.session.get_one(Coordinator, cora)
        sessions.begin(work, coordinator, HowSignedIn.INVITATION, "Firefox, Linux")
    page.get_by_role("link", name="Cora").click()
    expect(page.locator("h1")).to_have_text("Where you are signed in")
    well_made(page)
    page.get_by_role("button", name="End the session of Firefox, Linux").click()
    expect(page.get_by_text("Firefox, Linux")).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()

    page.goto(site.link_to(IRIS, "/invitation/"))
    well_made(page)
    page.get_by_role("button", name="Accept and sign in").click()
    expect(page.locator("h1")).to_have_text("Your programs")
