"""Nudging, correcting an address, naming somebody else or one more, on the applicant's pages."""

from uuid import UUID

import pytest

from letters.domain.journal import MessageKind
from letters.domain.schedule import NUDGE_SPACING
from letters.records import new_id
from tests.services.scenes import change_request
from tests.support.clock import TestClock
from tests.support.people import REFEREES, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.status_states import CLOSED
from tests.web.visiting import (
    Visitor,
    content,
    csrf_token,
    follow,
    heading,
    lead,
    links_of,
    mails_owed,
    near_field,
    on_sqlite,
    press,
    text_of_section,
)

pytestmark = on_sqlite

ADA, BRAM, CHIYO = (referee.name for referee in REFEREES)
NAMED = {"name": CHIYO, "email": "tanaka@example.net", "affiliation": "Example College"}
NOT_NOW = "Not possible now"
NAME = "Name this referee"


@pytest.fixture
def asked(story: Story) -> UUID:
    """An application whose two referees have been asked."""
    return scenes.requested(story)


def status_of(story: Story, application: UUID) -> str:
    return f"/application/{story.status_token(application)}"


def act_of(story: Story, application: UUID, act: str, position: int = 1) -> str:
    request = story.application(application).requests[position - 1]
    return f"{status_of(story, application)}/referees/{request.id}/{act}"


# --- nudging ----------------------------------------------------------------------------------


def test_a_reminder_is_promised_then_offered_then_sent(
    client: Visitor, story: Story, clock: TestClock, asked: UUID
) -> None:
    page = client.get(status_of(story, asked))
    first = "You can send a reminder from Wednesday, 3 February 2027, 10:00 (Zurich Time, UTC+1)."
    assert content(page).count(first) == 2
    clock.advance(NUDGE_SPACING)
    page = client.get(status_of(story, asked))
    question = client.get(links_of(page)[f"Send a reminder to {ADA}"])
    assert heading(question) == f"Remind {ADA}?"
    assert "4 more reminders are possible, the next one from Friday, 5 Feb" in content(question)
    after = follow(client, press(client, question, "Send the reminder"))
    assert "Reminded, 3 February 2027, 10:00" in text_of_section(after, "referees")
    assert f"Send a reminder to {ADA}" not in links_of(after)
    assert mails_owed(story.house).count(MessageKind.REMINDER) == 1


def test_who_reminds_too_soon_is_told_when_they_can(
    client: Visitor, story: Story, clock: TestClock, asked: UUID
) -> None:
    clock.advance(NUDGE_SPACING)
    path = act_of(story, asked, "nudge")
    question = client.get(path)
    press(client, question, "Send the reminder")
    with unchanged(story.house.database):
        for again in (press(client, question, "Send the reminder"), client.get(path)):
            assert (again.status_code, heading(again)) == (409, "Too soon for another mail")
            assert lead(again) == (
                f"{ADA} had a mail only lately, so no reminder was sent. The next one is possible "
                "from Friday, 5 February 2027, 10:00 (Zurich Time, UTC+1)."
            )


def test_the_budget_is_told(client: Visitor, story: Story, clock: TestClock, asked: UUID) -> None:
    clock.advance(NUDGE_SPACING)
    change_request(story, asked, reminders=4, reminded_at=clock.now() - NUDGE_SPACING)
    last = client.get(act_of(story, asked, "nudge"))
    assert "No more reminder is possible" in content(last)
    after = follow(client, press(client, last, "Send the reminder"))
    assert "Reminded 5 times, last, 3 February 2027, 10:00" in content(after)
    assert "No more reminder can be sent from here." in content(after)
    refused = client.get(act_of(story, asked, "nudge"))
    assert (refused.status_code, heading(refused)) == (409, NOT_NOW)


# --- correcting an address --------------------------------------------------------------------


