"""Declining through the upload link, and taking it back."""

from datetime import timedelta
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from letters.domain.status import RequestStatus
from tests.support.clock import TestClock
from tests.support.markup import elements, parse
from tests.support.people import DUE, GRACE_HOURS, INTERNSHIP, START, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    csrf_token,
    follow,
    form_labels,
    heading,
    links_of,
    near_field,
    on_sqlite,
    press,
)

CLOSED = DUE + timedelta(hours=GRACE_HOURS, seconds=1)
REASON = "I am on leave until May.\r\nSorry!"
HINT = "Only the coordinators of the program read it, never the applicant."


def _decline(client: Visitor, token: str, reason: str = "") -> TestResponse:
    page = client.get(f"/letter/{token}/decline")
    return press(client, page, "Decline", {"reason": reason})


def test_declining_takes_one_button_and_a_reason_if_they_like(
    client: Visitor, story: Story, asked: UUID
) -> None:
    token = story.upload_token(asked)
    answer = _decline(client, token, REASON)
    assert (answer.status_code, answer.location) == (303, f"/letter/{token}")
    request = story.application(asked).requests[0]
    assert (request.status, request.declined_at, request.decline_reason) == (
        RequestStatus.DECLINED,
        START,
        "I am on leave until May.\nSorry!",
    )
    assert form_labels(follow(client, answer)) == ["I can write after all"]


@on_sqlite
def test_the_page_asks_kindly_and_says_who_reads_the_reason(
    client: Visitor, story: Story, asked: UUID
) -> None:
    token = story.upload_token(asked)
    page = client.get(f"/letter/{token}/decline")
    assert heading(page) == "Decline to write for Mira Lindqvist?"
    assert (
        "That is quite all right, and better said than left open. Mira Lindqvist sees that you "
        "declined and can name somebody else." in content(page)
    )
    assert near_field(page, "reason") == [HINT]
    assert form_labels(page) == ["Decline"]


@on_sqlite
def test_without_a_reason_it_is_declined_too(client: Visitor, story: Story, asked: UUID) -> None:
    assert _decline(client, story.upload_token(asked)).status_code == 303
    request = story.application(asked).requests[0]
    assert (request.status, request.decline_reason) == (RequestStatus.DECLINED, None)


@pytest.mark.parametrize(
    ("reason", "problem"),
    [
        ("long " * 401, "Use at most 2000 characters."),
        ("a bell \x07", "Remove the invisible characters, please."),
        ("a NUL \x00", "Remove the invisible characters, please."),
    ],
    ids=["too long", "a bell", "a NUL"],
)
def test_a_reason_that_cannot_be_kept_is_given_back_with_what_to_do(
    client: Visitor, story: Story, asked: UUID, reason: str, problem: str
) -> None:
    with unchanged(story.house.database):
        answer = _decline(client, story.upload_token(asked), reason)
    assert answer.status_code == 422
    assert heading(answer) == "Decline to write for Mira Lindqvist?"
    assert near_field(answer, "reason") == [problem, HINT]
    root, _ = parse(answer.text)
    field = next(elements(root, "textarea"))
    assert field.get("aria-invalid") == "true"
    visible = "".join(c for c in reason if c.isprintable())
    assert (field.text or "").strip() == visible.strip()


@on_sqlite
def test_a_reason_of_just_the_longest_is_kept(client: Visitor, story: Story, asked: UUID) -> None:
    assert _decline(client, story.upload_token(asked), "r" * 2000).status_code == 303
    assert story.application(asked).requests[0].decline_reason == "r" * 2000


# --- when declining is not possible -----------------------------------------------------------


def _both_ways(client: Visitor, story: Story, asked: UUID) -> list[tuple[int, str, str]]:
    """Return what opening the page gets, and what a form gets that was opened in time."""
    in_time = client.get(f"/letter/{story.upload_token(asked, 2)}/decline")
    token = story.upload_token(asked)
    data = {"csrf_token": csrf_token(in_time), "reason": "Too late"}
    with unchanged(story.house.database):
        opened = client.get(f"/letter/{token}/decline")
        sent = client.post(f"/letter/{token}/decline", data=data)
    return [(a.status_code, heading(a), content(a)) for a in (opened, sent)]


def _refused(
    client: Visitor, story: Story, asked: UUID, status: int, title: str, sentence: str
) -> None:
    for got_status, got_title, read in _both_ways(client, story, asked):
        assert (got_status, got_title) == (status, title)
        assert sentence in read


