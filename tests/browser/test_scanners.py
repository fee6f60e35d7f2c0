"""A mail scanner with a real browser: it opens every link of every mail and runs the scripts."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.support import mailbags
from tests.support.rows import unchanged
from tests.support.thorough import LONG

SEVERAL = 4


def _one_of_each_page(links: list[str]) -> list[str]:
    """Return all links within `make chaos`, else one for each kind of page: a browser is slow."""
    kinds = {urlsplit(link).path.rpartition("/")[0]: link for link in links}
    return links if LONG else list(kinds.values())


def test_a_scanner_that_opens_every_link_of_every_mail_changes_nothing(
    site: Site, plain_page: Callable[..., Page]
) -> None:
    asked = mailbags.send_every_kind(site.story, site.clock)
    links = _one_of_each_page(mailbags.links_of(site.story))
    scanner = plain_page()
    posted: list[str] = []
    scanner.on("request", lambda made: posted.append(made.url) if made.method == "POST" else None)
    with unchanged(site.house.database):
        for link in links:
            scanner.goto(link)
            scanner.wait_for_load_state("networkidle")
    assert len(links) >= SEVERAL
    assert posted == []

    token = site.story.upload_token(asked)
    referee = plain_page()
    referee.goto(f"{site.house.settings.base_url}/letter/{token}")
    referee.set_input_files("#letter", site.letter)
    referee.get_by_role("button", name="Send the letter").click()
    expect(referee.locator("h1")).to_have_text("Your letter for Mira Lindqvist is in")