def test_an_address_that_bounced_comes_first_and_is_corrected(
    client: Visitor, story: Story, clock: TestClock, asked: UUID
) -> None:
    change_request(story, asked, bounced_at=clock.now())
    page = client.get(status_of(story, asked))
    assert text_of_section(page, "problems") == (
        f"What needs you A mail to {ADA} came back: the address does not work. "
        f"Correct the address of {ADA}"
    )
    assert "nothing for you to do" not in lead(page)
    form = client.get(links_of(page)[f"Correct the address of {ADA}"])
    assert lead(form).startswith("The request for the letter goes to the new address at once")
    assert 'value="ada.ferreira@example.edu"' in form.text
    assert near_field(form, "email")[-1].startswith("The last mail to this address came back.")
    after = follow(client, press(client, form, "Use this address", {"email": "ada@example.net"}))
    assert "Address corrected, 1 February 2027" in content(after)
    assert "problems" not in after.text
    assert mails_owed(story.house).count(MessageKind.LETTER_REQUEST) == 3


def test_what_is_said_before_follows_what_the_referee_has_heard(
    client: Visitor, story: Story, asked: UUID
) -> None:
    for application, said in (
        (asked, "The request for the letter goes to the new address at once"),
        (scenes.alerted(story), "The advance notice goes to the new address at once"),
        (story.apply(), "Nothing is mailed now"),
    ):
        assert lead(client.get(act_of(story, application, "address"))).startswith(said)


def test_a_wrong_address_is_kept_and_explained(client: Visitor, story: Story, asked: UUID) -> None:
    form = client.get(act_of(story, asked, "address"))
    with unchanged(story.house.database):
        again = press(client, form, "Use this address", {"email": "mira@example.com"})
    assert again.status_code == 422
    assert near_field(again, "email")[0].startswith("This is your own address.")
    assert 'value="mira@example.com"' in again.text


def test_an_address_that_the_referee_gave_is_not_shown(client: Visitor, story: Story) -> None:
    application = scenes.alerted(story)
    change_request(
        story,
        application,
        referee_email="private@example.net",
        former_email="ada.ferreira@example.edu",
        corrected_at=story.house.works.tools.clock.now(),
    )
    assert "private@example.net" not in client.get(act_of(story, application, "address")).text


# --- naming somebody --------------------------------------------------------------------------


def test_who_declined_is_replaced_from_the_problem(
    client: Visitor, story: Story, asked: UUID
) -> None:
    scenes.decline(story, asked, 1, "A private reason")
    former = story.upload_token(asked)
    page = client.get(status_of(story, asked))
    form = client.get(links_of(page)[f"Name somebody else in place of {ADA}"])
    assert heading(form) == f"Somebody else in place of {ADA}"
    assert lead(form).startswith(f"{ADA} declined and hears nothing more.")
    assert "The new referee is asked for the letter at once, by mail." in content(form)
    after = follow(client, press(client, form, "Name this referee", NAMED))
    referees = text_of_section(after, "referees")
    assert f"{CHIYO} requested Named by you" in referees
    assert f"Somebody else was named in place of {ADA}, 1 February 2027, 10:00" in referees
    assert "problems" not in after.text
    dead = client.get(f"/letter/{former}")
    assert (dead.status_code, heading(dead)) == (410, "No longer needed")


def test_what_is_said_before_follows_whom_it_concerns(
    client: Visitor, story: Story, asked: UUID
) -> None:
    told = f"{ADA} is told by mail that nothing more is needed, and their link stops working."
    for application, said in (
        (asked, told),
        (scenes.alerted(story), told),
        (story.apply(), f"{ADA} has not heard of your application and is not mailed."),
    ):
        assert lead(client.get(act_of(story, application, "replace"))).startswith(said)


def test_what_was_typed_is_kept_with_what_is_wrong(
    client: Visitor, story: Story, asked: UUID
) -> None:
    for path in (act_of(story, asked, "replace"), f"{status_of(story, asked)}/referees/new"):
        form = client.get(path)
        typed = {**NAMED, "name": "", "email": "b.dewit@example.org", "relationship": "A \x07 bell"}
        with unchanged(story.house.database):
            again = press(client, form, "Name this referee", typed)
        assert (again.status_code, 'value="Example College"' in again.text) == (422, True)
        assert near_field(again, "name") == ["Fill this in, please."]
        assert near_field(again, "email") == [
            "One of your referees is reached there already. Name each only once."
        ]
        assert near_field(again, "relationship") != []


def test_one_more_is_named_up_to_the_maximum(client: Visitor, story: Story, asked: UUID) -> None:
    link, path = "Add another referee", f"{status_of(story, asked)}/referees/new"
    for number in range(2):
        form = client.get(links_of(client.get(status_of(story, asked)))[link])
        typed = {**NAMED, "email": f"more{number}@example.net"}
        follow(client, press(client, form, "Name this referee", typed))
    assert link not in links_of(client.get(status_of(story, asked)))
    refused = client.get(path)
    assert (refused.status_code, heading(refused)) == (409, NOT_NOW)
    assert "This program takes at most 4 letters" in content(refused)


