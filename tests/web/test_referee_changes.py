"""What coordinators change about a referee: the address, the person, the date."""

from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from letters.domain.journal import MessageKind
from letters.records import LetterRequest
from tests.services.scenes import CLOSES, Postbox, deliver_to, outbox
from tests.support.clock import TestClock
from tests.support.people import A_DAY, MIRA, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    follow,
    heading,
    lead,
    links_of,
    near_field,
    on_sqlite,
    press,
    sign_in_again,
    text_of_section,
)

ADA = "Prof. Ada Ferreira"
ADDRESS = f"Correct the address of {ADA}"
REPLACE = f"Name somebody else in place of {ADA}"
DUE = f"Give more time to {ADA}"
ADD = "Add another referee"
NEW = {"name": "Dr. Elif Kaya", "email": "e.kaya@example.org"}


def _page(application_id: UUID) -> str:
    return f"/coordinate/applications/{application_id}"


def _open(visitor: Visitor, application_id: UUID, link: str) -> TestResponse:
    return visitor.get(links_of(visitor.get(_page(application_id)))[link])


def _requests(story: Story, application_id: UUID) -> list[LetterRequest]:
    return list(story.application(application_id).requests)


def _mailed(story: Story, kind: MessageKind) -> list[str]:
    deliver_to(story.house, Postbox())
    return [row.sent_to for row in outbox(story.house, kind) if row.sent_to]


# --- the address ------------------------------------------------------------------------------


def test_a_corrected_address_gets_the_request_at_once(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    page = _open(cora, asked, ADDRESS)
    assert lead(page).startswith("Now it is ada.ferreira@example.edu. The request for the letter")
    typed = {"email": "ada@new.example.edu", "reason": "She moved."}
    done = follow(cora, press(cora, page, "Use this address", typed))
    told = text_of_section(done, "happened")
    assert f"Address of {ADA} corrected (you), 1 February 2027, 10:00 “She moved.”" in told
    assert "ada@new.example.edu" in _mailed(story, MessageKind.LETTER_REQUEST)


@on_sqlite
@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("", "Fill this in"),
        (MIRA.applicant_email, "This is the applicant's own address."),
        ("b.dewit@example.org", "One of the referees is reached there already."),
        ("ada.ferreira@example.edu", "That is the address we have on file already."),
    ],
)
def test_an_address_that_cannot_be_is_refused(
    cora: Visitor, story: Story, email: str, said: str
) -> None:
    asked = scenes.requested(story)
    page = _open(cora, asked, ADDRESS)
    with unchanged(story.house.database):
        again = press(cora, page, "Use this address", {"email": email, "reason": "Kept."})
    assert again.status_code == 422
    if email:
        assert near_field(again, "email")[0].startswith(said)
    assert "Kept." in again.text


