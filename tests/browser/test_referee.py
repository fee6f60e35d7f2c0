"""The referee, from the mail to the receipt, with a mouse, a keyboard, or without scripts."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy import update

from letters.domain.status import RequestStatus
from letters.records import LetterRequest
from tests.browser.conftest import Site
from tests.support.people import SYSTEM
from tests.support.rows import all_rows

ADA = "ada.ferreira@example.edu"
Check = Callable[[Page], None]
Open = Callable[..., Page]


def test_from_the_mail_to_the_receipt_in_two_actions(
    site: Site, page: Page, well_made: Check
) -> None:
    application_id = site.asked()
    page.goto(site.link_to(ADA, "/letter/"))
    well_made(page)
    expect(page.locator("h1")).to_have_text("Letter for Mira Lindqvist")

    site.clock.advance(timedelta(minutes=1))
    page.set_input_files("#letter", site.letter)
    page.get_by_role("button", name="Send the letter").click()

    expect(page.locator("h1")).to_have_text("Your letter for Mira Lindqvist is in")
    well_made(page)
    digest = hashlib.sha256(site.letter.read_bytes()).hexdigest()
    expect(page.locator(".hash")).to_have_text(digest)
    expect(page.get_by_text("Letter for Mira.pdf")).to_be_visible()
    stored = site.story.application(application_id).requests[0]
    assert (stored.status, stored.current_version) == (RequestStatus.RECEIVED, 1)
    receipt = site.mails_to(ADA)[-1].get_body(("plain",))
    assert receipt is not None
    assert digest in receipt.get_content().replace("\n", "")


def test_a_wrong_file_is_explained_and_the_right_one_taken(
    site: Site, page: Page, well_made: Check
) -> None:
    site.asked()
    page.goto(site.link_to(ADA, "/letter/"))
    wrong = FilePayload(name="Letter.pdf", mimeType="application/pdf", buffer=b"Dear committee")
    page.set_input_files("#letter", wrong)
    page.get_by_role("button", name="Send the letter").click()

    expect(page.get_by_role("alert")).to_contain_text("The file is not a PDF.")
    well_made(page)

    page.set_input_files("#letter", site.letter)
    page.get_by_role("button", name="Send the letter").click()
    expect(page.locator("h1")).to_have_text("Your letter for Mira Lindqvist is in")


def test_declining_and_taking_it_back(site: Site, page: Page, well_made: Check) -> None:
    application_id = site.asked()
    page.goto(site.link_to(ADA, "/letter/"))
    page.get_by_role("link", name="I cannot write this letter").click()
    well_made(page)
    page.get_by_label("Reason").fill("On leave until May.")
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_text("You declined on")).to_be_visible()
    well_made(page)

    page.get_by_role("button", name="I can write after all").click()

    expect(page.get_by_role("button", name="Send the letter")).to_be_visible()
    request = site.story.application(application_id).requests[0]
    assert (request.status, request.decline_reason) == (RequestStatus.REQUESTED, None)


def test_a_replaced_link_leads_to_a_new_one_by_mail(
    site: Site, page: Page, well_made: Check
) -> None:
    site.asked()
    old = site.link_to(ADA, "/letter/")
    with site.house.works.change(SYSTEM) as work:
        work.session.execute(
            update(LetterRequest)
            .where(LetterRequest.referee_email == ADA)
            .values(link_generation=LetterRequest.link_generation + 1)
        )
    site.clock.advance(timedelta(minutes=1))
    page.goto(old)
    expect(page.locator("h1")).to_have_text("This link was replaced")
    well_made(page)
    page.get_by_role("button", name="Send me a new link").click()
    expect(page.locator("h1")).to_have_text("Look into your mail")
    well_made(page)

    new = site.link_to(ADA, "/letter/")
    assert new != old
    page.goto(new)
    expect(page.get_by_role("button", name="Send the letter")).to_be_visible()


def test_the_letter_can_be_sent_without_scripts(site: Site, plain_page: Open) -> None:
    site.asked()
    page = plain_page(javascript=False)
    page.goto(site.link_to(ADA, "/letter/"))
    page.set_input_files("#letter", site.letter)
    page.get_by_role("button", name="Send the letter").click()
    expect(page.locator("h1")).to_have_text("Your letter for Mira Lindqvist is in")


def test_the_letter_can_be_sent_with_the_keyboard_alone(site: Site, plain_page: Open) -> None:
    site.asked()
    page = plain_page()
    # Listening from the start: otherwise Chromium may open the dialogue before it hears of it.
    page.on("filechooser", lambda _: None)
    page.goto(site.link_to(ADA, "/letter/"))
    reached = _tab_to(page, "letter")
    assert reached["outline"] != "none"
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(site.letter)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Your letter for Mira Lindqvist is in")


def test_the_due_date_also_stands_in_the_time_zone_of_the_reader(
    site: Site, plain_page: Open
) -> None:
    site.asked()
    page = plain_page()
    page.goto(site.link_to(ADA, "/letter/"))
    expect(page.get_by_text("In your time zone:").first).to_be_visible()


def test_a_mail_scanner_changes_nothing_and_the_link_works_afterwards(
    site: Site, plain_page: Open
) -> None:
    site.asked()
    mail = site.mails_to(ADA)[-1].get_body(("html",))
    assert mail is not None
    before = all_rows(site.house.database)
    scanner = plain_page()
    scanner.set_content(mail.get_content())
    links = scanner.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    pages = [link for link in links if link.startswith("http")]
    assert pages
    for link in pages:
        scanner.goto(link)
        scanner.wait_for_load_state("networkidle")
        for inner in scanner.eval_on_selector_all("main a[href^='/']", "ls => ls.map(l => l.href)"):
            if inner.endswith(".ics"):
                assert scanner.request.get(inner).ok
            else:
                scanner.goto(inner)
    assert all_rows(site.house.database) == before

    referee = plain_page()
    referee.goto(site.link_to(ADA, "/letter/"))
    referee.set_input_files("#letter", site.letter)
    referee.get_by_role("button", name="Send the letter").click()
    expect(referee.locator("h1")).to_have_text("Your letter for Mira Lindqvist is in")


def _tab_to(page: Page, element_id: str, most: int = 20) -> dict[str, str]:
    """Press Tab until the element has the focus; return how the focus is drawn."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == element_id:
            drawn = "e => ({outline: getComputedStyle(e).outlineStyle})"
            style: dict[str, str] = page.eval_on_selector(f"#{element_id}", drawn)
            return style
    raise AssertionError(f"#{element_id} cannot be reached with the Tab key")
