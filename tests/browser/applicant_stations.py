"""The stations of an applicant's way: what is done there, and what is read, word for word.

The links are those of the mails that were sent.
"""

from collections import Counter
from datetime import timedelta
from uuid import UUID

from playwright.sync_api import expect

from letters.domain.journal import MessageKind
from letters.domain.telling import BETWEEN_NEWS
from letters.records import OutboxStatus
from letters.services.applying import NewReferee
from tests.browser.conftest import Site
from tests.browser.person import Person
from tests.services import scenes
from tests.support.people import REFEREES

MIRA = "mira@example.com"
A_LITTLE = timedelta(minutes=10)
NAME = "Mira Lindqvist"
ADA, BRAM, CHIYO = REFEREES
LINE = "I would be glad if you could write about my thesis."

STATUS = f"Letters for {NAME}"
DRAFT = "Your application"
REVIEW = "Look at it once more, then submit"
NOT_SELECTED = (
    "Submitted. Letters are asked for only from candidates the committee selects. "
    "You have not been selected so far, and there is nothing for you to do."
)
NOBODY_ALERTED = f"{NOT_SELECTED} Your referees have not been alerted."
JUST_ASKED = (
    "0 of 2 letters received. Letters were requested on 1 February 2027; the next one is due "
    "1 April 2027. There is nothing for you to do now."
)
ALL_IN = "All the letters that the program asks for are in. There is nothing more for you to do."


def begin(mira: Person) -> None:
    """Go from the program's page, over the mail, to the empty draft."""
    mira.open(f"{mira.site.house.settings.base_url}/programs/{mira.site.story.slug}")
    mira.reads("Letters of reference")
    mira.follow("Apply")
    mira.reads("no password, no account", title="Apply")
    mira.type("Your name", NAME)
    mira.type("Your e-mail address", MIRA)
    mira.press("Mail me the link")
    mira.reads(f"A link is on its way to {MIRA}.", title="Look into your mail")
    from_mail(mira, "the link to go on")
    mira.reads("This application is a draft.", title=STATUS)
    mira.follow("Go on with your application")
    mira.reads("Nobody is written to before you say so.", title=DRAFT)


def name(mira: Person, number: int, referee: NewReferee) -> None:
    """Fill in one referee of the draft."""
    group = f"Referee {number}"
    title, _, rest = referee.name.partition(" ")
    mira.type("Title", title, group)
    mira.type("Name", rest, group)
    mira.type("E-mail address", referee.email, group)
    mira.type("Affiliation", referee.affiliation, group)


def waive(mira: Person) -> None:
    """Waive the right to view the letters, and sign for it."""
    mira.tick("I waive the right")
    mira.type("Your signature", NAME)


def review(mira: Person, *sentences: str) -> None:
    """Look at what submitting will set in motion."""
    mira.press("Review")
    mira.reads(ADA.name, BRAM.name, *sentences, title=REVIEW)


def alert(mira: Person) -> None:
    """Alert both referees with a line of one's own, after a look at the mail."""
    mira.reads("Nothing is asked of them yet.", title="Alert your referees")
    mira.type("A line of your own", LINE)
    mira.press("Look at the mail")
    mira.reads(
        f"This is the mail to {ADA.name}. It has not been sent.",
        f"goes to: {BRAM.name}.",
        LINE,
        title="Look at the mail, then send it",
    )
    mira.press("Send the 2 mails")
    expect(mira.page.locator("h1")).to_have_text(STATUS)
    for referee in (ADA, BRAM):
        assert "/notice/" in mira.site.link_to(referee.email, "/notice/")


def name_instead(mira: Person, former: NewReferee, new: NewReferee, *sentences: str) -> None:
    """Name somebody else in place of a referee."""
    mira.follow(f"Name somebody else in place of {former.name}")
    mira.reads(*sentences, title=f"Somebody else in place of {former.name}")
    mira.type("Name, with the title", new.name)
    mira.type("E-mail address", new.email)
    mira.press("Name this referee")


def stands(mira: Person, headline: str, *sentences: str, received: int = 0) -> None:
    """Read the headline of the status view, word for word, and how many letters are in."""
    expect(mira.page.locator(".lead")).to_have_text(headline)
    mira.reads(f"{received} of 2 letters received", *sentences, title=STATUS)


def from_mail(mira: Person, subject: str) -> None:
    """Open the link to the application in the newest mail, whose subject has these words."""
    mira.open_mail("/application/")
    newest = str(mira.site.mails_to(mira.address)[-1]["Subject"])
    assert subject in newest, newest


def later(site: Site) -> None:
    """Let a little time pass, so that the mails of what follows are newer."""
    site.clock.advance(A_LITTLE)


def an_hour_later(site: Site) -> None:
    """Let the time pass that lies between news, and let the mails go out."""
    site.story.deliver()
    site.clock.advance(BETWEEN_NEWS)


def application_of(site: Site) -> UUID:
    """Return the id of the only application."""
    (only,) = scenes.applications(site.house)
    return only


def mailed(site: Site) -> Counter[MessageKind]:
    """Deliver what is due; return how many mails of each kind were sent."""
    site.story.deliver()
    sent = [row for row in scenes.outbox(site.house) if row.status is OutboxStatus.SENT]
    return Counter(row.kind for row in sent)


def submitted(mira: Person) -> None:
    """Come to an application that was submitted for a program that selects whom it asks for."""
    mira.site.story.apply()
    mira.site.story.deliver()
    from_mail(mira, "Submitted:")
    stands(mira, NOBODY_ALERTED)


def lost_one(mira: Person) -> None:
    """Read that a referee declined, and name another one."""
    stands(
        mira,
        "A referee declined, and without another one the letters that the program asks for "
        "cannot come together. Name somebody else on this page.",
        f"{ADA.name} cannot write a letter.",
    )
    expect(mira.page.get_by_text("On leave.")).to_have_count(0)
    name_instead(
        mira, ADA, CHIYO, f"{ADA.name} declined and hears nothing more.", "is asked for the letter"
    )
    stands(
        mira,
        JUST_ASKED,
        CHIYO.name,
        "Somebody else was named in place of",
    )
    assert "/letter/" in mira.site.link_to(CHIYO.email, "/letter/")


def first_letter(mira: Person) -> None:
    """Read of the first letter, and for whose one has to wait."""
    later(mira.site)
    scenes.send_letter(mira.site.story, application_of(mira.site), 2)
    an_hour_later(mira.site)
    from_mail(mira, f"The letter from {BRAM.name} has arrived")
    stands(
        mira,
        f"1 of 2 letters received; {CHIYO.name} was asked on 1 February 2027, due 1 April 2027. "
        "There is nothing for you to do now.",
        received=1,
    )


def all_letters(mira: Person) -> None:
    """Read that both letters are in."""
    an_hour_later(mira.site)
    from_mail(mira, "All letters are in")
    stands(mira, ALL_IN, "Complete since", received=2)