def test_a_letter_that_is_in_is_not_declined(client: Visitor, story: Story, asked: UUID) -> None:
    scenes.letter_in(story, asked)
    sentence = (
        "This request can no longer be declined: a letter is in, or it is over. "
        "Back to the page of this letter"
    )
    _refused(client, story, asked, 409, "Not possible now", sentence)
    path = f"/letter/{story.upload_token(asked)}"
    links = links_of(client.get(f"{path}/decline"))
    assert links["Back to the page of this letter"] == path


@on_sqlite
def test_who_has_declined_is_told_so_and_declines_but_once(
    client: Visitor, story: Story, asked: UUID, clock: TestClock
) -> None:
    token = story.upload_token(asked)
    asking = client.get(f"/letter/{token}/decline")
    press(client, asking, "Decline", {"reason": REASON})
    clock.advance(timedelta(days=1))
    with unchanged(story.house.database):
        answers = [
            press(client, asking, "Decline", {"reason": "Another reason"}),
            client.get(f"/letter/{token}/decline"),
        ]
    for answer in answers:
        assert answer.location == f"/letter/{token}"
        assert "You declined on 1 February 2027, 10:00." in content(follow(client, answer))


@on_sqlite
def test_who_declined_is_told_so_after_the_close_too(
    client: Visitor, story: Story, asked: UUID, clock: TestClock
) -> None:
    scenes.decline(story, asked)
    clock.set(CLOSED)
    answer = client.get(f"/letter/{story.upload_token(asked)}/decline")
    assert "You declined on 1 February 2027, 10:00, and the time" in content(follow(client, answer))


@on_sqlite
def test_a_cancelled_request_is_not_declined(client: Visitor, story: Story, asked: UUID) -> None:
    scenes.cancel(story, asked)
    sentence = "This letter is no longer needed. Thank you; there is nothing for you to do."
    _refused(client, story, asked, 410, "No longer needed", sentence)


@on_sqlite
def test_after_the_close_nothing_is_declined(
    client: Visitor, story: Story, asked: UUID, clock: TestClock
) -> None:
    scenes.extend(story, asked, 2, CLOSED + timedelta(days=9))
    clock.set(CLOSED)
    sentence = (
        "The time for this letter is over, so nothing was changed, and nothing more is needed from "
        "you. Can you write it all the same? "
        f"Write to {INTERNSHIP.contact_email}; they can extend the date"
    )
    _refused(client, story, asked, 410, "The time is over", sentence)


@on_sqlite
def test_before_the_request_there_is_nothing_to_decline(client: Visitor, story: Story) -> None:
    named = story.apply()
    answer = client.get(f"/letter/{story.upload_token(named)}/decline")
    assert (answer.status_code, heading(answer)) == (409, "Not possible now")
    assert "This letter has not been requested yet. Nothing is needed from you now." in content(
        answer
    )


# --- taking it back ---------------------------------------------------------------------------


def test_a_decline_can_be_taken_back(client: Visitor, story: Story, asked: UUID) -> None:
    token = story.upload_token(asked)
    declined = follow(client, _decline(client, token, REASON))
    answer = press(client, declined, "I can write after all")
    assert (answer.status_code, answer.location) == (303, f"/letter/{token}")
    assert form_labels(follow(client, answer)) == ["Send the letter"]
    request = story.application(asked).requests[0]
    assert (request.status, request.declined_at, request.decline_reason) == (
        RequestStatus.REQUESTED,
        None,
        None,
    )


@on_sqlite
def test_taking_back_twice_is_as_good_as_once(client: Visitor, story: Story, asked: UUID) -> None:
    declined = follow(client, _decline(client, story.upload_token(asked)))
    press(client, declined, "I can write after all")
    with unchanged(story.house.database):
        answer = press(client, declined, "I can write after all")
    assert form_labels(follow(client, answer)) == ["Send the letter"]


@on_sqlite
def test_with_a_letter_in_there_is_nothing_to_take_back(
    client: Visitor, story: Story, asked: UUID
) -> None:
    declined = follow(client, _decline(client, story.upload_token(asked)))
    press(client, declined, "I can write after all")
    scenes.letter_in(story, asked)
    with unchanged(story.house.database):
        answer = press(client, declined, "I can write after all")
    assert (answer.status_code, heading(answer)) == (409, "Not possible now")


@on_sqlite
def test_after_the_close_a_decline_stays(
    client: Visitor, story: Story, asked: UUID, clock: TestClock
) -> None:
    declined = follow(client, _decline(client, story.upload_token(asked)))
    clock.set(CLOSED)
    with unchanged(story.house.database):
        answer = press(client, declined, "I can write after all")
    assert (answer.status_code, heading(answer)) == (410, "The time is over")
