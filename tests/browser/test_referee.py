"""The referee, from the mail to the receipt, with a mouse, a keyboard, or without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Site
from tests.browser.person import KeyboardPerson, Person
from tests.browser.referee_journeys import ADA, JOURNEYS

Check = Callable[[Page], None]
Open = Callable[..., Page]


@pytest.mark.parametrize("journey", JOURNEYS)
def test_from_the_mail_to_the_end(site: Site, page: Page, well_made: Check, journey: str) -> None:
    JOURNEYS[journey](Person(site, page, ADA, well_made))


@pytest.mark.parametrize("journey", JOURNEYS)
def test_every_journey_can_be_made_without_scripts(
    site: Site, plain_page: Open, journey: str
) -> None:
    JOURNEYS[journey](Person(site, plain_page(javascript=False), ADA, lambda _: None))


def test_a_wrong_letter_can_be_replaced_with_the_keyboard_alone(
    site: Site, plain_page: Open
) -> None:
    page = plain_page()
    # Listening from the start: otherwise Chromium may open the dialogue before it hears of it.
    page.on("filechooser", lambda _: None)
    JOURNEYS["wrong_letter"](KeyboardPerson(site, page, ADA, lambda _: None))


def test_the_readers_own_time_is_shown_and_a_wrong_file_explained_before_the_right_one_is_taken(
    site: Site, plain_page: Open, well_made: Check
) -> None:
    site.asked()
    page = plain_page()
    page.goto(site.link_to(ADA, "/letter/"))
    expect(page.get_by_text("In your time zone:").first).to_be_visible()
    wrong = FilePayload(name="Letter.pdf", mimeType="application/pdf", buffer=b"Dear committee")
    page.set_input_files("#letter", wrong)
    page.get_by_role("button", name="Send the letter").click()

    expect(page.get_by_role("alert")).to_contain_text("The file is not a PDF.")
    well_made(page)

    page.set_input_files("#letter", site.letter)
    page.get_by_role("button", name="Send the letter").click()
    expect(page.locator("h1")).to_have_text("Your letter for Mira Lindqvist is in")
