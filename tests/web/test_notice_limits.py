"""When the page of an advance notice takes no answer any more, and from whom it never does."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from letters.domain.journal import MessageKind
from letters.domain.policy import RequestPolicy
from letters.house import House
from letters.services import applying, requesting
from tests.support.clock import TestClock
from tests.support.markup import elements, parse
from tests.support.people import API, DUE, GRACE_HOURS, INTERNSHIP, MIRA, Story, tell
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    assert_words,
    content,
    csrf_token,
    form_labels,
    heading,
    mails_owed,
    on_sqlite,
    press,
)

CLOSED = DUE + timedelta(hours=GRACE_HOURS, seconds=1)
TITLE = "Advance notice: a letter for Mira Lindqvist"
YES = "I can write"
NO, ADDRESS = "I cannot write this letter", "Use this address"
NEW_ADDRESS = "ada@college.example.edu"


def _page(client: Visitor, story: Story, alerted: UUID) -> TestResponse:
    page = client.get(f"/notice/{story.notice_token(alerted)}")
    assert (page.status_code, heading(page)) == (200, TITLE)
    return page


def _below_the_heading(page: TestResponse) -> str:
    return content(page).partition(f"{TITLE} ")[2]


# --- when it is over --------------------------------------------------------------------------


def _answers_of_an_old_page(
    client: Visitor, story: Story, opened: TestResponse
) -> list[TestResponse]:
    """Press everything on a page that was opened in time; nothing may change by it."""
    assert opened.status_code == 200
    with unchanged(story.house.database):
        return [
            press(client, opened, YES),
            press(client, opened, NO, {"reason": "Too late"}),
            press(client, opened, NO, {"reason": "\x00"}),
            press(client, opened, ADDRESS, {"email": NEW_ADDRESS}),
            press(client, opened, ADDRESS, {"email": "nowhere"}),
        ]


def test_once_requested_the_page_says_so_and_mails_the_request_again(
    client: Visitor, story: Story, alerted: UUID
) -> None:
    opened = _page(client, story, alerted)
    with story.house.works.change(API) as work:
        requesting.select(work, alerted)
    for answer in _answers_of_an_old_page(client, story, opened):
        assert_words(
            answer,
            409,
            "Not possible now",
            (
                "The letter has been requested since, so use the link in that mail. "
                "We can mail it to you again."
            ),
            ("Back to the advance notice", opened.request.path),
        )
    page = _page(client, story, alerted)
    assert _below_the_heading(page) == (
        "The letter has been requested since. The mail with the request holds the link to send it. "
        "Is that mail not at hand? We can send it again, to the address we have on file. "
        "Send me the request again"
    )
    assert "/letter/" not in page.text
    owed = mails_owed(story.house).count(MessageKind.LETTER_REQUEST)
    assert heading(press(client, page, "Send me the request again")) == "Look into your mail"
    assert mails_owed(story.house).count(MessageKind.LETTER_REQUEST) == owed + 1


@on_sqlite
@pytest.mark.parametrize("over", ["cancelled", "withdrawn", "closed"])
def test_once_over_there_is_nothing_to_press(
    client: Visitor, story: Story, alerted: UUID, clock: TestClock, over: str
) -> None:
    opened = _page(client, story, alerted)
    needless = "This letter is no longer needed. Thank you; there is nothing for you to do."
    closed = (
        "The time for this letter is over, and it was not requested. There is nothing for you to "
        "do."
    )
    title, sentence = "No longer needed", needless
    if over == "cancelled":
        scenes.cancel(story, alerted)
    elif over == "withdrawn":
        scenes.withdraw(story, alerted)
    else:
        clock.set(CLOSED)
        title = "The time is over"
        sentence = f"Write to {INTERNSHIP.contact_email}"
    for answer in _answers_of_an_old_page(client, story, opened):
        assert (answer.status_code, heading(answer)) == (410, title)
        assert sentence in content(answer)
    page = _page(client, story, alerted)
    assert _below_the_heading(page) == (closed if over == "closed" else needless)
    assert (form_labels(page), "/letter/" in page.text) == ([], False)


@on_sqlite
def test_asking_again_for_what_is_over_mails_nothing_and_says_the_same(
    client: Visitor, story: Story, alerted: UUID
) -> None:
    path = f"/notice/{story.notice_token(alerted)}"
    token = csrf_token(client.get(path))
    scenes.withdraw(story, alerted)
    with unchanged(story.house.database):
        answer = client.post(f"{path}/again", data={"csrf_token": token})
    assert (answer.status_code, heading(answer)) == (200, "Look into your mail")


# --- who else comes here ----------------------------------------------------------------------


@on_sqlite
def test_links_of_another_kind_and_made_up_ones_open_nothing(
    client: Visitor, story: Story, alerted: UUID, subtests: pytest.Subtests
) -> None:
    good = story.notice_token(alerted)
    form_token = csrf_token(client.get(f"/notice/{good}"))
    for token in ("made-up", good[:-1], story.upload_token(alerted), story.status_token(alerted)):
        with subtests.test(token[:9]), unchanged(story.house.database):
            data = {"csrf_token": form_token, "reason": "", "email": NEW_ADDRESS}
            answers = [client.get(f"/notice/{token}"), client.get(f"/notice/{token}/due.ics")]
            for action in ("welcome", "decline", "address", "again"):
                answers.append(client.post(f"/notice/{token}/{action}", data=data))
            for answer in answers:
                assert (answer.status_code, heading(answer)) == (404, "This link does not work")
                assert INTERNSHIP.title not in answer.text


@on_sqlite
def test_without_the_form_s_own_token_nothing_is_taken_down(
    client: Visitor, story: Story, alerted: UUID
) -> None:
    path = f"/notice/{story.notice_token(alerted)}"
    with unchanged(story.house.database):
        for action in ("welcome", "decline", "address", "again"):
            answer = client.post(f"{path}/{action}", data={"email": NEW_ADDRESS})
            assert (answer.status_code, heading(answer)) == (
                400,
                "This page has been open too long",
            )


@on_sqlite
def test_what_people_typed_is_shown_and_never_obeyed(house: House, client: Visitor) -> None:
    trick = '<script src="/x"></script><b onclick="x()">bold</b> & {{ 7 * 7 }} %(name)s'
    story = tell(house, replace(INTERNSHIP, title=f"T {trick}", organization=f"O {trick}"))
    new = replace(MIRA, applicant_name=f"M {trick}")
    page = client.get(f"/notice/{story.notice_token(scenes.alerted(story, new))}")
    assert heading(page) == f"Advance notice: a letter for M {trick}"
    for start in ("T", "O", "M"):
        assert f"{start} {trick}" in content(page)
    again = press(client, page, ADDRESS, {"email": trick})
    root, _ = parse(again.text)
    field = next(e for e in elements(root, "input") if e.get("name") == "email")
    assert field.get("value") == trick


@on_sqlite
def test_a_draft_that_was_alerted_is_asked_on_submission_and_the_page_follows(
    client: Visitor, house: House
) -> None:
    story = tell(house, replace(INTERNSHIP, request_policy=RequestPolicy.AUTOMATIC))
    draft = scenes.alerted(story, submit=False)
    press(client, _page(client, story, draft), YES)
    with house.works.change(API) as work:
        applying.submit(work, draft)
    assert form_labels(_page(client, story, draft)) == ["Send me the request again"]
    assert "Says they can write" in content(client.get(f"/application/{story.status_token(draft)}"))
