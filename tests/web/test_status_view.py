"""What an applicant is told, in words, at every point of the way; and what they are never told."""

import re
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from werkzeug.test import TestResponse

from letters.house import House
from letters.services import applying, requesting
from letters.services.applying import NewReferee
from tests.services import acts
from tests.services.scenes import give_notices
from tests.support import pdfs
from tests.support.clock import TestClock
from tests.support.markup import elements, parse, words
from tests.support.people import (
    API,
    DUE,
    INTERNSHIP,
    MIRA,
    REFEREES,
    Story,
    tell,
)
from tests.web import scenes
from tests.web.status_states import PROGRAMS, STATES, alerted
from tests.web.status_words import ADA, DUE_TEXT, EXPECTED, cannot_and_need_not
from tests.web.visiting import Visitor, content, heading, lead, on_sqlite, text_of_section

pytestmark = on_sqlite


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


def _problems(page: TestResponse) -> tuple[str, ...]:
    root, _ = parse(page.text)
    found = [e for e in elements(root, "section") if e.get("aria-labelledby") == "problems"]
    return tuple(words(li) for section in found for li in elements(section, "li"))


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
    assert _problems(page) == state.problems
    assert "opened" not in content(page)


def test_a_decline_that_leaves_enough_referees_needs_nothing(client: Visitor, story: Story) -> None:
    application_id = scenes.requested(story, replace(MIRA, referees=REFEREES))
    scenes.decline(story, application_id, 1)
    page = client.get(f"/application/{story.status_token(application_id)}")
    assert _problems(page) == (cannot_and_need_not(ADA),)
    assert text_of_section(page, "problems").startswith("Good to know ")
    assert lead(page).endswith("There is nothing for you to do now.")


# --- what happened ----------------------------------------------------------------------------


def test_what_happened_stands_with_its_moments_in_order(
    client: Visitor, story: Story, clock: TestClock
) -> None:
    application_id = alerted(story)
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
    assert text_of_section(page, "progress").startswith("3 letters received, 2 needed ")
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


def test_what_a_referee_replied_to_the_notice_is_told(client: Visitor, story: Story) -> None:
    application_id = story.apply()
    give_notices(story, application_id)
    acts.welcome(story, application_id, 1)
    acts.correct_address(story, application_id, "new.address@example.net", 2)
    page = content(client.get(f"/application/{story.status_token(application_id)}"))
    assert "Says they can write" in page
    assert "Address corrected" in page
    assert "new.address@example.net" not in page


def test_nothing_about_a_letter_is_ever_in_the_page(client: Visitor, story: Story) -> None:
    application_id = scenes.requested(story, replace(MIRA, referees=REFEREES))
    letter = pdfs.letter_pdf(("A canary in the letter",), pages=37)
    scenes.letter_in(story, application_id, 1, letter, "canary-name.pdf")
    scenes.decline(story, application_id, 2, "A canary in the reason")
    path = f"/application/{story.status_token(application_id)}"
    client.get(path)  # The first page of all brings the cookie.
    sent = _everything_sent(client.get(path))
    page = OF_STATIC_FILES.sub("", FINGERPRINT.sub("", _without_names_of_rows(sent)))
    answered = story.application(application_id).requests[0]
    told = [
        *("canary", "37", str(len(letter)), f"{len(letter):,}", "kB", "MB", "pages", ".pdf"),
        *(sha256(letter).hexdigest(), "/letter/"),
        *(referee.email for referee in REFEREES),
    ]
    assert [one for one in told if one in page] == []
    assert str(answered.id) not in sent


OF_STATIC_FILES = re.compile(r"\?v=[0-9a-zA-Z_-]+")
"""Their hashes, which can hold any two digits."""

TOKEN = re.compile(r"/application/[A-Za-z0-9_.-]+")
FORM_TOKEN = re.compile(r'name="csrf_token" value="[^"]+"')
FINGERPRINT = re.compile(r'data-seen="[0-9a-f]{64}"')
"""It too can hold any two digits."""

UUIDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
COOKIE = re.compile(r"letters=[^;\s]+; Expires=[^;]+")
"""What the browser carries, sealed, and until when; it can hold any letters and digits."""


def _without_names_of_rows(sent: str) -> str:
    """Leave out what differs between any two applications, or any two visits."""
    for pattern in (TOKEN, FORM_TOKEN, UUIDS, COOKIE):
        sent = pattern.sub("", sent)
    return sent


def test_two_letters_that_differ_in_all_give_the_same_page(client: Visitor, story: Story) -> None:
    applications = [scenes.requested(story) for _ in range(2)]
    short, long = pdfs.letter_pdf(("Short",)), pdfs.letter_pdf(("Long",) * 60, pages=9)
    scenes.letter_in(story, applications[0], 1, short, "a.pdf")
    scenes.letter_in(story, applications[1], 1, long, "A much longer name of a file.pdf")
    scenes.letter_in(story, applications[1], 1, long, "and a second version.pdf")
    scenes.decline(story, applications[0], 2, "")
    scenes.decline(story, applications[1], 2, "Since I am the applicant's uncle.")
    paths = [f"/application/{story.status_token(x)}" for x in applications]
    client.get(paths[0])  # The first page of all brings the cookie.
    one, other = (client.get(path) for path in paths)
    assert _without_names_of_rows(one.text) == _without_names_of_rows(other.text)
    assert [name for name, _ in one.headers] == [name for name, _ in other.headers]
