"""The page of an advance notice: what a referee can say before anything is asked of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from letters.domain.journal import MessageKind
from letters.domain.policy import RequestPolicy
from letters.domain.status import RequestStatus
from letters.house import House
from letters.services import applying, requesting
from tests.support.clock import TestClock
from tests.support.markup import elements, forms, parse
from tests.support.people import API, DUE, GRACE_HOURS, INTERNSHIP, MIRA, START, Story, tell
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    assert_words,
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
    text_of_section,
)

CLOSED = DUE + timedelta(hours=GRACE_HOURS, seconds=1)
DUE_TEXT = "Thursday, 1 April 2027, 23:59 (Zurich Time, UTC+2)"
TITLE = "Advance notice: a letter for Mira Lindqvist"
REASON = "I am on leave until May.\r\nSorry!"
REASON_HINT = "Only the coordinators of the program read it, never the applicant."
EMAIL_HINT = "The notice is mailed there, this link stops working, and the program sees the change."
YES, YES_AFTER_ALL = "I can write", "I can write after all"
NO, ADDRESS = "I cannot write this letter", "Use this address"
NEW_ADDRESS = "ada@college.example.edu"


@pytest.fixture
def alerted(story: Story) -> UUID:
    """An application whose two referees had the advance notice, and nothing more."""
    return scenes.alerted(story)


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


# --- another address --------------------------------------------------------------------------


def test_an_address_is_put_right_and_the_link_ends(
    client: Visitor, cora: Visitor, story: Story, alerted: UUID
) -> None:
    old = f"/notice/{story.notice_token(alerted)}"
    owed = mails_owed(story.house).count(MessageKind.ADVANCE_NOTICE)
    answer = press(client, _page(client, story, alerted), ADDRESS, {"email": f" {NEW_ADDRESS} "})
    assert (answer.status_code, heading(answer)) == (200, "Your address is corrected")
    assert lead(answer) == (
        f"Thank you. The notice is on its way to {NEW_ADDRESS}, with a link of its own."
    )
    request = story.application(alerted).requests[0]
    assert (request.referee_email, request.former_email) == (
        NEW_ADDRESS,
        "ada.ferreira@example.edu",
    )
    assert mails_owed(story.house).count(MessageKind.ADVANCE_NOTICE) == owed + 1
    replaced = client.get(old)
    assert (replaced.status_code, heading(replaced)) == (410, "This link was replaced")
    assert form_labels(replaced) == ["Send me a new link"]
    assert form_labels(_page(client, story, alerted)) == [YES, NO, ADDRESS]
    seen = content(cora.get(f"/coordinate/applications/{alerted}"))
    assert "The referee corrected this address; it was ada.ferreira@example.edu." in seen
    assert "Prof. Ada Ferreira corrected their address (the referee)" in seen


@on_sqlite
def test_an_address_that_cannot_be_used_is_given_back_with_what_to_do(
    client: Visitor, story: Story, alerted: UUID, subtests: pytest.Subtests
) -> None:
    page = _page(client, story, alerted)
    incomplete = "This is not a complete e-mail address, such as name@example.org."
    taken = "Somebody else in this application is reached there. Give your own address."
    invisible = "Remove the line breaks or invisible characters, please."
    for email, problem in (
        ("", "Fill this in, please."),
        ("   ", "Fill this in, please."),
        ("ada", incomplete),
        ("ada@", incomplete),
        ("Ada <ada@example.edu>", incomplete),
        ("ada@example.edu, bram@example.org", incomplete),
        ("ada@example.edu\r\nBcc: all@example.org", invisible),
        ("ada\x00@example.edu", invisible),
        (f"{'a' * 250}@example.edu", "Use at most 254 characters."),
        ("b.dewit@example.org", taken),
        ("B.DeWit@Example.Org", taken),
        ("mira@example.com", taken),
        (
            "Ada.Ferreira@Example.edu",
            "That is the address we have on file already, so nothing was changed.",
        ),
    ):
        with subtests.test(email), unchanged(story.house.database):
            answer = press(client, page, ADDRESS, {"email": email})
            assert (answer.status_code, heading(answer)) == (422, TITLE)
            assert near_field(answer, "email") == [problem, EMAIL_HINT]
            root, _ = parse(answer.text)
            field = next(e for e in elements(root, "input") if e.get("name") == "email")
            assert field.get("aria-invalid") == "true"
            kept = "".join(c for c in email if c.isprintable() or c in "\r\n")
            assert " ".join(field.get("value", "").split()) == " ".join(kept.split())


@on_sqlite
def test_who_had_declined_at_a_wrong_address_can_still_be_reached(
    client: Visitor, story: Story, alerted: UUID
) -> None:
    declined = follow(client, press(client, _page(client, story, alerted), NO))
    press(client, declined, ADDRESS, {"email": NEW_ADDRESS})
    request = story.application(alerted).requests[0]
    assert (request.status, request.referee_email) == (RequestStatus.NAMED, NEW_ADDRESS)
    assert form_labels(_page(client, story, alerted)) == [YES, NO, ADDRESS]


@on_sqlite
def test_an_address_that_is_corrected_after_the_letters_were_requested_gets_the_request(
    client: Visitor, story: Story, alerted: UUID
) -> None:
    declined = follow(client, press(client, _page(client, story, alerted), NO))
    with story.house.works.change(API) as work:
        requesting.select(work, alerted)
    owed = mails_owed(story.house).count(MessageKind.LETTER_REQUEST)
    answer = press(client, declined, ADDRESS, {"email": NEW_ADDRESS})
    assert lead(answer) == (
        "Thank you. Letters are being asked for by now, so the request is on its way to "
        f"{NEW_ADDRESS}, with a link of its own."
    )
    assert mails_owed(story.house).count(MessageKind.LETTER_REQUEST) == owed + 1


@on_sqlite
def test_a_replaced_link_brings_the_current_one_to_the_address_on_file(
    client: Visitor, story: Story, alerted: UUID
) -> None:
    old = f"/notice/{story.notice_token(alerted)}"
    press(client, client.get(old), ADDRESS, {"email": NEW_ADDRESS})
    owed = mails_owed(story.house).count(MessageKind.ADVANCE_NOTICE)
    answer = press(client, client.get(old), "Send me a new link")
    assert (answer.status_code, heading(answer)) == (200, "Look into your mail")
    assert mails_owed(story.house).count(MessageKind.ADVANCE_NOTICE) == owed + 1
    assert NEW_ADDRESS not in answer.text


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
    trick = '<script src="/x.js"></script><b onclick="x()">bold</b> & {{ 7 * 7 }} %(name)s'
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
    assert "Says they can write" in content(_status_view(client, story, draft))
