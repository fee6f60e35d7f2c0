"""The coordinator signs in from the mail, selects, and reads a letter."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Frame, Page, expect

from letters.ports import Purpose
from tests.browser.conftest import Site
from tests.support.browser import DESKTOP, PHONE, ColorScheme, new_page, no_horizontal_scroll
from tests.support.people import MIRA, REFEREES
from tests.web import scenes

CORA = "cora@alpine.example.org"
ARROW = "select => getComputedStyle(select).backgroundImage"
ARROWS: Mapping[ColorScheme, str] = {"light": "%23343a40", "dark": "%23e8edf2"}


def test_from_the_sign_in_mail_to_the_letter(
    site: Site, page: Page, well_made: Callable[[Page], None]
) -> None:
    base = site.house.settings.base_url
    site.story.add_coordinator(CORA)
    mira = site.story.apply()
    site.story.apply(replace(MIRA, applicant_name="Wen Li", applicant_email="wen@example.com"))

    page.goto(f"{base}/coordinate/programs/{site.story.slug}")
    expect(page.locator("h1")).to_have_text("Sign in as a coordinator")
    well_made(page)
    page.get_by_label("Your e-mail address").fill(CORA)
    page.get_by_role("button", name="Mail me the link").click()
    well_made(page)
    page.goto(site.link_to(CORA, "/sign-in/"))
    well_made(page)
    page.get_by_role("button", name="Sign in").click()

    expect(page.locator("h1")).to_have_text("Alpine Summer Research Internship")
    well_made(page)
    for scheme, colour in ARROWS.items():
        page.emulate_media(color_scheme=scheme)
        assert colour in page.get_by_label("Order").evaluate(ARROW)
    page.get_by_label("Choose Mira Lindqvist").check()
    page.get_by_label("Choose Wen Li").check()
    page.get_by_role("button", name="Select and request letters").click()
    expect(page.locator("h1")).to_have_text("Request letters")
    well_made(page)
    page.get_by_role("button", name="Do it for 2 applications").click()
    expect(page.get_by_role("heading", name="Done for 2 applications")).to_be_visible()
    well_made(page)
    assert len(site.mails_to("ada.ferreira@example.edu")) == 2

    site.send_letter(mira)
    page.get_by_role("link", name="Mira Lindqvist").click()
    well_made(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the letter of Prof. Ada Ferreira").click()
    assert Path(download.value.path()).read_bytes() == site.letter.read_bytes()
    page.reload()
    expect(page.get_by_text("Letter of Prof. Ada Ferreira opened (you)")).to_have_count(1)

    for path in _pages_with_long_words(site):
        page.goto(f"{base}{path}")
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            no_horizontal_scroll(page)

    page.get_by_role("link", name="Letters", exact=True).click()
    expect(page.locator("h1")).to_have_text("Your programs")
    well_made(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("h1")).to_have_text("Sign in as a coordinator")


def _pages_with_long_words(site: Site) -> list[str]:
    """Let people apply whose names hardly break into lines; return where they are read."""
    word = "Keihanaikukauakahihuliheekahaunaele"
    referees = [replace(one, name=f"Dr. {word * 3}") for one in REFEREES[:2]]
    names = replace(MIRA, applicant_name=f"Janice {word * 3}", referees=referees)
    asked = scenes.requested(site.story, replace(names, external_id="X" * 60, tags=("T" * 40,)))
    upload = f"/letter/{site.story.upload_token(asked)}"
    status = f"/application/{site.story.status_token(asked)}"
    return [
        *(status, upload, f"{upload}/decline", f"{upload}/all"),
        f"/coordinate/programs/{site.story.slug}",
        f"/coordinate/applications/{asked}",
    ]


def test_a_letter_is_viewed_in_the_browsers_own_viewer(
    site: Site,
    whole_chromium: Browser,
    well_made: Callable[[Page], None],
) -> None:
    base = site.house.settings.base_url
    site.story.add_coordinator(CORA)
    mira = site.asked()
    site.send_letter(mira)
    with new_page(whole_chromium, viewport=PHONE) as page:
        site.sign_in(page, CORA)
        page.goto(f"{base}/coordinate/applications/{mira}")
        with page.expect_event("framenavigated", _is_viewer) as shown:
            page.get_by_role("button", name="View the letter of Prof. Ada Ferreira").click()
        # The viewer, inside of the frame, has counted the pages of the letter.
        expect(shown.value.locator("#pagelength")).to_have_text("1")
        well_made(page)
        with page.expect_download() as download:
            page.get_by_role("button", name="Download the letter").click()
        assert Path(download.value.path()).read_bytes() == site.letter.read_bytes()
        page.get_by_role("link", name="Mira Lindqvist").click()
        expect(page.get_by_text("Letter of Prof. Ada Ferreira opened (you)")).to_have_count(2)


def _is_viewer(frame: Frame) -> bool:
    return frame.url.startswith("chrome-extension:")


def test_choosing_when_the_digest_comes(
    site: Site, page: Page, well_made: Callable[[Page], None]
) -> None:
    base = site.house.settings.base_url
    reader = site.story.add_coordinator(CORA)
    token = site.house.works.tools.links.mint(Purpose.DIGEST, reader, 1)
    page.goto(f"{base}/coordinate/digest/{token}")
    page.get_by_label("Alpine Summer Research Internship").select_option("Once a week")
    page.get_by_label("Once a week means on").select_option("Friday")
    well_made(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    page.get_by_role("link", name="Turn all digests off").click()
    well_made(page)
    page.get_by_role("button", name="Turn all digests off").click()
    expect(page.locator("h1")).to_have_text("No more digests come")
    well_made(page)