@on_sqlite
def test_a_likely_slip_is_asked_about_once(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    typed = {"email": "ada@gmial.com"}
    again = press(cora, _open(cora, asked, ADDRESS), "Use this address", typed)
    assert "Did you mean ada@gmail.com?" in content(again)
    assert press(cora, again, "Use this address").status_code == 303
    assert _requests(story, asked)[0].referee_email == "ada@gmial.com"


@on_sqlite
def test_coordinators_correct_as_often_as_it_takes(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    for number in range(7):
        typed = {"email": f"ada.{number}@example.edu"}
        page = _open(cora, asked, ADDRESS)
        assert press(cora, page, "Use this address", typed).status_code == 303
    assert _requests(story, asked)[0].referee_email == "ada.6@example.edu"


# --- the person -------------------------------------------------------------------------------


def test_somebody_else_is_named_and_asked_and_the_former_one_told(
    cora: Visitor, story: Story
) -> None:
    asked = scenes.requested(story)
    deliver_to(story.house, Postbox())
    page = _open(cora, asked, REPLACE)
    assert heading(page) == f"Somebody else in place of {ADA}"
    assert "is told by mail that nothing more is needed" in lead(page)
    assert "The new referee is asked for the letter at once" in content(page)
    done = follow(cora, press(cora, page, "Name this referee", NEW))
    assert f"Somebody else named in place of {ADA} (you)" in text_of_section(done, "happened")
    assert "e.kaya@example.org" in _mailed(story, MessageKind.LETTER_REQUEST)
    assert _mailed(story, MessageKind.REQUEST_CANCELLED) == ["ada.ferreira@example.edu"]
    assert REPLACE not in links_of(done)


def test_one_referee_more_is_named(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    page = _open(cora, asked, ADD)
    with unchanged(story.house.database):
        again = press(cora, page, "Name this referee", {**NEW, "name": ""})
    assert again.status_code == 422
    assert near_field(again, "name") == ["Fill this in, please."]
    done = follow(cora, press(cora, again, "Name this referee", NEW))
    assert "Dr. Elif Kaya named as a referee (you)" in text_of_section(done, "happened")
    assert len(_requests(story, asked)) == 3


@on_sqlite
def test_no_more_referees_than_the_program_takes(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    page = _open(cora, asked, ADD)
    for number in range(2):
        new = {"name": f"Dr. No. {number}", "email": f"no.{number}@example.org"}
        assert press(cora, page, "Name this referee", new).status_code == 303
    assert ADD not in links_of(cora.get(_page(asked)))
    with unchanged(story.house.database):
        assert press(cora, page, "Name this referee", NEW).status_code == 409


@on_sqlite
def test_who_changes_what_is_over_is_led_back_to_see_where_it_stands(
    cora: Visitor, story: Story
) -> None:
    asked = scenes.requested(story)
    scenes.letter_in(story, asked)
    request_id = _requests(story, asked)[0].id
    for change in ("address", "replace"):
        refused = cora.get(f"/coordinate/requests/{request_id}/{change}")
        assert (refused.status_code, "status page" in content(refused)) == (409, False)
        assert lead(refused).endswith("Go back and look where things stand.")
        assert links_of(refused)["Back to the application"] == _page(asked)


# --- the date ---------------------------------------------------------------------------------


def test_one_referee_is_given_until_another_day(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    page = _open(cora, asked, DUE)
    assert "Nobody else's date moves." in lead(page)
    done = follow(cora, press(cora, page, "Give this time", {"until": "2027-04-15"}))
    referees = text_of_section(done, "referees")
    assert "Own due date: Thursday, 15 April 2027, 23:59 (Zurich Time, UTC+2)" in referees
    assert _mailed(story, MessageKind.MORE_TIME_ANSWERED) == ["ada.ferreira@example.edu"]
    assert _requests(story, asked)[1].extended_due_at is None


@on_sqlite
@pytest.mark.parametrize("until", ["", "soon", "2027-04-01", "2020-01-01", "2040-01-01"])
def test_a_day_that_gives_no_time_is_refused(cora: Visitor, story: Story, until: str) -> None:
    asked = scenes.requested(story)
    page = _open(cora, asked, DUE)
    with unchanged(story.house.database):
        again = press(cora, page, "Give this time", {"until": until})
    assert again.status_code == 422
    assert near_field(again, "until") != []


@on_sqlite
def test_after_the_close_a_date_opens_the_link_again(
    cora: Visitor, story: Story, clock: TestClock
) -> None:
    asked = scenes.requested(story)
    clock.set(CLOSES + A_DAY)
    sign_in_again(cora, story.house)
    links = links_of(cora.get(_page(asked)))
    assert (ADDRESS in links, REPLACE in links, ADD in links) == (False, False, False)
    page = cora.get(links[DUE])
    assert press(cora, page, "Give this time", {"until": "2027-04-20"}).status_code == 303
    upload = cora.get(f"/letter/{story.upload_token(asked, 1)}")
    assert upload.status_code == 200
