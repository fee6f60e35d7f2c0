"""The pages of what coordinators do about a referee or an application, and of notes."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import update

from letters.domain.roles import Role
from letters.records import Program
from letters.services import administering
from tests.services import letter_acts
from tests.support.people import OPERATOR, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    follow,
    form_labels,
    heading,
    links_of,
    on_sqlite,
    press,
    text_of_section,
)

ADA = "Prof. Ada Ferreira"


def _page(application_id: UUID) -> str:
    return f"/coordinate/applications/{application_id}"


def _open(visitor: Visitor, application_id: UUID, link: str) -> str:
    """Follow the one link of an application's page that is called so."""
    return links_of(visitor.get(_page(application_id)))[link]


def test_a_request_is_cancelled_with_a_reason_and_taken_back(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    page = cora.get(_open(cora, asked, f"Cancel the request of {ADA}"))
    assert heading(page) == f"Cancel the request to {ADA}"
    assert "is told by mail that nothing more is needed" in content(page)
    with unchanged(story.house.database):
        again = press(cora, page, "Cancel the request", {"reason": " "})
    assert again.status_code == 422
    assert "Say why, in a sentence: colleagues read it later." in content(again)
    done = follow(cora, press(cora, again, "Cancel the request", {"reason": "<b>On leave.</b>"}))
    assert done.request.path == _page(asked)
    assert f"Nothing more is asked of {ADA} (you)" in text_of_section(done, "happened")
    assert "“<b>On leave.</b>”" in text_of_section(done, "happened")
    back = cora.get(links_of(done)[f"Undo the end of {ADA}"])
    assert "is mailed the request for the letter again" in content(back)
    done = follow(cora, press(cora, back, "Take it back"))
    assert f"The end for {ADA} taken back (you)" in text_of_section(done, "happened")


def test_a_letter_is_returned_with_words_for_the_referee(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    scenes.letter_in(story, asked)
    page = cora.get(_open(cora, asked, f"Return the letter of {ADA}"))
    assert heading(page) == f"Return the letter of {ADA}"
    assert "What the referee reads: what is wrong with the letter" in content(page)
    words = {"reason": "It is about somebody else."}
    done = follow(cora, press(cora, page, "Return the letter", words))
    assert f"Letter returned to {ADA} on its way" in text_of_section(done, "mails")
    assert "requested" in text_of_section(done, "referees")


@on_sqlite
def test_a_return_is_taken_back(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    scenes.letter_in(story, asked)
    page = cora.get(_open(cora, asked, f"Return the letter of {ADA}"))
    words = {"reason": "It is about somebody else."}
    done = follow(cora, press(cora, page, "Return the letter", words))
    assert "letter returned 1 February 2027, 10:00" in text_of_section(done, "referees")
    back = cora.get(links_of(done)[f"Undo the return of {ADA}"])
    assert heading(back) == f"Keep the letter of {ADA} after all"
    done = follow(cora, press(cora, back, "Keep the letter"))
    assert f"{ADA} received" in text_of_section(done, "referees")
    assert f"Return to {ADA} taken back" in text_of_section(done, "happened")


@on_sqlite
def test_who_declined_is_asked_again(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    scenes.decline(story, asked, 1)
    page = cora.get(_open(cora, asked, f"Request the letter again of {ADA}"))
    assert heading(page) == f"Request the letter of {ADA}"
    assert f"{ADA} declined. One mail goes to ada.ferreira@example.edu" in content(page)
    done = follow(cora, press(cora, page, "Request the letter"))
    assert f"{ADA} requested" in text_of_section(done, "referees")


def test_whoever_is_left_is_released(cora: Visitor, story: Story) -> None:
    application_id = letter_acts.enough(story)
    page = cora.get(_open(cora, application_id, "Release whoever is left"))
    assert "their links take nothing any more" in content(page)
    done = follow(cora, press(cora, page, "Release them"))
    assert "released, since enough letters are in" in text_of_section(done, "happened")


@on_sqlite
def test_an_application_is_withdrawn_for_a_reason(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    page = cora.get(_open(cora, asked, "Withdraw the application"))
    assert "This cannot be taken back." in content(page)
    assert press(cora, page, "Withdraw it").status_code == 422
    done = follow(cora, press(cora, page, "Withdraw it", {"reason": "He wrote to us."}))
    assert "Application withdrawn (you)" in text_of_section(done, "happened")


@on_sqlite
def test_the_button_pressed_twice_does_it_once(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    page = cora.get(_open(cora, asked, f"Cancel the request of {ADA}"))
    reason = {"reason": "On leave."}
    assert press(cora, page, "Cancel the request", reason).status_code == 303
    with unchanged(story.house.database):
        second = press(cora, page, "Cancel the request", reason)
    assert (second.status_code, heading(second)) == (409, "Not possible now")


@on_sqlite
def test_an_act_that_is_not_possible_says_so_before_anything_is_typed(
    cora: Visitor, story: Story
) -> None:
    asked = scenes.requested(story)
    request_id = story.application(asked).requests[0].id
    page = cora.get(f"/coordinate/requests/{request_id}/return")
    assert (page.status_code, heading(page)) == (409, "Not possible now")
    assert "There is no letter of this referee to return" in content(page)


# --- notes ------------------------------------------------------------------------------------


def test_a_note_is_left_and_removed(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    note = {"note": "Ask the <committee> first."}
    done = follow(cora, press(cora, cora.get(_page(asked)), "Leave the note", note))
    notes = text_of_section(done, "notes")
    assert "Ask the <committee> first. Cora, 1 February 2027, 10:00" in notes
    gone = follow(cora, press(cora, done, "Remove the note of 1 February 2027, 10:00"))
    assert "committee" not in gone.text


@on_sqlite
def test_a_note_that_is_too_long_is_not_lost(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    with unchanged(story.house.database):
        page = press(cora, cora.get(_page(asked)), "Leave the note", {"note": "x" * 1001})
    assert (page.status_code, heading(page)) == (422, "The note was not left")
    assert "Use at most 1000 characters." in content(page)
    assert "x" * 1001 in page.text


# --- who sees what ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "notes", "acts"), [(Role.VIEWER, False, False), (Role.READER, True, False)]
)
def test_buttons_and_notes_are_shown_to_those_who_may(
    story: Story,
    sign_in: Callable[[str], Visitor],
    cora: Visitor,
    *,
    role: Role,
    notes: bool,
    acts: bool,
) -> None:
    asked = scenes.requested(story)
    press(cora, cora.get(_page(asked)), "Leave the note", {"note": "For readers."})
    email = "noor@alpine.example.org"
    with story.house.works.change(OPERATOR) as work:
        administering.add_coordinator(work, email, "Noor", [story.slug], role=role)
    page = sign_in(email).get(_page(asked))
    assert ("For readers." in page.text) is notes
    assert ("Leave the note" in form_labels(page)) is notes
    assert (f"Cancel the request of {ADA}" in links_of(page)) is acts
    assert ("Withdraw the application" in links_of(page)) is acts


@on_sqlite
def test_in_the_archive_nothing_is_done(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    path = _open(cora, asked, f"Cancel the request of {ADA}")
    page = cora.get(path)
    with story.house.works.change(OPERATOR) as work:
        work.session.execute(update(Program).values(archived_at=work.now))
    with unchanged(story.house.database):
        refused = press(cora, page, "Cancel the request", {"reason": "On leave."})
    assert refused.status_code == 409
    assert f"Cancel the request of {ADA}" not in links_of(cora.get(_page(asked)))
