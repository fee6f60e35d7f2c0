"""A mail scanner with a real browser: it opens every link of every mail and runs the scripts."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site
from tests.support import mailbags
from tests.support.rows import unchanged
from tests.support.thorough import LONG

SEVERAL = 4


def _one_of_each_page(links: list[str]) -> list[str]:
    """Return all links within `make chaos`, else one for each kind of page: a browser is slow."""
    kinds = {urlsplit(link).path.rpartition("/")[0]: link for link in links}
    return links if LONG else list(kinds.values())


def _open_all(links: list[str], scanner: BrowserContext) -> None:
    """Let the scripts of each page do what they do by themselves, all at the same time."""
    tabs = [scanner.new_page() for _ in links]
    for tab, link in zip(tabs, links, strict=True):
        tab.goto(link)
    for tab in tabs:
        tab.wait_for_load_state("networkidle")
        tab.close()


def _follow_the_links_of(scanner: Page) -> None:
    """Open what the page itself leads to, and take what it offers to download."""
    links = scanner.eval_on_selector_all("main a[href^='/']", "links => links.map(l => l.href)")
    dates = [link for link in links if link.endswith(".ics")]
    assert 0 < len(dates) < len(links)
    for link in links:
        if link in dates:
            assert scanner.request.get(link).ok
        else:
            scanner.goto(link)


def test_a_scanner_that_opens_every_link_of_every_mail_changes_nothing(
    site: Site, plain_page: Callable[..., Page]
) -> None:
    asked = mailbags.send_every_kind(site.story, site.clock)
    upload = f"{site.house.settings.base_url}/letter/{site.story.upload_token(asked)}"
    links = _one_of_each_page(mailbags.links_of(site.story))
    scanner = plain_page()
    posted: list[str] = []
    scanner.context.on(
        "request", lambda made: posted.append(made.url) if made.method == "POST" else None
    )
    with unchanged(site.house.database):
        _open_all(links, scanner.context)
        scanner.goto(upload)
        _follow_the_links_of(scanner)
    assert len(links) >= SEVERAL
    assert posted == []

    referee = plain_page()
    referee.goto(upload)
    referee.set_input_files("#letter", site.letter)
    referee.get_by_role("button", name="Send the letter").click()
    expect(referee.locator("h1")).to_have_text("Your letter for Mira Lindqvist is in")
