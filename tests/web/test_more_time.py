"""More time for one letter: the referee asks, a coordinator answers with one click."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from letters.domain.journal import MessageKind
from letters.house import House
from letters.services import administering
from tests.support.clock import TestClock
from tests.support.markup import elements, parse
from tests.support.people import DUE, FELLOWSHIP, GRACE_HOURS, INTERNSHIP, OPERATOR, Story, tell
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    csrf_token,
    follow,
    form_labels,
    heading,
    lead,
    links_of,
    mails_owed,
    near_field,
    on_sqlite,
    press,
    sign_in_again,
    text_of_section,
)

CLOSED = DUE + timedelta(hours=GRACE_HOURS, seconds=1)
TITLE = "More time for the letter for Mira Lindqvist?"
ASK = "Ask for more time"
ONE_WEEK, TWO_WEEKS, NO = "Give one week more", "Give two weeks more", "The date stands"
NOTE = "By the 20th of April,\r\nafter my travels."
HINT = "Only the coordinators of the program read it, never the applicant."


def _ask(client: Visitor, story: Story, asked: UUID, note: str = "") -> TestResponse:
    page = client.get(f"/letter/{story.upload_token(asked)}/more-time")
    return press(client, page, ASK, {"note": note})


def _application(cora: Visitor, asked: UUID) -> TestResponse:
    return cora.get(f"/coordinate/applications/{asked}")


# --- asking -----------------------------------------------------------------------------------


def test_asking_takes_one_button_and_a_word_if_they_like(
    client: Visitor, cora: Visitor, story: Story, asked: UUID
) -> None:
    token = story.upload_token(asked)
    path = links_of(client.get(f"/letter/{token}"))["I need more time"]
    page = client.get(path)
    assert (heading(page), lead(page)) == (
        TITLE,
        (
            "The coordinators of the program decide, and the answer comes by mail. "
            "Your link keeps working."
        ),
    )
    assert near_field(page, "note") == [HINT]
    answer = press(client, page, ASK, {"note": NOTE})
    assert answer.location == f"/letter/{token}"
    assert (
        "You asked for more time on 1 February 2027, 10:00. The answer comes by mail; until then "
        "the date below stands." in content(follow(client, answer))
    )
    assert mails_owed(story.house).count(MessageKind.MORE_TIME_ASKED) == 1
    seen = text_of_section(_application(cora, asked), "referees")
    assert (
        "Prof. Ada Ferreira asked for more time on 1 February 2027, 10:00. "
        "“By the 20th of April, after my travels.” Give one week more" in seen
    )
    assert "travels" not in client.get(f"/application/{story.status_token(asked)}").text


@on_sqlite
def test_asking_twice_keeps_the_first(client: Visitor, story: Story, asked: UUID) -> None:
    page = client.get(f"/letter/{story.upload_token(asked)}/more-time")
    press(client, page, ASK, {"note": "First"})
    with unchanged(story.house.database):
        assert press(client, page, ASK, {"note": "Second"}).status_code == 303
        again = client.get(f"/letter/{story.upload_token(asked)}/more-time")
    assert "You asked on 1 February 2027, 10:00. The answer is still to come." in content(again)
    assert form_labels(again) == []


@on_sqlite
def test_a_note_that_cannot_be_kept_is_given_back_with_what_to_do(
    client: Visitor, story: Story, asked: UUID, subtests: pytest.Subtests
) -> None:
    for note, problem in (
        ("long " * 401, "Use at most 2000 characters."),
        ("a bell \x07", "Remove the invisible characters, please."),
        ("a NUL \x00", "Remove the invisible characters, please."),
    ):
        with subtests.test(note[:9]), unchanged(story.house.database):
            answer = _ask(client, story, asked, note)
            assert (answer.status_code, heading(answer)) == (422, TITLE)
            assert near_field(answer, "note") == [problem, HINT]
            root, _ = parse(answer.text)
            field = next(elements(root, "textarea"))
            assert field.get("aria-invalid") == "true"
            assert (field.text or "").strip() == note.rstrip("\x00\x07 ")


@on_sqlite
def test_where_nothing_is_awaited_there_is_nothing_to_ask_for(
    client: Visitor, story: Story, asked: UUID, subtests: pytest.Subtests
) -> None:
    needless = "More time is not needed here: nothing is waiting for this letter."
    over = "This letter is no longer needed. Thank you; there is nothing for you to do."
    early = "This letter has not been requested yet. Nothing is needed from you now."
    page = client.get(f"/letter/{story.upload_token(asked)}/more-time")
    form_token = csrf_token(page)
    states: dict[str, tuple[Callable[[UUID], None], int, str]] = {
        "received": (lambda one: scenes.letter_in(story, one), 409, needless),
        "declined": (lambda one: scenes.decline(story, one), 409, needless),
        "cancelled": (lambda one: scenes.cancel(story, one), 410, over),
        "withdrawn": (lambda one: scenes.withdraw(story, one), 410, over),
    }
    for name, (reach, status, sentence) in states.items():
        one = scenes.requested(story)
        reach(one)
        with subtests.test(name):
            _refused(client, story, one, form_token, (status, sentence))
    with subtests.test("named"):
        _refused(client, story, story.apply(), form_token, (409, early))


def _refused(
    client: Visitor, story: Story, asked: UUID, form_token: str, expected: tuple[int, str]
) -> None:
    path = f"/letter/{story.upload_token(asked)}/more-time"
    status, sentence = expected
    with unchanged(story.house.database):
        for answer in (client.get(path), client.post(path, data={"csrf_token": form_token})):
            assert (answer.status_code, sentence in content(answer)) == (status, True)


@on_sqlite
def test_looking_and_links_that_do_not_work_change_nothing(
    client: Visitor, story: Story, asked: UUID
) -> None:
    token = story.upload_token(asked)
    form_token = csrf_token(client.get(f"/letter/{token}"))
    with unchanged(story.house.database):
        for method in ("GET", "HEAD"):
            assert client.open(f"/letter/{token}/more-time", method=method).status_code == 200
        for wrong in ("made-up", story.notice_token(asked)):
            path = f"/letter/{wrong}/more-time"
            assert client.get(path).status_code == 404
            assert client.post(path, data={"csrf_token": form_token}).status_code == 404


# --- answering --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("button", "date"),
    [
        (ONE_WEEK, "Thursday, 8 April 2027, 23:59 (Zurich Time, UTC+2)"),
        (TWO_WEEKS, "Thursday, 15 April 2027, 23:59 (Zurich Time, UTC+2)"),
    ],
)
def test_one_click_gives_more_time(
    client: Visitor, cora: Visitor, story: Story, asked: UUID, button: str, date: str
) -> None:
    _ask(client, story, asked, NOTE)
    after = follow(cora, press(cora, _application(cora, asked), button))
    assert f"Own due date: {date}" in text_of_section(after, "referees")
    assert "More time for Prof. Ada Ferreira (you)" in text_of_section(after, "happened")
    assert (ONE_WEEK in form_labels(after), "travels" in content(after)) == (False, False)
    assert mails_owed(story.house).count(MessageKind.MORE_TIME_ANSWERED) == 1
    page = client.get(f"/letter/{story.upload_token(asked)}")
    assert f"It is due on {date}." in content(page)
    assert "You asked for more time" not in content(page)
    other = client.get(f"/letter/{story.upload_token(asked, 2)}")
    assert "It is due on Thursday, 1 April 2027, 23:59" in content(other)


def test_one_click_says_that_the_date_stands(
    client: Visitor, cora: Visitor, story: Story, asked: UUID
) -> None:
    _ask(client, story, asked)
    opened = _application(cora, asked)
    after = follow(cora, press(cora, opened, NO))
    assert NO not in form_labels(after)
    assert "No more time for Prof. Ada Ferreira (you)" in text_of_section(after, "happened")
    assert story.application(asked).requests[0].extended_due_at is None
    assert mails_owed(story.house).count(MessageKind.MORE_TIME_ANSWERED) == 1
    page = client.get(f"/letter/{story.upload_token(asked)}")
    assert "It is due on Thursday, 1 April 2027, 23:59" in content(page)
    assert "I need more time" in links_of(page)
    with unchanged(story.house.database):
        again = press(cora, opened, NO)
    assert (again.status_code, heading(again)) == (409, "Not possible now")


@on_sqlite
@pytest.mark.parametrize(
    ("due_at", "date"),
    [
        (
            datetime(2027, 3, 26, 22, 59, tzinfo=UTC),
            "Friday, 2 April 2027, 23:59 (Zurich Time, UTC+2)",
        ),
        (
            datetime(2027, 10, 29, 21, 59, tzinfo=UTC),
            "Friday, 5 November 2027, 23:59 (Zurich Time, UTC+1)",
        ),
    ],
    ids=["spring", "autumn"],
)
def test_a_week_is_a_week_of_the_program_s_calendar_when_clocks_change(
    client: Visitor, house: House, sign_in: Callable[[str], Visitor], due_at: datetime, date: str
) -> None:
    story = tell(house, replace(INTERNSHIP, due_at=due_at))
    story.add_coordinator()
    cora = sign_in("cora@alpine.example.org")
    asked = scenes.requested(story)
    _ask(client, story, asked)
    press(cora, _application(cora, asked), ONE_WEEK)
    assert f"It is due on {date}." in content(client.get(f"/letter/{story.upload_token(asked)}"))


@on_sqlite
def test_when_it_is_over_the_same_link_opens_again(
    client: Visitor, cora: Visitor, story: Story, asked: UUID, clock: TestClock
) -> None:
    clock.set(CLOSED)
    sign_in_again(cora, story.house)
    token = story.upload_token(asked)
    closed = client.get(f"/letter/{token}")
    assert links_of(closed)[ASK] == f"/letter/{token}/more-time"
    waiting = follow(client, _ask(client, story, asked))
    assert "You asked for more time on 3 April 2027, 23:59. The answer comes by mail, and" in (
        content(waiting)
    )
    assert ASK not in links_of(waiting)
    press(cora, _application(cora, asked), ONE_WEEK)
    page = client.get(f"/letter/{token}")
    assert form_labels(page) == ["Send the letter"]
    assert "It is due on Saturday, 10 April 2027, 23:59 (Zurich Time, UTC+2)." in content(page)


@on_sqlite
def test_a_letter_that_comes_in_answers_the_question(
    client: Visitor, cora: Visitor, story: Story, asked: UUID
) -> None:
    _ask(client, story, asked)
    opened = _application(cora, asked)
    scenes.letter_in(story, asked)
    with unchanged(story.house.database):
        for button in (ONE_WEEK, TWO_WEEKS, NO):
            answer = press(cora, opened, button)
            assert (answer.status_code, heading(answer)) == (409, "Not possible now")
    assert ONE_WEEK not in form_labels(_application(cora, asked))


@on_sqlite
def test_days_that_the_page_does_not_offer_give_no_time(
    client: Visitor, cora: Visitor, story: Story, asked: UUID, subtests: pytest.Subtests
) -> None:
    _ask(client, story, asked)
    token = csrf_token(_application(cora, asked))
    path = f"/coordinate/requests/{story.application(asked).requests[0].id}/extend"
    for days in ("0", "-7", "-99999999999999999999", "", "seven", "7.5", "9" * 5000, None):
        data = {"csrf_token": token} | ({} if days is None else {"days": days})
        with subtests.test(str(days)[:9]), unchanged(story.house.database):
            answer = cora.post(path, data=data)
            assert (answer.status_code, heading(answer)) == (409, "Not possible now")
            assert (
                "Choose a date that is later than the present due date, within a year."
                in content(answer)
            )


@on_sqlite
def test_one_click_gives_ninety_days_at_most(cora: Visitor, story: Story, asked: UUID) -> None:
    token = csrf_token(_application(cora, asked))
    path = f"/coordinate/requests/{story.application(asked).requests[0].id}/extend"
    cora.post(path, data={"csrf_token": token, "days": "5000"})
    after = text_of_section(_application(cora, asked), "referees")
    assert "Own due date: Wednesday, 30 June 2027, 23:59 (Zurich Time, UTC+2)" in after


def test_whoever_runs_another_program_answers_nothing(
    client: Visitor, story: Story, asked: UUID, sign_in: Callable[[str], Visitor]
) -> None:
    stranger = "stan@lakeside.example.edu"
    with story.house.works.change(OPERATOR) as work:
        administering.create_program(work, FELLOWSHIP)
        administering.add_coordinator(work, stranger, "Stan", [FELLOWSHIP.slug])
    stan = sign_in(stranger)
    _ask(client, story, asked)
    data = {"csrf_token": csrf_token(stan.get("/coordinate/")), "days": "7", "version": "1"}
    request = story.application(asked).requests[0]
    with unchanged(story.house.database):
        for action in ("extend", "no-more-time", "release", "letter"):
            answer = stan.post(f"/coordinate/requests/{request.id}/{action}", data=data)
            assert (answer.status_code, heading(answer)) == (403, "No access")
            assert "Mira" not in answer.text
