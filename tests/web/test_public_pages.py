"""The pages for everybody: what this is, and what a program asks."""

from dataclasses import replace
from datetime import timedelta

from letters.house import House
from letters.services.program_cleaning import NewProgram
from tests.support.clock import TestClock
from tests.support.people import DUE, FELLOWSHIP, GRACE_HOURS, INTERNSHIP, Story, tell
from tests.web.visiting import (
    Visitor,
    content,
    heading,
    links_of,
    on_sqlite,
    text_of_section,
)

pytestmark = on_sqlite

CLOSED = DUE + timedelta(hours=GRACE_HOURS, seconds=1)


def test_the_start_page_lists_the_programs_soonest_due_first(house: House, client: Visitor) -> None:
    tell(house)
    tell(house, replace(FELLOWSHIP, due_at=DUE - timedelta(days=1)))
    page = client.get("/")
    assert heading(page) == "Reference letters, collected with care"
    assert text_of_section(page, "programs") == (
        "Programs taking letters "
        "Lakeside Graduate Fellowship Lakeside University "
        "Letters are due Wednesday, 31 March 2027, 16:59 (Chicago Time, UTC\N{MINUS SIGN}5) "
        "Alpine Summer Research Internship Institute for Alpine Studies "
        "Letters are due Thursday, 1 April 2027, 23:59 (Zurich Time, UTC+2)"
    )
    assert links_of(page)[INTERNSHIP.title] == "/programs/alpine-summer"
    assert links_of(page)["sign in by mail"] == "/coordinate/sign-in"
    assert links_of(page)["have it mailed again"] == "/application"


def test_a_closed_program_is_not_listed_and_says_so(
    client: Visitor, story: Story, clock: TestClock
) -> None:
    clock.set(CLOSED)
    assert "No program is taking letters at the moment." in content(client.get("/"))
    page = client.get(f"/programs/{story.slug}")
    assert "This program has closed: no more applications and letters are taken." in content(page)
    assert "What to tell your referees now" not in content(page)
    assert links_of(page)[INTERNSHIP.contact_email] == f"mailto:{INTERNSHIP.contact_email}"


def test_a_program_says_how_many_letters_by_when_and_whom_to_ask(
    house: House, client: Visitor
) -> None:
    described = replace(INTERNSHIP, description="Twelve weeks.\n\nIn the <Alps>.")
    page = client.get(f"/programs/{tell(house, described).slug}")
    assert heading(page) == INTERNSHIP.title
    assert "Twelve weeks. In the <Alps>." in content(page)
    assert text_of_section(page, "letters") == (
        "Letters of reference How many At least 2 letters, at most 4 "
        "Due Thursday, 1 April 2027, 23:59 (Zurich Time, UTC+2) "
        "How Referees send a PDF through a link of their own. They need no account. "
        "Questions internships@alpine.example.org"
    )
    assert "has closed" not in content(page)
    assert "The due date is over." not in content(page)


def test_how_long_late_letters_are_taken_is_not_advertised(
    client: Visitor, story: Story, clock: TestClock
) -> None:
    page = f"/programs/{story.slug}"
    clock.set(DUE)
    assert "The due date is over." not in content(client.get(page))
    clock.set(DUE + timedelta(seconds=1))
    late = content(client.get(page))
    assert "The due date is over. Write to the program before you apply." in late
    assert "3 April" not in late
    assert "grace" not in late


def test_a_program_that_wants_just_one_letter_says_so(house: House, client: Visitor) -> None:
    story = tell(house, replace(INTERNSHIP, min_letters=1, max_letters=1, grace_hours=0))
    section = text_of_section(client.get(f"/programs/{story.slug}"), "letters")
    assert section.startswith("Letters of reference How many Exactly one letter Due")


TELL_THEM = (
    "What to tell your referees now You may wish to alert your letter writers in advance, so that "
    "they are ready. Tell them: what the letter is for: {title}, {organization}; that it "
)
IF_SELECTED = (
    "How and when referees are contacted Letters cannot be requested before the application is "
    "submitted, and they are not requested for every candidate: only for those whom the committee "
    "selects. If you are selected, each of your referees gets a mail with a link, and you are told "
    "by mail at the same time. "
)


def _contacted(house: House, client: Visitor, program: NewProgram) -> str:
    return text_of_section(client.get(f"/programs/{tell(house, program).slug}"), "contacted")


def test_who_selects_is_told_before_applying(house: House, client: Visitor) -> None:
    assert _contacted(house, client, INTERNSHIP) == (
        IF_SELECTED + "We write to nobody before that unless you want it: on your status page you "
        "can have an advance notice sent to your referees. It says who has named them, for what, "
        "and by when a letter would be due, and asks nothing of them yet. "
        + TELL_THEM.format(title=INTERNSHIP.title, organization=INTERNSHIP.organization)
        + "may be requested, and only if the committee selects you; "
        "by when it is due: Thursday, 1 April 2027, 23:59 (Zurich Time, UTC+2); "
        "who writes to them: the mail comes from “Institute for Alpine Studies via Letters”."
    )


def test_where_submitting_alerts_the_referees_that_is_told(house: House, client: Visitor) -> None:
    said = _contacted(house, client, replace(INTERNSHIP, notices_on_submission=True))
    assert said.startswith(
        IF_SELECTED + "When you submit the application, each of your referees gets an advance "
        "notice from us: who has named them, for what, and by when a letter would be due. It asks "
        "nothing of them yet. What to tell"
    )


def test_where_submitting_is_enough_that_is_told(house: House, client: Visitor) -> None:
    program = replace(FELLOWSHIP, notices_on_submission=True)
    assert _contacted(house, client, program).startswith(
        "How and when referees are contacted As soon as an application is submitted, each referee "
        "it names gets a mail with a link. Before that, nothing is asked of them. "
        + TELL_THEM.format(title=FELLOWSHIP.title, organization=FELLOWSHIP.organization)
        + "is requested on the day you submit your application; by when it is due: "
    )


def test_a_program_s_page_tells_nothing_of_its_applications(client: Visitor, story: Story) -> None:
    before = client.get(f"/programs/{story.slug}").text
    story.apply()
    assert client.get(f"/programs/{story.slug}").text == before
