"""What referees do, from a mail to where they are done.

Each also says what it takes: clicks and choices, the click in the mail included, and page loads.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect
from sqlalchemy import update

from letters.domain.journal import ActorKind
from letters.domain.status import RequestStatus
from letters.records import LetterRequest
from letters.services import administering, noticing
from letters.services.work import Actor
from tests.browser.person import Person
from tests.support import pdfs
from tests.support.people import INTERNSHIP, MIRA, OPERATOR, SYSTEM
from tests.web import scenes

ADA = "ada.ferreira@example.edu"
LETTER_FOR_MIRA = "Letter for Mira Lindqvist"
IS_IN = "Your letter for Mira Lindqvist is in"
IS_IT_RIGHT = "Please look once: is it the right letter?"
ALL_LETTERS = "All letters that are asked of you"
SEE_ALL = "See all that is asked of you"


def notice(referee: Person) -> None:
    """Say on an advance notice that a letter can be written; the applicant sees it."""
    site = referee.site
    application_id = site.story.apply()
    with site.house.works.change(Actor(ActorKind.APPLICANT, "web")) as work:
        noticing.give_notices(work, application_id)
    referee.open_mail("/notice/")
    referee.reads(
        "Nothing is needed from you now", title="Advance notice: a letter for Mira Lindqvist"
    )
    referee.press("I can write")
    referee.reads("You said that you can write.")
    referee.took(actions=2, loads=2)

    referee.page.goto(site.link_to("mira@example.com", "/application/"))
    referee.reads("Says they can write")


def upload(referee: Person) -> None:
    """Send the letter, and see on the receipt what was sent."""
    application_id = referee.site.asked()
    referee.open_mail("/letter/")
    referee.reads(title=LETTER_FOR_MIRA)
    _send(referee, referee.site.letter)
    referee.reads("Received and stored. Thank you!", "Letter for Mira.pdf", title=IS_IN)
    referee.took(actions=3, loads=2)

    picture = referee.page.get_by_role("img", name="The first page of what was sent")
    assert picture.evaluate("image => image.complete && image.naturalWidth") > 0
    digest = hashlib.sha256(referee.site.letter.read_bytes()).hexdigest()
    expect(referee.page.locator(".hash")).to_have_text(digest)
    stored = referee.site.story.application(application_id).requests[0]
    assert (stored.status, stored.current_version) == (RequestStatus.RECEIVED, 1)
    receipt = referee.site.mails_to(ADA)[-1].get_body(("plain",))
    assert receipt is not None
    assert digest in receipt.get_content().replace("\n", "")


def wrong_letter(referee: Person) -> None:
    """Send the letter that was meant for somebody else, see it on the receipt, replace it."""
    site = referee.site
    wen = replace(MIRA, applicant_name="Wen Li", applicant_email="wen@example.com")
    scenes.requested(site.story, wen)
    site.story.deliver()
    site.clock.advance(timedelta(minutes=1))
    site.asked()
    wrong = site.letter.with_name("Letter for Wen.pdf")
    wrong.write_bytes(pdfs.letter_pdf(("To whom it may concern,", "I recommend Wen Li.")))
    referee.open_mail("/letter/")
    _send(referee, wrong)
    referee.reads(
        IS_IT_RIGHT,
        "The name Mira Lindqvist was not found in it.",
        "It names somebody else for whom you are asked as well.",
        title=IS_IN,
    )
    referee.took(actions=3, loads=2)

    referee.follow("Replace it")
    referee.reads("Please look once", title=LETTER_FOR_MIRA)
    _send(referee, site.letter, "Replace the letter")
    referee.reads("2; it replaced the one before", title=IS_IN)
    expect(referee.page.get_by_text(IS_IT_RIGHT)).to_have_count(0)
    referee.took(actions=6, loads=4)


def decline(referee: Person) -> None:
    """Decline with a reason, and take it back."""
    application_id = referee.site.asked()
    referee.open_mail("/letter/")
    referee.follow("I cannot write this letter")
    referee.reads(title="Decline to write for Mira Lindqvist?")
    referee.type("Reason", "On leave until May.")
    referee.press("Decline")
    referee.reads("You declined on")
    referee.took(actions=4, loads=3)
    declined = referee.site.story.application(application_id).requests[0]
    assert (declined.status, declined.decline_reason) == (
        RequestStatus.DECLINED,
        "On leave until May.",
    )

    referee.press("I can write after all")
    expect(referee.page.get_by_role("button", name="Send the letter")).to_be_visible()
    request = referee.site.story.application(application_id).requests[0]
    assert (request.status, request.decline_reason) == (RequestStatus.REQUESTED, None)
    referee.took(actions=5, loads=4)


def new_link(referee: Person) -> None:
    """Come with a link that was replaced, then with one that expired; ask for a new one."""
    site = referee.site
    site.asked()
    old = site.link_to(ADA, "/letter/")
    with site.house.works.change(SYSTEM) as work:
        work.session.execute(
            update(LetterRequest)
            .where(LetterRequest.referee_email == ADA)
            .values(link_generation=LetterRequest.link_generation + 1)
        )
    site.clock.advance(timedelta(minutes=1))
    referee.open(old)
    referee.reads(title="This link was replaced")
    referee.press("Send me a new link")
    referee.reads(title="Look into your mail")
    assert referee.open_mail("/letter/") != old
    expect(referee.page.get_by_role("button", name="Send the letter")).to_be_visible()
    referee.took(actions=3, loads=3)

    referee.follow(SEE_ALL)
    referee.press("Mail me the link")
    expired = site.link_to(ADA, "/all")
    site.clock.advance(timedelta(days=3))
    referee.open(expired)
    referee.reads(title="This link has expired")
    referee.press("Send me a new link")
    referee.open_mail("/all")
    expect(referee.page.locator("h1")).to_have_text(ALL_LETTERS)


def all_at_once(referee: Person) -> None:
    """Send one letter for the three programs to which one person applies."""
    site = referee.site
    site.asked()
    for name in ("Lakeside", "Harbor"):
        program = replace(
            INTERNSHIP, slug=name.lower(), title=f"{name} School", organization=f"{name} Trust"
        )
        with site.house.works.change(OPERATOR) as work:
            administering.create_program(work, program)
        scenes.requested(replace(site.story, slug=program.slug))
    referee.open_mail("/letter/")
    referee.follow(SEE_ALL)
    referee.reads("Because the link to one letter may be passed on", title=ALL_LETTERS)
    referee.press("Mail me the link")
    referee.reads(title="Look into your mail")
    link = referee.open_mail("/all")
    referee.reads("3 letters are still awaited from you.", title=ALL_LETTERS)
    referee.actions += 1
    referee.page.get_by_role("link", name="Mira Lindqvist").first.click()
    _send(referee, site.letter)
    expect(referee.page.locator("h1")).to_have_text(IS_IN)

    referee.open(link)
    referee.reads("One letter for several", title=ALL_LETTERS)
    referee.press("Use this letter for these too")
    referee.reads("No letter is awaited from you. Thank you!")
    expect(referee.page.locator(".mark-good")).to_have_text(["received"] * 3)
    referee.took(actions=9, loads=8)
    receipts = [m for m in site.mails_to(ADA) if "Received" in str(m["Subject"])]
    assert len(receipts) == 3


JOURNEYS: Mapping[str, Callable[[Person], None]] = {
    journey.__name__: journey
    for journey in (notice, upload, wrong_letter, decline, new_link, all_at_once)
}


def _send(referee: Person, letter: Path, button: str = "Send the letter") -> None:
    referee.choose(letter)
    referee.press(button)
