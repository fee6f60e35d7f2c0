"""The demo's mailbox: a mail looks as in a mail program, and its links can be clicked."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

ADA = "ada.ferreira@example.edu"


def test_from_the_mailbox_to_the_upload_page(
    demo_site: Site, page: Page, well_made: Callable[[Page], None]
) -> None:
    demo_site.asked()
    page.goto(f"{demo_site.house.settings.base_url}/demo/mail")
    well_made(page)
    page.get_by_role("listitem").filter(has_text=ADA).get_by_role("link").click()
    well_made(page)
    mail = page.frame_locator("iframe")
    button = mail.get_by_role("link", name="Send the letter", exact=False).first
    expect(button).to_be_visible()
    assert _is_styled(button.evaluate("e => getComputedStyle(e).backgroundColor"))
    with page.context.expect_page() as opened:
        button.click()
    expect(opened.value.locator("h1")).to_have_text("Letter for Mira Lindqvist")
    expect(opened.value.get_by_role("button", name="Send the letter")).to_be_visible()


def _is_styled(background: str) -> bool:
    """A button has a colour of its own: the policy lets the mail's styles through."""
    return background not in {"rgba(0, 0, 0, 0)", "transparent"}
