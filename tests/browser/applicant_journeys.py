"""What applicants do, from the program's page until all letters are in.

The referees and the committee act past the pages, save where a journey says otherwise. Each
journey ends with how many mails of each kind were sent.
"""

from collections import Counter
from datetime import timedelta

from playwright.sync_api import expect

from letters.domain.journal import MessageKind
from tests.browser.applicant_stations import (
    ADA,
    BRAM,
    DRAFT,
    JUST_ASKED,
    MIRA,
    NOBODY_ALERTED,
    NOT_SELECTED,
    alert,
    all_letters,
    an_hour_later,
    application_of,
    begin,
    first_letter,
    from_mail,
    later,
    lost_one,
    mailed,
    name,
    review,
    stands,
    submitted,
    waive,
)
from tests.browser.person import Person
from tests.services import scenes

MAIN_MAILS = Counter(
    {
        MessageKind.DRAFT_LINK: 1,
        MessageKind.ADVANCE_NOTICE: 2,
        MessageKind.APPLICATION_SUBMITTED: 1,
        MessageKind.LETTER_REQUEST: 3,
        MessageKind.REFEREE_DECLINED: 1,
        MessageKind.RECEIPT: 2,
        MessageKind.LETTER_ARRIVED: 1,
        MessageKind.ALL_IN: 1,
    }
)
"""Whoever declined was asked too; of the letter that completes it only "all in" is told."""

SELECTED_MAILS = (
    MAIN_MAILS + Counter([MessageKind.REQUESTS_SENT]) - Counter([MessageKind.DRAFT_LINK])
)
"""How this application was begun is not told."""


def asked_at_once(mira: Person) -> None:
    """Apply, alert and submit; one referee declines, another is named, and both letters come."""
    site = mira.site
    begin(mira)
    name(mira, 1, ADA)
    name(mira, 2, BRAM)
    waive(mira)
    review(mira, f"A request with an upload link is mailed to {ADA.email} as soon as you submit.")
    mira.follow("Alert referees first")
    alert(mira)
    stands(
        mira,
        "This application is a draft. As soon as it is submitted, a letter will be requested "
        "from each of your referees.",
        "Advance notice sent",
    )
    mira.follow("Go on with your application")
    mira.reads("Alerted on", title=DRAFT)
    review(mira, "Nothing has been asked of anybody.")
    mira.press("Submit")
    stands(
        mira,
        JUST_ASKED,
        "Letter requested",
    )
    from_mail(mira, "Submitted:")

    later(site)
    scenes.decline(site.story, application_of(site), 1, "On leave.")
    an_hour_later(site)
    from_mail(mira, f"Please name another referee: {ADA.name} cannot write")
    lost_one(mira)
    first_letter(mira)
    later(site)
    scenes.send_letter(site.story, application_of(site), 3)
    all_letters(mira)
    assert mailed(site) == MAIN_MAILS


def selected(mira: Person, ada: Person, chiyo: Person) -> None:
    """Be selected after submitting. The referees answer in browsers of their own."""
    site = mira.site
    submitted(mira)
    mira.follow("Alert your referees")
    alert(mira)
    stands(mira, f"{NOT_SELECTED} Your referees have been alerted.")

    later(site)
    scenes.select_for_letters(site.story, application_of(site))
    from_mail(mira, "Letters requested:")
    stands(
        mira,
        JUST_ASKED,
    )
    ada.open_mail("/letter/")
    ada.follow("I cannot write this letter")
    ada.type("Reason", "On leave.")
    ada.press("Decline")
    ada.reads("You declined on")
    an_hour_later(site)
    from_mail(mira, f"Please name another referee: {ADA.name} cannot write")
    lost_one(mira)
    first_letter(mira)
    chiyo.open_mail("/letter/")
    chiyo.choose(site.letter)
    chiyo.press("Send the letter")
    chiyo.reads("Received and stored. Thank you!")
    all_letters(mira)
    assert mailed(site) == SELECTED_MAILS


def not_selected(mira: Person) -> None:
    """Never be selected: the referees never hear of it, and the end is said."""
    site = mira.site
    submitted(mira)
    site.clock.set(scenes.CLOSES + timedelta(hours=1))
    from_mail(mira, "Submitted:")
    stands(
        mira,
        "The program has closed, and letters were not requested for this application. "
        "There is nothing for you to do.",
    )
    assert mailed(site) == Counter({MessageKind.APPLICATION_SUBMITTED: 1})


def resumed(phone: Person, desk: Person) -> None:
    """Begin on one device and go on on another; the first one is told, and loses nothing."""
    begin(phone)
    name(phone, 1, ADA)
    expect(phone.page.locator("#saved")).to_have_text("Saved.")

    from_mail(desk, "the link to go on")
    desk.follow("Go on with your application")
    desk.reads(title=DRAFT)
    expect(desk.page.locator("#referees-0-email")).to_have_value(ADA.email)
    name(desk, 2, BRAM)
    expect(desk.page.locator("#saved")).to_have_text("Saved.")

    phone.type("Relationship", "Supervised my thesis.", "Referee 1")
    expect(phone.page.locator("#saved")).to_contain_text("This draft was changed elsewhere")
    phone.press("Save")
    phone.reads("This draft was changed on another device", title=DRAFT)
    expect(phone.page.locator("#referees-0-relationship")).to_have_value("Supervised my thesis.")
    phone.follow("Look at the other version")
    phone.reads(title=DRAFT)
    expect(phone.page.locator("#referees-1-email")).to_have_value(BRAM.email)
    waive(phone)
    review(phone)
    phone.press("Submit")
    stands(phone, NOBODY_ALERTED)

    # The form that is still open on the other device has nothing to save any more.
    desk.press("Review")
    desk.reads("submitted")
    assert mailed(phone.site) == Counter(
        {MessageKind.DRAFT_LINK: 1, MessageKind.APPLICATION_SUBMITTED: 1}
    )


def lost(mira: Person) -> None:
    """Lose the link, mistype the address, have the link mailed again."""
    site = mira.site
    site.story.apply()
    site.story.deliver()
    mira.open(site.house.settings.base_url)
    mira.follow("have it mailed again")
    for address in ("myra@example.com", MIRA):
        mira.reads("lose the link", title="Find your application")
        mira.type("Your e-mail address", address)
        mira.press("Mail me the links")
        mira.reads("If an application was made with this address", title="Look into your mail")
        if address != MIRA:
            assert site.mails_to(address) == []
            mira.follow("Try another address")
    from_mail(mira, "Your link to your application")
    stands(mira, NOBODY_ALERTED)
    assert mailed(site) == Counter(
        {MessageKind.APPLICATION_SUBMITTED: 1, MessageKind.STATUS_LINKS: 1}
    )
