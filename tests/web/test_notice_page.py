"""The page of an advance notice: what a referee can say before anything is asked of them."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from letters.domain.journal import MessageKind
from letters.domain.policy import RequestPolicy
from letters.domain.status import RequestStatus
from letters.house import House
from letters.services import requesting
from tests.support.markup import elements, forms, parse
from tests.support.people import API, INTERNSHIP, START, Story, tell
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    follow,
    form_labels,
    heading,
    lead,
    links_of,
    mails_owed,
    near_field,
    on_sqlite,
    press,
    text_of_section,
)

DUE_TEXT = "Thursday, 1 April 2027, 23:59 (Zurich Time, UTC+2)"
TITLE = "Advance notice: a letter for Mira Lindqvist"
REASON = "I am on leave until May.\r\nSorry!"
REASON_HINT = "Only the coordinators of the program read it, never the applicant."
EMAIL_HINT = "The notice is mailed there, this link stops working, and the program sees the change."
YES, YES_AFTER_ALL = "I can write", "I can write after all"
NO, ADDRESS = "I cannot write this letter", "Use this address"


def _page(client: Visitor, story: Story, alerted: UUID) -> TestResponse:
    page = client.get(f"/notice/{story.notice_token(alerted)}")
    assert (page.status_code, heading(page)) == (200, TITLE)
    return page


def _below_the_heading(page: TestResponse) -> str:
    return content(page).partition(f"{TITLE} ")[2]


def _status_view(client: Visitor, story: Story, alerted: UUID) -> TestResponse:
    return client.get(f"/application/{story.status_token(alerted)}")


# --- what it says -----------------------------------------------------------------------------


@on_sqlite
def test_it_says_who_named_them_for_what_and_that_nothing_is_needed(
    client: Visitor, story: Story, alerted: UUID
) -> None:
    page = _page(client, story, alerted)
    assert lead(page) == (
        "Dear Prof. Ada Ferreira, Mira Lindqvist has named you as a referee. Nothing is needed "
        "from you now; a word on whether you could write helps."
    )
    about = text_of_section(page, "about")
    assert f"For {INTERNSHIP.title}, {INTERNSHIP.organization} What follows" in about
    assert f"Due if requested {DUE_TEXT}" in about
    assert "Length At most 20 pages." in about
    assert links_of(page)[INTERNSHIP.contact_email] == f"mailto:{INTERNSHIP.contact_email}"
    assert form_labels(page) == [YES, NO, ADDRESS]


@on_sqlite
@pytest.mark.parametrize(
    ("policy", "submit", "follows"),
    [
        (
            RequestPolicy.SELECTED,
            True,
            (
                "A request for the letter may follow: the program asks only for the letters of "
                "candidates it selects. If Mira Lindqvist is not selected, you will not hear from "
                "us again."
            ),
        ),
        (
            RequestPolicy.AUTOMATIC,
            False,
            (
                "The request for the letter follows by mail as soon as Mira Lindqvist submits the "
                "application."
            ),
        ),
    ],
    ids=["selected", "automatic"],
)
def test_it_says_what_follows(
    client: Visitor, house: House, policy: RequestPolicy, submit: bool, follows: str
) -> None:
    story = tell(house, replace(INTERNSHIP, request_policy=policy))
    page = _page(client, story, scenes.alerted(story, submit=submit))
    assert f"What follows {follows} Due if" in text_of_section(page, "about")


@on_sqlite
def test_there_is_no_way_to_send_a_letter_before_one_is_asked_for(
    client: Visitor, story: Story, alerted: UUID, subtests: pytest.Subtests
) -> None:
    answered: dict[str, Callable[[TestResponse], TestResponse]] = {
        "open": lambda page: page,
        "can write": lambda page: follow(client, press(client, page, YES)),
        "cannot write": lambda page: follow(client, press(client, page, NO)),
    }
    for state, answer in answered.items():
        with subtests.test(state):
            page = answer(_page(client, story, alerted))
            assert [form.files for form in forms(page.text) if form.files] == []
            assert "/letter/" not in page.text


@on_sqlite
def test_looking_changes_nothing(client: Visitor, story: Story, alerted: UUID) -> None:
    path = f"/notice/{story.notice_token(alerted)}"
    with unchanged(story.house.database):
        for method in ("GET", "HEAD"):
            assert client.open(path, method=method).status_code == 200
        for action in ("welcome", "decline", "address", "again"):
            answer = client.get(f"{path}/{action}")
            assert (answer.status_code, heading(answer)) == (405, "Not possible this way")


# --- yes --------------------------------------------------------------------------------------


def test_yes_takes_one_button_and_both_others_see_it(
    client: Visitor, cora: Visitor, story: Story, alerted: UUID
) -> None:
    answer = press(client, _page(client, story, alerted), YES)
    assert answer.location == f"/notice/{story.notice_token(alerted)}"
    request = story.application(alerted).requests[0]
    assert (request.status, request.welcomed_at) == (RequestStatus.NAMED, START)
    assert _below_the_heading(follow(client, answer)).startswith(
        "You said that you can write. Thank you! Mira Lindqvist can see it. Nothing more is needed "
        "until a request comes. What it is about"
    )
    assert "Says they can write, 1 February 2027, 10:00" in content(
        _status_view(client, story, alerted)
    )
    seen = cora.get(f"/coordinate/applications/{alerted}")
    assert "can write 1 February 2027, 10:00" in text_of_section(seen, "referees")
    assert "Prof. Ada Ferreira can write (the referee)" in text_of_section(seen, "happened")


@on_sqlite
def test_yes_twice_is_as_good_as_once_and_can_become_no(
    client: Visitor, story: Story, alerted: UUID
) -> None:
    opened = _page(client, story, alerted)
    press(client, opened, YES)
    with unchanged(story.house.database):
        page = follow(client, press(client, opened, YES))
    assert form_labels(page) == [NO, ADDRESS]
    press(client, page, NO)
    request = story.application(alerted).requests[0]
    assert (request.status, request.welcomed_at) == (RequestStatus.DECLINED, None)


# --- no ---------------------------------------------------------------------------------------


def test_no_takes_one_button_and_a_reason_that_only_coordinators_read(
    client: Visitor, cora: Visitor, story: Story, alerted: UUID
) -> None:
    answer = press(client, _page(client, story, alerted), NO, {"reason": REASON})
    request = story.application(alerted).requests[0]
    assert (request.status, request.declined_at, request.decline_reason) == (
        RequestStatus.DECLINED,
        START,
        "I am on leave until May.\nSorry!",
    )
    page = follow(client, answer)
    assert _below_the_heading(page).startswith(
        "You said that you cannot write. Thank you for saying so in time; Mira Lindqvist was told "
        "to name somebody else. I can write after all"
    )
    assert form_labels(page) == [YES_AFTER_ALL, ADDRESS]
    assert "What follows" not in content(page)
    assert MessageKind.REFEREE_DECLINED in mails_owed(story.house)
    seen = _status_view(client, story, alerted)
    assert "Declined, 1 February 2027, 10:00" in content(seen)
    assert "This referee cannot write." in content(seen)
    assert "on leave" not in seen.text
    of_coordinator = cora.get(f"/coordinate/applications/{alerted}")
    assert "Reason: I am on leave until May. Sorry!" in content(of_coordinator)
    assert "Prof. Ada Ferreira declined the advance notice (the referee)" in content(of_coordinator)


@on_sqlite
def test_a_reason_that_cannot_be_kept_is_given_back_with_what_to_do(
    client: Visitor, story: Story, alerted: UUID, subtests: pytest.Subtests
) -> None:
    page = _page(client, story, alerted)
    for reason, problem in (
        ("long " * 401, "Use at most 2000 characters."),
        ("a bell \x07", "Remove the invisible characters, please."),
        ("a NUL \x00", "Remove the invisible characters, please."),
    ):
        with subtests.test(reason[:9]), unchanged(story.house.database):
            answer = press(client, page, NO, {"reason": reason})
            assert (answer.status_code, heading(answer)) == (422, TITLE)
            assert near_field(answer, "reason") == [problem, REASON_HINT]
            root, _ = parse(answer.text)
            field = next(elements(root, "textarea"))
            assert field.get("aria-invalid") == "true"
            visible = "".join(c for c in reason if c.isprintable())
            assert (field.text or "").strip() == visible.strip()
            assert near_field(answer, "email") == [EMAIL_HINT]


@on_sqlite
def test_no_twice_keeps_the_first_and_can_become_yes(
    client: Visitor, story: Story, alerted: UUID
) -> None:
    opened = _page(client, story, alerted)
    press(client, opened, NO, {"reason": REASON})
    with unchanged(story.house.database):
        page = follow(client, press(client, opened, NO, {"reason": "Another"}))
    press(client, page, YES_AFTER_ALL)
    request = story.application(alerted).requests[0]
    assert (request.status, request.welcomed_at, request.declined_at, request.decline_reason) == (
        RequestStatus.NAMED,
        START,
        None,
        None,
    )


@on_sqlite
def test_who_comes_back_after_the_letters_were_requested_is_asked_at_once(
    client: Visitor, story: Story, alerted: UUID
) -> None:
    page = follow(client, press(client, _page(client, story, alerted), NO))
    with story.house.works.change(API) as work:
        requesting.select(work, alerted)
    assert story.application(alerted).requests[0].status is RequestStatus.DECLINED
    assert (
        "What follows Letters are being asked for by now: the request comes by mail as soon as you "
        "say that you can write." in content(_page(client, story, alerted))
    )
    answer = press(client, page, YES_AFTER_ALL)
    assert story.application(alerted).requests[0].status is RequestStatus.REQUESTED
    assert form_labels(follow(client, answer)) == ["Send me the request again"]
