"""What an applicant is told, in words, at every point of the way; and what they are never told."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from letters.house import House
from letters.services import applying, noticing, requesting
from letters.services.applying import NewReferee
from tests.support import pdfs
from tests.support.clock import TestClock
from tests.support.markup import elements, parse, words
from tests.support.people import (
    API,
    DUE,
    FELLOWSHIP,
    GRACE_HOURS,
    INTERNSHIP,
    MIRA,
    REFEREES,
    START,
    Story,
    tell,
)
from tests.web import scenes
from tests.web.visiting import Visitor, content, heading, lead, on_sqlite, text_of_section

pytestmark = on_sqlite

CLOSES = DUE + timedelta(hours=GRACE_HOURS)
LATE = DUE + timedelta(hours=1)
CLOSED = CLOSES + timedelta(seconds=1)
SELECTED = INTERNSHIP
AUTOMATIC = replace(FELLOWSHIP, min_letters=2, timezone="Europe/Zurich")
DUE_TEXT = "Thursday, 1 April 2027, 23:59 (Zurich Time, UTC+2)"
CLOSES_TEXT = "Saturday, 3 April 2027, 23:59 (Zurich Time, UTC+2)"


@dataclass(frozen=True)
class State:
    """How an application got somewhere, when it is looked at, and what its applicant reads.

    `marks` and `next` say for each referee the status, and what happens next.
    """

    reach: Callable[[Story], UUID]
    says: str
    marks: tuple[str, str]
    next: tuple[str, str]
    at: datetime = START
    progress: str = "0 of 2 letters received"


def _draft(story: Story) -> UUID:
    return story.apply(submit=False)


def _waiting(story: Story) -> UUID:
    return story.apply()


def _alerted(story: Story) -> UUID:
    application_id = story.apply(submit=False)
    with story.house.works.change(API) as work:
        noticing.give_notices(work, application_id)
    return application_id


def _requested(story: Story) -> UUID:
    return scenes.requested(story) if story.slug == SELECTED.slug else story.apply()


def _letters(*positions: int) -> Callable[[Story], UUID]:
    def reach(story: Story) -> UUID:
        application_id = _requested(story)
        for position in positions:
            scenes.letter_in(story, application_id, position)
        return application_id

    return reach


def _declined(story: Story) -> UUID:
    application_id = _requested(story)
    scenes.decline(story, application_id, 1, "A private reason")
    return application_id


def _cancelled(story: Story) -> UUID:
    application_id = _requested(story)
    scenes.cancel(story, application_id, 1)
    return application_id


def _withdrawn(story: Story) -> UUID:
    application_id = _requested(story)
    scenes.withdraw(story, application_id)
    return application_id


IF_SELECTED = "A letter may be requested if the committee selects you."
EXPECTED = f"The letter is due on {DUE_TEXT}."
OVERDUE = f"The letter is overdue; it is still taken until {CLOSES_TEXT}."
OVER = "The time for this letter is over."
IN = "Nothing more; the letter is in."
NO_NEED = "Nothing; this letter is no longer needed."
CANNOT = (
    "This referee cannot write. Another letter may be needed to reach the number the program asks "
    "for."
)
ON_SUBMISSION = "A letter will be requested as soon as the application is submitted."
COMPLETE = "All the letters that the program asks for are in. There is nothing more for you to do."
WITHDRAWN = "You withdrew this application. Nothing more is needed from you or your referees."
NEVER_ASKED = (
    "The program has closed, and letters were not requested for this application. "
    "There is nothing for you to do."
)
SHORT = (
    "A referee declined, and without another one the letters that the program asks for cannot "
    "come together. Write to the program to name somebody else."
)

CANCELLED = "A request was cancelled, and without another referee"


def _asked(received: int) -> str:
    return (
        f"{received} of 2 letters received. Letters were requested on 1 February 2027. "
        "There is nothing for you to do now."
    )


def _late(received: int) -> str:
    return (
        f"{received} of 2 letters received. The due date is over, and what comes in now is still "
        "taken for a while. You may wish to remind your referee."
    )


def _incomplete(received: int) -> str:
    return (
        f"The time is over, and {received} of 2 letters came in. Write to the program if you know "
        "of a letter that is still to come."
    )


BOTH = {
    "requested": State(_requested, _asked(0), ("requested", "requested"), (EXPECTED, EXPECTED)),
    "one letter in": State(
        _letters(1),
        _asked(1),
        ("received", "requested"),
        (IN, EXPECTED),
        progress="1 of 2 letters received",
    ),
    "complete": State(
        _letters(1, 2),
        COMPLETE,
        ("received", "received"),
        (IN, IN),
        progress="2 of 2 letters received",
    ),
    "overdue": State(_requested, _late(0), ("requested", "requested"), (OVERDUE, OVERDUE), at=LATE),
    "overdue, one letter in": State(
        _letters(2),
        _late(1),
        ("requested", "received"),
        (OVERDUE, IN),
        at=LATE,
        progress="1 of 2 letters received",
    ),
    "declined": State(_declined, SHORT, ("declined", "requested"), (CANNOT, EXPECTED)),
    "cancelled": State(
        _cancelled,
        SHORT.replace("A referee declined, and without another one", CANCELLED),
        ("cancelled", "requested"),
        (NO_NEED, EXPECTED),
    ),
    "closed": State(
        _requested, _incomplete(0), ("requested", "requested"), (OVER, OVER), at=CLOSED
    ),
    "closed, one letter in": State(
        _letters(1),
        _incomplete(1),
        ("received", "requested"),
        (IN, OVER),
        at=CLOSED,
        progress="1 of 2 letters received",
    ),
    "closed and complete": State(
        _letters(1, 2),
        COMPLETE,
        ("received", "received"),
        (IN, IN),
        at=CLOSED,
        progress="2 of 2 letters received",
    ),
    "withdrawn": State(_withdrawn, WITHDRAWN, ("requested", "requested"), (NO_NEED, NO_NEED)),
}
STATES = {
    **{("selected", name): state for name, state in BOTH.items()},
    **{("automatic", name): state for name, state in BOTH.items()},
    ("selected", "draft"): State(
        _draft,
        "This application is a draft. Letters cannot be requested before it is submitted, and "
        "after that they may be requested: only from candidates the committee selects.",
        ("named", "named"),
        (f"{IF_SELECTED} This referee has not been alerted yet.",) * 2,
    ),
    ("selected", "draft, alerted"): State(
        _alerted,
        "This application is a draft. Letters cannot be requested before it is submitted, and "
        "after that they may be requested: only from candidates the committee selects.",
        ("named", "named"),
        (f"Has been alerted. {IF_SELECTED}",) * 2,
    ),
    ("selected", "waiting"): State(
        _waiting,
        "Submitted. Letters are asked for only from candidates the committee selects. You have "
        "not been selected so far, and there is nothing for you to do.",
        ("named", "named"),
        (f"{IF_SELECTED} This referee has not been alerted yet.",) * 2,
    ),
    ("selected", "waiting until the close"): State(
        _waiting, NEVER_ASKED, ("named", "named"), (OVER, OVER), at=CLOSED
    ),
    ("selected", "a draft until the close"): State(
        _draft, NEVER_ASKED, ("named", "named"), (OVER, OVER), at=CLOSED
    ),
    ("automatic", "draft"): State(
        _draft,
        "This application is a draft. As soon as it is submitted, a letter will be requested from "
        "each of your referees.",
        ("named", "named"),
        (ON_SUBMISSION,) * 2,
    ),
    ("automatic", "a draft until the close"): State(
        _draft, NEVER_ASKED, ("named", "named"), (OVER, OVER), at=CLOSED
    ),
}
PROGRAMS = {"selected": SELECTED, "automatic": AUTOMATIC}


def _marks(page: TestResponse) -> list[str]:
    root, _ = parse(page.text)
    heads = [e for e in elements(root, "div") if e.get("class") == "row-head"]
    return [words(next(elements(head, "span"))) for head in heads]


def _nexts(page: TestResponse) -> list[str]:
    root, _ = parse(page.text)
    return [
        words(p).removeprefix("Next: ")
        for p in elements(root, "p")
        if words(p).startswith("Next: ")
    ]


@pytest.mark.parametrize(("policy", "name"), STATES, ids=lambda part: part)
def test_every_state_is_told_in_words(
    house: House, client: Visitor, clock: TestClock, policy: str, name: str
) -> None:
    story, state = tell(house, PROGRAMS[policy]), STATES[policy, name]
    token = story.status_token(state.reach(story))
    clock.set(state.at)
    page = client.get(f"/application/{token}")
    assert (page.status_code, heading(page)) == (200, "Letters for Mira Lindqvist")
    assert lead(page) == state.says
    assert text_of_section(page, "progress").startswith(state.progress)
    assert (tuple(_marks(page)), tuple(_nexts(page))) == (state.marks, state.next)


# --- what happened ----------------------------------------------------------------------------


def test_what_happened_stands_with_its_moments_in_order(
    client: Visitor, story: Story, clock: TestClock
) -> None:
    application_id = _alerted(story)
    clock.advance(timedelta(days=1))
    with story.house.works.change(API) as work:
        applying.submit(work, application_id)
    clock.advance(timedelta(days=1))
    with story.house.works.change(API) as work:
        requesting.select(work, application_id)
    clock.advance(timedelta(days=1))
    scenes.letter_in(story, application_id, 1)
    scenes.decline(story, application_id, 2)
    page = client.get(f"/application/{story.status_token(application_id)}")
    root, _ = parse(page.text)
    timelines = [[words(li) for li in elements(ol, "li")] for ol in elements(root, "ol")]
    before = [
        "Named by you, 1 February 2027, 10:00",
        "Advance notice sent, 1 February 2027, 10:00",
        "Letter requested, 3 February 2027, 10:00",
    ]
    assert timelines == [
        [*before, "Letter received, 4 February 2027, 10:00"],
        [*before, "Declined, 4 February 2027, 10:00"],
    ]
    assert text_of_section(page, "progress") == (
        f"1 of 2 letters received Due {DUE_TEXT} Submitted 2 February 2027, 10:00 "
        "Letters requested 3 February 2027, 10:00"
    )


def test_it_says_since_when_it_is_complete(client: Visitor, story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story)
    clock.advance(timedelta(days=9))
    scenes.letter_in(story, application_id, 1)
    scenes.letter_in(story, application_id, 2)
    page = client.get(f"/application/{story.status_token(application_id)}")
    assert "Complete since 10 February 2027, 10:00" in text_of_section(page, "progress")


def test_more_letters_than_wanted_are_counted_and_the_bar_is_full(
    client: Visitor, story: Story
) -> None:
    application_id = scenes.requested(story, replace(MIRA, referees=REFEREES))
    for position in (1, 2, 3):
        scenes.letter_in(story, application_id, position)
    page = client.get(f"/application/{story.status_token(application_id)}")
    root, _ = parse(page.text)
    bar = next(elements(root, "progress"))
    assert text_of_section(page, "progress").startswith("3 of 2 letters received")
    assert (bar.get("max"), bar.get("value")) == ("2", "2")


def test_a_date_of_its_own_is_what_the_applicant_reads(client: Visitor, story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.extend(story, application_id, 2, DUE + timedelta(days=7))
    page = client.get(f"/application/{story.status_token(application_id)}")
    extended = "The letter is due on Thursday, 8 April 2027, 23:59 (Zurich Time, UTC+2)."
    assert _nexts(page) == [EXPECTED, extended]


def test_whom_to_ask_is_said(client: Visitor, story: Story) -> None:
    page = client.get(f"/application/{story.status_token(story.apply())}")
    assert content(page).endswith(
        "Times are those of Europe/Zurich. Only the program sees the letters; this page never "
        f"shows them. Questions? {INTERNSHIP.contact_email}"
    )


# --- what is never told -----------------------------------------------------------------------


def test_another_applicant_s_page_shows_nothing_of_mine(client: Visitor, story: Story) -> None:
    scenes.letter_in(story, scenes.requested(story))
    other = replace(
        MIRA,
        applicant_name="Wen Li",
        applicant_email="wen@example.com",
        referees=[NewReferee("Dr. Xu", "xu@example.net"), NewReferee("Dr. Yi", "yi@example.net")],
    )
    page = client.get(f"/application/{story.status_token(story.apply(other))}")
    mine = [MIRA.applicant_name, MIRA.applicant_email, *(r.name for r in MIRA.referees)]
    mine += [r.email for r in MIRA.referees]
    assert [one for one in mine if one in page.text] == []


def _everything_sent(page: TestResponse) -> str:
    return f"{page.headers}\n{page.text}"


def test_nothing_about_a_letter_is_ever_in_the_page(client: Visitor, story: Story) -> None:
    application_id = scenes.requested(story, replace(MIRA, referees=REFEREES))
    letter = pdfs.letter_pdf(("A canary in the letter",), pages=37)
    scenes.letter_in(story, application_id, 1, letter, "canary-name.pdf")
    scenes.decline(story, application_id, 2, "A canary in the reason")
    page = _everything_sent(client.get(f"/application/{story.status_token(application_id)}"))
    letter_id = story.application(application_id).requests[0].id
    told = [
        *("canary", "37", str(len(letter)), f"{len(letter):,}", "kB", "MB", "pages", ".pdf"),
        *(sha256(letter).hexdigest(), str(letter_id), "/letter/"),
        *(referee.email for referee in REFEREES),
    ]
    assert [one for one in told if one in page] == []


TOKEN = re.compile(r"/application/[A-Za-z0-9_.-]+")
UUIDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _without_names_of_rows(page: TestResponse) -> bytes:
    return UUIDS.sub("ID", TOKEN.sub("TOKEN", page.text)).encode()


def test_two_letters_that_differ_in_all_give_the_same_page(client: Visitor, story: Story) -> None:
    applications = [scenes.requested(story) for _ in range(2)]
    short, long = pdfs.letter_pdf(("Short",)), pdfs.letter_pdf(("Long",) * 60, pages=9)
    scenes.letter_in(story, applications[0], 1, short, "a.pdf")
    scenes.letter_in(story, applications[1], 1, long, "A much longer name of a file.pdf")
    scenes.letter_in(story, applications[1], 1, long, "and a second version.pdf")
    scenes.decline(story, applications[0], 2, "")
    scenes.decline(story, applications[1], 2, "Since I am the applicant's uncle.")
    one, other = (client.get(f"/application/{story.status_token(x)}") for x in applications)
    assert _without_names_of_rows(one) == _without_names_of_rows(other)
    assert [name for name, _ in one.headers] == [name for name, _ in other.headers]