# --- what is refused --------------------------------------------------------------------------

ACTS = ("nudge", "address", "replace")


def test_what_is_not_possible_is_said_with_its_reason(
    client: Visitor, story: Story, clock: TestClock, asked: UUID, subtests: pytest.Subtests
) -> None:
    token = csrf_token(client.get(f"{status_of(story, asked)}/withdraw"))
    scenes.letter_in(story, asked, 1)
    withdrawn, closed = scenes.requested(story), scenes.requested(story)
    scenes.withdraw(story, withdrawn)
    for application, when in ((asked, None), (withdrawn, None), (closed, CLOSED)):
        if when is not None:
            clock.set(when)
        for act in ACTS:
            path = act_of(story, application, act)
            with subtests.test(path), unchanged(story.house.database):
                data = {"csrf_token": token, **NAMED}
                for answer in (client.get(path), client.post(path, data=data)):
                    assert (answer.status_code, heading(answer)) == (409, NOT_NOW)
        offered = links_of(client.get(status_of(story, application)))
        assert [words for words in offered if ADA in words] == []


def test_a_referee_of_another_application_is_not_found(
    client: Visitor, story: Story, asked: UUID
) -> None:
    other = story.application(scenes.requested(story)).requests[0].id
    token = csrf_token(client.get(act_of(story, asked, "replace")))
    with unchanged(story.house.database):
        for referee in (other, new_id()):
            for act in ACTS:
                path = f"{status_of(story, asked)}/referees/{referee}/{act}"
                for answer in (client.get(path), client.post(path, data={"csrf_token": token})):
                    assert answer.status_code == 404


def test_nothing_happens_without_the_token_of_the_form(
    client: Visitor, story: Story, clock: TestClock, asked: UUID
) -> None:
    clock.advance(NUDGE_SPACING)
    with unchanged(story.house.database):
        for path in [act_of(story, asked, act) for act in ACTS]:
            assert client.post(path, data=NAMED).status_code == 400
        for tail in ("referees/new", "mails", "waiver"):
            assert client.post(f"{status_of(story, asked)}/{tail}", data=NAMED).status_code == 400


def test_changes_have_a_limit(client: Visitor, story: Story, asked: UUID) -> None:
    path = act_of(story, asked, "replace")
    data = {"csrf_token": csrf_token(client.get(path))}
    assert {client.post(path, data=data).status_code for _ in range(60)} == {422}
    assert client.post(path, data=data).status_code == 429


# --- an address that is likely a slip ---------------------------------------------------------

SLIP = (
    "Did you mean nora@gmail.com? Correct it; or if it is right as it stands, press the button "
    "again."
)


@pytest.mark.parametrize(("act", "button"), [("address", "Use this address"), ("replace", NAME)])
def test_a_likely_slip_is_asked_about_once(
    client: Visitor, story: Story, asked: UUID, act: str, button: str
) -> None:
    typed = (
        {**NAMED, "email": "nora@gmial.com"} if act == "replace" else {"email": "nora@gmial.com"}
    )
    with unchanged(story.house.database):
        question = press(client, client.get(act_of(story, asked, act)), button, typed)
    assert question.status_code == 422
    assert near_field(question, "email")[0] == SLIP
    with unchanged(story.house.database):
        other = press(client, question, button, {**typed, "email": "nora@gmial.con"})
    assert other.status_code == 422
    follow(client, press(client, question, button, typed))
    assert "nora@gmial.com" in {r.referee_email for r in story.application(asked).requests}


def test_the_correction_of_a_slip_is_taken(client: Visitor, story: Story, asked: UUID) -> None:
    path = f"{status_of(story, asked)}/referees/new"
    question = press(client, client.get(path), NAME, {**NAMED, "email": "nora@gmial.com"})
    assert near_field(question, "email")[0] == SLIP
    follow(client, press(client, question, NAME, {**NAMED, "email": "nora@gmail.com"}))
    assert story.application(asked).requests[-1].referee_email == "nora@gmail.com"
