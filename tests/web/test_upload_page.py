"""What the upload page says, in each state that a letter request can be in."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from letters.house import House
from letters.services.applying import NewReferee
from tests.support.clock import TestClock
from tests.support.markup import elements, parse, words
from tests.support.people import DUE, GRACE_HOURS, INTERNSHIP, MIRA, START, Story, tell
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    form_labels,
    form_with,
    heading,
    links_of,
    on_sqlite,
    scripts_of,
    text_of_section,
)

pytestmark = on_sqlite

CLOSES = DUE + timedelta(hours=GRACE_HOURS)
DUE_TEXT = "Thursday, 1 April 2027, 23:59 (Zurich Time, UTC+2)"
CLOSES_TEXT = "Saturday, 3 April 2027, 23:59 (Zurich Time, UTC+2)"
A_MOMENT = timedelta(seconds=1)
ABOUT = "About this letter"


def test_it_says_whose_letter_for_what_and_by_when(
    client: Visitor, story: Story, asked: UUID
) -> None:
    page = client.get(f"/letter/{story.upload_token(asked)}")
    assert (page.status_code, heading(page)) == (200, "Letter for Mira Lindqvist")
    read = content(page)
    assert read.startswith(f"{INTERNSHIP.organization} · {INTERNSHIP.title} Letter for")
    assert (
        "Dear Prof. Ada Ferreira, Mira Lindqvist asks you for a letter of reference. "
        f"It is due on {DUE_TEXT}." in read
    )
    assert f"For {INTERNSHIP.title}, {INTERNSHIP.organization} Due {DUE_TEXT}" in read
    assert f"Late is better than never. Taken until: {CLOSES_TEXT}" in read
    assert "It is encrypted and stored at once, and you get a receipt by mail." in read
    assert links_of(page)[INTERNSHIP.contact_email] == f"mailto:{INTERNSHIP.contact_email}"


def test_it_has_one_field_and_a_way_to_decline(client: Visitor, story: Story, asked: UUID) -> None:
    token = story.upload_token(asked)
    page = client.get(f"/letter/{token}")
    form = form_with(page, "Send the letter")
    assert (form.method, form.action) == ("post", f"/letter/{token}")
    assert (form.enctype, form.files) == ("multipart/form-data", ("letter",))
    assert list(form.fields) == ["csrf_token", "sent_by"]
    assert "At most 10 MB and, if possible, 20 pages." in content(page)
    assert links_of(page)["I cannot write this letter"] == f"/letter/{token}/decline"


def test_due_date_and_grace_stand_in_the_program_s_zone_and_can_be_put_in_the_reader_s(
    client: Visitor, story: Story, asked: UUID
) -> None:
    page = client.get(f"/letter/{story.upload_token(asked)}")
    root, _ = parse(page.text)
    times = [e for e in elements(root, "time") if "data-zone" in e.attrib]
    assert [(e.attrib["datetime"], e.attrib["data-zone"], words(e)) for e in times] == [
        (DUE.isoformat(), "Europe/Zurich", DUE_TEXT),
        (CLOSES.isoformat(), "Europe/Zurich", CLOSES_TEXT),
    ]
    assert {time.attrib["data-yours"] for time in times} == {"In your time zone: {time}"}
    assert "/static/zones.js" in scripts_of(page)


def test_a_date_of_its_own_is_what_counts(client: Visitor, story: Story, asked: UUID) -> None:
    scenes.extend(story, asked, 1, DUE + timedelta(days=7))
    page = client.get(f"/letter/{story.upload_token(asked)}")
    assert "It is due on Thursday, 8 April 2027, 23:59 (Zurich Time, UTC+2)." in content(page)
    other = client.get(f"/letter/{story.upload_token(asked, 2)}")
    assert f"It is due on {DUE_TEXT}." in content(other)


@pytest.mark.parametrize(
    ("waived", "says"),
    [
        (True, "Mira Lindqvist has waived the right to see it and cannot see it here."),
        (
            False,
            (
                "Mira Lindqvist cannot see it here. They have not waived the right to view it, so "
                "they may ask the program for it."
            ),
        ),
    ],
)
def test_it_says_who_reads_the_letter(
    client: Visitor, story: Story, waived: bool, says: str
) -> None:
    asked = scenes.requested(story, replace(MIRA, waived=waived))
    page = client.get(f"/letter/{story.upload_token(asked)}")
    assert (
        f"Who reads it The coordinators and the committee of the program. {says} What happens"
        in content(page)
    )


def test_what_people_typed_is_shown_and_never_obeyed(house: House, client: Visitor) -> None:
    trick = '<script src="/x"></script><b onclick="x()">bold</b> & {{ 7 * 7 }} %(name)s'
    story = tell(
        house,
        replace(
            INTERNSHIP, title=f"T {trick}", organization=f"O {trick}", instructions=f"I {trick}"
        ),
    )
    names = replace(
        MIRA,
        applicant_name=f"M {trick}",
        referees=[NewReferee(f"A {trick}", "a@example.org"), MIRA.referees[1]],
    )
    asked = scenes.requested(story, names)
    page = client.get(f"/letter/{story.upload_token(asked)}")
    assert heading(page) == f"Letter for M {trick}"
    for start in ("T", "O", "I", "M", "A"):
        assert f"{start} {trick}" in content(page)
    assert scripts_of(page) == ["/static/zones.js", "/static/upload.js"]


def test_the_program_s_instructions_stand_below_the_field(house: House, client: Visitor) -> None:
    wish = "Say how long you have known them.\n\nOne page is enough."
    story = tell(house, replace(INTERNSHIP, instructions=wish))
    page = client.get(f"/letter/{story.upload_token(scenes.requested(story))}")
    assert text_of_section(page, "asks") == f"What the program asks for {' '.join(wish.split())}"
    assert f'<p class="text">{wish}</p>' in page.text


# --- the states -------------------------------------------------------------------------------


def _page(client: Visitor, story: Story, asked: UUID) -> tuple[str, list[str]]:
    """Return what is read below the heading, and which buttons there are."""
    page = client.get(f"/letter/{story.upload_token(asked)}")
    assert (page.status_code, heading(page)) == (200, "Letter for Mira Lindqvist")
    return content(page).partition("Letter for Mira Lindqvist ")[2], form_labels(page)


def test_open_until_the_closing_instant(
    client: Visitor, story: Story, asked: UUID, clock: TestClock
) -> None:
    due = f"It is due on {DUE_TEXT}."
    late = f"It was due on {DUE_TEXT}, and is still taken until {CLOSES_TEXT}."
    for moment, says in ((START, due), (DUE, due), (DUE + A_MOMENT, late), (CLOSES, late)):
        clock.set(moment)
        read, buttons = _page(client, story, asked)
        assert (says in read, buttons) == (True, ["Send the letter"])
        assert ("Add the due date to your calendar" in read) == (says == due)


def test_received(client: Visitor, story: Story, asked: UUID) -> None:
    scenes.letter_in(story, asked)
    read, buttons = _page(client, story, asked)
    assert read.startswith(
        "Your letter is in. Thank you! See the receipt "
        "Was it the wrong file, or is there a better version? Send another one; the latest counts."
    )
    assert (buttons, ABOUT in read) == (["Replace the letter"], True)
    assert "I cannot write this letter" not in read


def test_received_and_final(client: Visitor, story: Story, asked: UUID, clock: TestClock) -> None:
    scenes.letter_in(story, asked)
    clock.set(CLOSES + A_MOMENT)
    assert _page(client, story, asked) == (
        (
            "Your letter is in. Thank you! See the receipt "
            "The time for changes is over, so it cannot be replaced any more."
        ),
        [],
    )


def test_received_and_then_withdrawn(client: Visitor, story: Story, asked: UUID) -> None:
    scenes.letter_in(story, asked)
    scenes.withdraw(story, asked)
    read, buttons = _page(client, story, asked)
    assert (read.startswith("Your letter is in. Thank you!"), buttons) == (True, [])


def test_declined(client: Visitor, story: Story, asked: UUID) -> None:
    scenes.decline(story, asked)
    assert _page(client, story, asked) == (
        (
            "You declined on 1 February 2027, 10:00. Thank you for saying so; nothing more is "
            "needed. Did you change your mind? You can still write until the time for this letter "
            f"is over: {CLOSES_TEXT} I can write after all"
        ),
        ["I can write after all"],
    )


def test_declined_for_good(client: Visitor, story: Story, asked: UUID, clock: TestClock) -> None:
    scenes.decline(story, asked)
    clock.set(CLOSES + A_MOMENT)
    assert _page(client, story, asked) == (
        (
            "You declined on 1 February 2027, 10:00, and the time for this letter is over. "
            "Nothing more is needed."
        ),
        [],
    )


def test_closed(client: Visitor, story: Story, asked: UUID, clock: TestClock) -> None:
    clock.set(CLOSES + A_MOMENT)
    assert _page(client, story, asked) == (
        (
            f"The time for this letter is over. It was taken until: {CLOSES_TEXT} "
            "Is your letter ready all the same? "
            "Ask for more time; when the program gives it, this same link works again. "
            f"Ask for more time Questions? {INTERNSHIP.contact_email}"
        ),
        [],
    )


def test_extending_the_date_opens_the_same_link_again(
    client: Visitor, story: Story, asked: UUID, clock: TestClock
) -> None:
    clock.set(CLOSES + A_MOMENT)
    assert _page(client, story, asked)[1] == []
    scenes.extend(story, asked, 1, CLOSES + timedelta(days=1))
    assert _page(client, story, asked)[1] == ["Send the letter"]


NO_LONGER_NEEDED = (
    "This letter is no longer needed. Thank you; there is nothing for you to do. "
    "Do you expect to be asked for another letter? See all that is asked of you"
)


def test_cancelled(client: Visitor, story: Story, asked: UUID) -> None:
    scenes.cancel(story, asked)
    assert _page(client, story, asked) == (NO_LONGER_NEEDED, [])


def test_withdrawn(client: Visitor, story: Story, asked: UUID) -> None:
    scenes.withdraw(story, asked)
    assert _page(client, story, asked) == (NO_LONGER_NEEDED, [])


def test_not_requested_yet(client: Visitor, story: Story) -> None:
    named = story.apply()
    words_of_it = "This letter has not been requested yet. Nothing is needed from you now."
    assert _page(client, story, named) == (words_of_it, [])


# --- the receipt ------------------------------------------------------------------------------


def test_without_a_letter_there_is_no_receipt(client: Visitor, story: Story, asked: UUID) -> None:
    token = story.upload_token(asked)
    answer = client.get(f"/letter/{token}/receipt")
    assert (answer.status_code, answer.location) == (303, f"/letter/{token}")


def test_the_receipt_says_what_was_received(client: Visitor, story: Story, asked: UUID) -> None:
    scenes.letter_in(story, asked, name="For <Mira>.pdf")
    letter_facts = (
        "What was received File For <Mira>.pdf Size 1 kB, one page "
        "Received Monday, 1 February 2027, 10:00 (Zurich Time, UTC+1) SHA-256 "
    )
    page = client.get(f"/letter/{story.upload_token(asked)}/receipt")
    assert heading(page) == "Your letter for Mira Lindqvist is in"
    assert letter_facts in content(page)
    assert f"Was it the wrong file? You can replace it until {CLOSES_TEXT}." in content(page)
    assert "Version" not in content(page)


def test_the_receipt_of_a_replacement_says_so(client: Visitor, story: Story, asked: UUID) -> None:
    scenes.letter_in(story, asked)
    scenes.letter_in(story, asked)
    page = client.get(f"/letter/{story.upload_token(asked)}/receipt")
    assert "Version 2; it replaced the one before SHA-256" in content(page)


def test_the_receipt_stays_when_the_time_is_over(
    client: Visitor, story: Story, asked: UUID, clock: TestClock
) -> None:
    scenes.letter_in(story, asked)
    clock.set(CLOSES + A_MOMENT)
    page = client.get(f"/letter/{story.upload_token(asked)}/receipt")
    assert heading(page) == "Your letter for Mira Lindqvist is in"
    assert "Was it the wrong file?" not in content(page)
