"""The demo's mailbox: a mail looks as in a mail program, and its links can be clicked."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

ADA = "ada.ferreira@example.edu"
BACKGROUND = "link => getComputedStyle(link.closest('td')).backgroundColor"
INSET = """item => item.getBoundingClientRect().left
    - item.closest('.sheet').getBoundingClientRect().left"""
LIGHT, DARK = "rgb(26, 79, 139)", "rgb(156, 196, 242)"
"""Both come from the mail's own styles: one from an attribute, one from its style sheet."""


def test_from_the_mailbox_to_the_upload_page(
    demo_site: Site, page: Page, well_made: Callable[[Page], None]
) -> None:
    demo_site.asked()
    page.goto(f"{demo_site.house.settings.base_url}/demo/mail")
    well_made(page)
    item = page.get_by_role("listitem").filter(has_text=ADA)
    assert item.evaluate(INSET) > 16
    item.get_by_role("link").click()
    well_made(page)
    mail = page.frame_locator("iframe")
    button = mail.get_by_role("link", name="Send the letter", exact=False).first
    expect(button).to_be_visible()
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert button.evaluate(BACKGROUND) == (DARK if dark else LIGHT)
    with page.context.expect_page() as opened:
        button.click()
    expect(opened.value.locator("h1")).to_have_text("Letter for Mira Lindqvist")
    expect(opened.value.get_by_role("button", name="Send the letter")).to_be_visible()
