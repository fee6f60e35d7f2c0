"""The coordinator's morning from the digest on, and what is done once a season."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from letters.records import OutboxStatus
from letters.services.moving_due import tell_of_moved_dates
from tests.browser.conftest import NAMES, Site
from tests.browser.person import KeyboardPerson, Person
from tests.services import acts, digests, scenes
from tests.support.browser import CORNERS, PHONE
from tests.support.people import MIRA, START, SYSTEM
from tests.support.thorough import LONG

CORA = "cora@alpine.example.org"
WAITING = 12
A_NIGHT = timedelta(hours=22)
OF_A_READER = "Reader: reads the letters too"
PROGRAM = "Alpine Summer Research Internship"
ENTRY = re.compile(r'<a [^>]*href="([^"]+)"[^>]*>\s*([^<]+?)\s*</a>')


# The keys are what more can go wrong with: it is the mouse that waits for `make chaos`.
pytestmark = pytest.mark.parametrize(
    "page",
    CORNERS if LONG else CORNERS[1:],
    indirect=True,
    ids=lambda corner: NAMES[corner[0]["width"]],
)


@pytest.fixture
def cora(site: Site, page: Page, well_made: Callable[[Page], None]) -> Person:
    """Cora, with a mouse on the phone and with the keys alone on the desktop."""
    site.story.add_coordinator(CORA)
    kind = Person if page.viewport_size == PHONE else KeyboardPerson
    return kind(site, page, CORA, well_made)


def signs_in(cora: Person, path: str) -> None:
    """Open a page, and sign in by a mailed link on the way."""
    cora.open(path)
    cora.type("Your e-mail address", CORA)
    cora.press("Mail me the link")
    cora.reads(title="Look into your mail")
    cora.open_mail("/sign-in/")
    cora.press("Sign in")


def is_in(cora: Person, page: str = "") -> None:
    """Have signed in before, and open the program, or another page of it."""
    cora.site.sign_in(cora.page, CORA)
    base = cora.site.house.settings.base_url
    cora.open(f"{base}/coordinate/programs/{cora.site.story.slug}{page}")


def season(site: Site) -> None:
    """Somebody asks for more time, an address does not work, a letter looks wrong, twelve wait."""
    names = ("Mira Lindqvist", "Bea Moss", "Cal Ruiz", "Dana Okoye")
    asked = [
        scenes.requested(site.story, replace(MIRA, applicant_name=name, applicant_email=mail))
        for name, mail in ((name, f"{name[:3].lower()}@example.com") for name in names)
    ]
    acts.ask_for_more_time(site.story, asked[0])
    scenes.change_request(site.story, asked[1], bounced_at=START)
    acts.send_wrong_letter(site.story, asked[2])
    for position in (1, 2):
        site.send_letter(asked[3], position)
    for number in range(1, WAITING + 1):
        site.story.apply(
            replace(
                MIRA, applicant_name=f"App {number:02}", applicant_email=f"a{number}@example.com"
            )
        )
    site.story.deliver()


def links_in(mail: EmailMessage) -> dict[str, str]:
    """Return where each link of a mail's HTML leads, by its words."""
    body = mail.get_body(("html",))
    assert body is not None
    return {words: link for link, words in ENTRY.findall(body.get_content())}


def test_the_morning(site: Site, page: Page, cora: Person) -> None:
    season(site)
    site.clock.advance(A_NIGHT)
    digests.plan(site.story)
    links = links_in(site.mails_to(CORA)[-1])

    signs_in(cora, links["Mira Lindqvist"])
    cora.reads("asked for more time", title="Mira Lindqvist")
    cora.press("Give one week more")
    cora.reads("Own due date:")

    cora.open(links["Bea Moss"])
    cora.follow("Correct the address of Prof. Ada Ferreira")
    cora.type("Address of the referee", "ada@new.example.edu")
    cora.press("Use this address")
    cora.reads("ada@new.example.edu", title="Bea Moss")

    cora.open(links["Cal Ruiz"])
    cora.follow("Return the letter of Prof. Ada Ferreira")
    cora.type("What the referee reads", "It is about somebody else.")
    cora.press("Return the letter")
    cora.reads("Letter returned to Prof. Ada Ferreira", title="Cal Ruiz")

    cora.open(links[PROGRAM] + "?wrong=waiting")
    cora.follow("To what can be done for several")
    cora.tick("For all 12 that match, and not only for those I ticked")
    cora.press("Select and request letters")
    cora.reads("12 of the 12 that were chosen", title="Request letters")
    cora.press("Do it for 12 applications")
    cora.reads("Done for 12 of 12 applications.")
    assert len(site.mails_to("b.dewit@example.org")) >= WAITING

    cora.open(links["Dana Okoye"])
    with page.expect_download() as download:
        cora.press("Download all letters in one PDF")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    page.reload()
    cora.reads("Letter of Prof. Ada Ferreira taken in a packet (you)")
    rows = scenes.outbox(site.house)
    assert OutboxStatus.DEAD not in {row.status for row in rows}
    assert scenes.breaches(site.house) == []


def test_a_new_program_from_last_seasons(site: Site, page: Page, cora: Person) -> None:
    is_in(cora, "/settings")
    cora.follow("Copy this program for the next season")
    cora.reads(title="Copy this program")
    cora.type("Short name in addresses", "alpine-summer-2028")
    cora.press("Create the copy")
    expect(page).to_have_url(re.compile("alpine-summer-2028"))
    cora.open(f"{site.house.settings.base_url}/programs/alpine-summer-2028")
    cora.reads(title=PROGRAM)


def test_the_deadline_is_extended(site: Site, cora: Person) -> None:
    site.asked()
    is_in(cora, "/settings")
    cora.date("Letters are due", datetime(2027, 4, 15, 23, 59))  # noqa: DTZ001 -- as it is typed
    cora.submit("Save the settings")
    cora.reads("2 mails with the new date", title="Who will be told")
    cora.press("Save, and tell them")
    cora.reads(title=PROGRAM)
    tell_of_moved_dates(site.house.works, SYSTEM)
    told = site.mails_to("b.dewit@example.org")[-1]
    assert "15 April 2027" in str(told.get_body(("plain",)))


def test_a_reader_is_invited(site: Site, cora: Person) -> None:
    is_in(cora)
    cora.follow("People")
    cora.reads(title="People")
    cora.type("Name", "Iris Novak")
    cora.type("E-mail address", "iris@alpine.example.org")
    cora.pick("What they may do", OF_A_READER)
    cora.press("Invite")
    cora.reads("iris@alpine.example.org")
    assert len(site.mails_to("iris@alpine.example.org")) == 1
