"""What the upload page's script adds: dropping, early checks, progress, Cancel, and answers."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select, update

from letters.domain.documents import MEGABYTE
from letters.records import Letter, LetterRequest
from tests.browser.conftest import Site
from tests.support import pdfs
from tests.support.browser import DESKTOP
from tests.support.people import SYSTEM

Check = Callable[[Page], None]
Open = Callable[..., Page]

SLOW = 100_000
"""Bytes a second."""

DRAG = """([kind, names]) => {
    const dragged = new DataTransfer();
    for (const name of names) dragged.items.add(new File(["%PDF?"], name));
    document.querySelector("h1").dispatchEvent(
        new DragEvent(kind, { dataTransfer: dragged, bubbles: true, cancelable: true }));
}"""
LEFT_OVER = "() => document.querySelectorAll('#letter-wrong, .drop-over').length"


@pytest.fixture
def long_letter(tmp_path: Path) -> Path:
    """A PDF of a megabyte."""
    path = tmp_path / "Long letter.pdf"
    path.write_bytes(pdfs.pdf_with_stream(os.urandom(MEGABYTE)))
    return path


def _slow_down(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": SLOW},
    )


def _letters(site: Site) -> int:
    with site.house.works.look(SYSTEM) as work:
        return work.session.scalar(select(func.count()).select_from(Letter)) or 0


def _link(site: Site) -> str:
    token = site.story.upload_token(site.asked())
    return f"{site.house.settings.base_url}/letter/{token}"


@pytest.mark.parametrize("page", [(DESKTOP, "light")], indirect=True)
# Werkzeug leaves the file of an upload that was cut off to the garbage collector.
@pytest.mark.filterwarnings("ignore:Unclosed file <tempfile:ResourceWarning")
def test_dropping_choosing_sending_and_cancelling(
    site: Site, page: Page, long_letter: Path, well_made: Check
) -> None:
    page.goto(_link(site))
    zone, status = page.locator(".drop"), page.get_by_role("status")
    page.evaluate(DRAG, ["dragover", ["Letter.docx"]])
    expect(zone).to_have_class("drop drop-over")
    expect(zone).to_contain_text("Let go to choose this file.")
    page.evaluate(DRAG, ["drop", ["Letter.docx"]])
    expect(zone).to_have_class("drop")
    expect(page.get_by_role("alert")).to_contain_text("The file is a Word document. Please save it")
    expect(page.locator("#letter")).to_be_focused()
    well_made(page)

    page.set_input_files("#letter", long_letter)
    expect(status).to_have_text("Chosen: Long letter.pdf, 1 MB. It is not sent yet.")
    assert page.evaluate(LEFT_OVER) == 0
    posts: list[str] = []
    page.on("request", lambda one: posts.append(one.url) if one.method == "POST" else None)
    _slow_down(page)
    page.get_by_role("button", name="Send the letter").dblclick()
    expect(status).to_have_text("Sending: 10%")
    assert 0.05 < page.get_by_role("progressbar").evaluate("bar => bar.value") < 0.5
    well_made(page)
    page.get_by_role("button", name="Cancel").click()
    expect(status).to_have_text("Cancelled. Your letter was not sent.")
    expect(page.get_by_role("progressbar")).to_be_hidden()
    assert (len(posts), _letters(site)) == (1, 0)


def test_what_the_server_would_refuse_is_not_sent(
    site: Site, plain_page: Open, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    page = plain_page()
    page.goto(_link(site))
    posts: list[str] = []
    page.on("request", lambda one: posts.append(one.url) if one.method == "POST" else None)
    file = tmp_path / "Letter.pdf"
    for content, says in (
        (b"%PDF-" + b"x" * 10 * MEGABYTE, "The file is larger than 10 MB. Save it with smaller"),
        (b"", "The file is empty."),
    ):
        with subtests.test(says):
            # The same name each time: what was refused can be saved again and chosen again.
            file.write_bytes(content)
            page.set_input_files("#letter", file)
            expect(page.get_by_role("alert")).to_contain_text(says)
            expect(page.locator("#letter")).to_have_attribute("aria-invalid", "true")
            page.get_by_role("button", name="Send the letter").click()
            expect(page.locator("#letter")).to_be_focused()
    page.evaluate(DRAG, ["drop", ["Letter.pages"]])
    expect(page.get_by_role("alert")).to_contain_text("The file is not a PDF. Open it in the")
    page.evaluate(DRAG, ["drop", ["One.pdf", "Two.pdf"]])
    expect(page.get_by_role("status")).to_have_text("Drop one file only: the letter.")
    assert posts == []

    file.write_bytes(site.letter.read_bytes())
    page.set_input_files("#letter", file)
    expect(page.get_by_role("status")).to_contain_text("Chosen: Letter.pdf, 1 kB.")
    os.utime(file, (0, 0))
    page.get_by_role("button", name="Send the letter").click()
    expect(page.get_by_role("alert")).to_contain_text("The file has changed since you chose it.")

    # Under a strange name it is a PDF all the same.
    strange = tmp_path / "Letter.2027"
    strange.write_bytes(site.letter.read_bytes())
    page.set_input_files("#letter", strange)
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Send the letter").click()
    expect(page.locator("h1")).to_have_text("Your letter for Mira Lindqvist is in")
    expect(page.get_by_text("Letter.2027")).to_be_visible()


def test_other_answers_are_shown_as_the_server_s_own_page(site: Site, plain_page: Open) -> None:
    page = plain_page()
    link = _link(site)
    page.goto(link)
    send = page.get_by_role("button", name="Send the letter")
    page.set_input_files("#letter", site.letter)
    page.route(link, lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    send.click()
    expect(page.get_by_role("status")).to_contain_text("We cannot know whether it arrived")
    page.unroute(link)

    with site.house.works.change(SYSTEM) as work:
        work.session.execute(update(LetterRequest).values(link_generation=2))
    send.click()
    expect(page.locator("h1")).to_have_text("This link was replaced")
    expect(page.locator("h1")).to_be_focused()
    expect(page).to_have_title("This link was replaced · Letters")
    with site.house.works.change(SYSTEM) as work:
        work.session.execute(update(LetterRequest).values(link_generation=1))
    page.go_back()
    expect(page.locator("h1")).to_have_text("Letter for Mira Lindqvist")

    site.clock.advance(timedelta(minutes=1))
    page.set_input_files("#letter", site.letter)
    send.click()
    expect(page.locator("h1")).to_have_text("Your letter for Mira Lindqvist is in")
    assert page.url == f"{link}/receipt"
