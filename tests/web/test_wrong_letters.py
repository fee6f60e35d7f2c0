"""A letter that looks like another one is taken, and asked about: from the page to the mail."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from letters.domain.journal import MessageKind
from letters.house import House
from letters.records import OutboxMessage, OutboxStatus
from letters.services.inspecting import Examiners
from tests.support import pdfs
from tests.support.clock import TestClock
from tests.support.houses import InProcessInspector
from tests.support.markup import elements, parse, words
from tests.support.people import A_DAY, FELLOWSHIP, MIRA, START, SYSTEM, Story, tell
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    attached,
    content,
    follow,
    form_labels,
    links_of,
    on_sqlite,
    press,
    send,
    text_of_section,
    visitor_of,
)

RIGHT = (
    "1 January 2027",
    "To the Institute for Alpine Studies,",
    "I recommend Mira Lindqvist without reservation.",
)
NOT_FOUND = "The name Mira Lindqvist was not found in it."
SOMEBODY_ELSE = "It names somebody else for whom you are asked as well."
ANOTHER_PLACE = "It names another organization, and not Institute for Alpine Studies."
SCAN = (
    "It holds no text, so it is probably a scan. That is fine; only see that it is the right one "
    "and readable."
)
CONFIRM = "This is the right letter"
NOOR = replace(
    MIRA, applicant_name="Noor Haddad", applicant_email="noor@example.com", external_id="N-1"
)
ABOUT_NOOR = ("I recommend Noor Haddad to the Institute for Alpine Studies.",)


@pytest.fixture(autouse=True)
def _read_letters(app: Flask, house: House) -> None:
    app.extensions["letters"] = replace(house, examiners=Examiners(InProcessInspector(reads=True)))


def _marks(page: TestResponse) -> list[str]:
    """Return what the receipt asks about, in its order; nothing if it asks nothing."""
    root, _ = parse(page.text)
    sections = [e for e in elements(root, "section") if e.get("aria-labelledby") == "look"]
    return [words(item) for section in sections for item in elements(section, "li")]


def _receipt(client: Visitor, token: str, letter: bytes) -> TestResponse:
    return follow(client, send(client, token, letter))


# --- what is asked about ----------------------------------------------------------------------


@on_sqlite
def test_the_right_letter_is_asked_nothing(client: Visitor, story: Story, asked: UUID) -> None:
    page = _receipt(client, story.upload_token(asked), pdfs.letter_pdf(RIGHT))
    assert (_marks(page), form_labels(page)) == ([], [])
    assert _questions(story) == []


@on_sqlite
def test_what_makes_a_letter_look_wrong_is_said_in_words(
    client: Visitor, story: Story, asked: UUID, subtests: pytest.Subtests
) -> None:
    scenes.requested(story, NOOR)
    tell(story.house, FELLOWSHIP)
    token = story.upload_token(asked)
    letters: dict[str, tuple[bytes, list[str]]] = {
        "nobody we know": (pdfs.letter_pdf(("I recommend Jo Doe.",)), [NOT_FOUND]),
        "another applicant": (pdfs.letter_pdf(ABOUT_NOOR), [NOT_FOUND, SOMEBODY_ELSE]),
        "another organization": (
            pdfs.letter_pdf(("To Lakeside University:", "I recommend Mira Lindqvist.")),
            [ANOTHER_PLACE],
        ),
        "a scan": (
            pdfs.scanned_pdf(),
            [SCAN],
        ),
        "blank": (pdfs.letter_pdf(()), ["It has blank pages."]),
        "long": (
            pdfs.letter_pdf(RIGHT, pages=21),
            ["It is longer than 20 pages, which is what the program wishes at most."],
        ),
        "old": (
            pdfs.letter_pdf(("3 May 2020", "I recommend Mira Lindqvist.")),
            ["It seems to be dated more than a year ago."],
        ),
    }
    for name, (letter, marks) in letters.items():
        with subtests.test(name):
            page = _receipt(client, token, letter)
            assert _marks(page) == marks
            assert form_labels(page) == [CONFIRM]


@on_sqlite
def test_a_program_that_wishes_one_page_says_so(app: Flask, story: Story) -> None:
    scenes.wish_pages(story, 1)
    client = visitor_of(app)
    token = story.upload_token(scenes.requested(story))
    page = _receipt(client, token, pdfs.letter_pdf(RIGHT, pages=2))
    assert _marks(page) == ["It is longer than one page, which is what the program wishes."]


# --- who answers, and who sees it -------------------------------------------------------------


def test_it_is_asked_until_the_referee_confirms(
    app: Flask, client: Visitor, cora: Visitor, story: Story, asked: UUID
) -> None:
    scenes.requested(story, NOOR)
    token = story.upload_token(asked)
    page = _receipt(client, token, pdfs.letter_pdf(ABOUT_NOOR))
    assert links_of(page)["Replace it"] == f"/letter/{token}"
    assert "you can close this page" not in content(page)
    assert "Something about it made us wonder" in content(client.get(f"/letter/{token}"))
    path = f"/coordinate/applications/{asked}"
    seen = text_of_section(cora.get(path), "referees")
    assert (
        "This may be the wrong letter. The referee has not confirmed it yet: "
        f"{NOT_FOUND} It names somebody else for whom this referee is asked as well." in seen
    )
    confirmed = follow(client, press(client, page, CONFIRM))
    assert (_marks(confirmed), form_labels(confirmed)) == ([], [])
    assert "you can close this page" in content(confirmed)
    assert "You confirmed on 1 February 2027, 10:00 that it is the right letter." in content(
        confirmed
    )
    seen = text_of_section(cora.get(path), "referees")
    assert "Confirmed by the referee as the right letter, 1 February 2027, 10:00" in seen
    assert "wrong letter" not in seen
    assert _marks(visitor_of(app).get(f"/letter/{token}/receipt")) == []


@on_sqlite
def test_the_applicant_never_hears_of_it(
    client: Visitor, story: Story, asked: UUID, clock: TestClock
) -> None:
    page = _receipt(client, story.upload_token(asked), pdfs.letter_pdf(ABOUT_NOOR))
    path = f"/application/{story.status_token(asked)}"
    before = content(client.get(path))
    assert "Letter received" in before
    for word in ("wrong", "confirm", "Noor", "Letter.pdf", "not found in it"):
        assert word not in before
    press(client, page, CONFIRM)
    assert content(client.get(path)) == before
    clock.advance(A_DAY)
    story.deliver()
    assert content(client.get(path)) == before


@on_sqlite
def test_replacing_the_letter_answers_too(
    client: Visitor, cora: Visitor, story: Story, asked: UUID
) -> None:
    token = story.upload_token(asked)
    wrong = _receipt(client, token, pdfs.letter_pdf(ABOUT_NOOR))
    form = client.get(links_of(wrong)["Replace it"])
    right = attached(pdfs.letter_pdf(RIGHT))
    page = follow(client, press(client, form, "Replace the letter", right))
    assert _marks(page) == []
    assert "wonder" not in content(client.get(f"/letter/{token}"))
    seen = text_of_section(cora.get(f"/coordinate/applications/{asked}"), "referees")
    assert ("wrong letter" in seen, "Confirmed" in seen) == (False, False)
    late = press(client, wrong, CONFIRM)
    assert (late.status_code, "Another version of the letter" in content(late)) == (409, True)


@on_sqlite
def test_another_browser_is_asked_without_the_picture(
    app: Flask, client: Visitor, story: Story, asked: UUID
) -> None:
    token = story.upload_token(asked)
    here = _receipt(client, token, pdfs.letter_pdf(ABOUT_NOOR))
    there = visitor_of(app).get(f"/letter/{token}/receipt")
    assert (_marks(there), form_labels(there)) == ([NOT_FOUND], [CONFIRM])
    assert ("first-page.png" in here.text, "first-page.png" in there.text) == (True, False)


# --- the mail a day later ---------------------------------------------------------------------


def _questions(story: Story) -> list[OutboxMessage]:
    with story.house.works.look(SYSTEM) as work:
        query = select(OutboxMessage).where(OutboxMessage.kind == MessageKind.CONFIRM_LETTER)
        return list(work.session.scalars(query.order_by(OutboxMessage.created_at)))


def _day_after(story: Story, clock: TestClock) -> list[OutboxStatus]:
    clock.set(START + A_DAY - timedelta(seconds=1))
    story.deliver()
    assert {one.status for one in _questions(story)} == {OutboxStatus.QUEUED}
    clock.set(START + A_DAY)
    story.deliver()
    return [one.status for one in _questions(story)]


@on_sqlite
def test_who_does_not_answer_is_asked_by_mail_a_day_later(
    client: Visitor, story: Story, asked: UUID, clock: TestClock
) -> None:
    _receipt(client, story.upload_token(asked), pdfs.letter_pdf(ABOUT_NOOR))
    assert _day_after(story, clock) == [OutboxStatus.SENT]
    [question] = _questions(story)
    assert question.sent_to == "ada.ferreira@example.edu"


@on_sqlite
@pytest.mark.parametrize("answer", ["confirms", "replaces"])
def test_who_has_answered_is_not_asked(
    client: Visitor, story: Story, asked: UUID, clock: TestClock, answer: str
) -> None:
    token = story.upload_token(asked)
    page = _receipt(client, token, pdfs.letter_pdf(ABOUT_NOOR))
    if answer == "confirms":
        press(client, page, CONFIRM)
    else:
        _receipt(client, token, pdfs.letter_pdf(RIGHT))
    assert _day_after(story, clock) == [OutboxStatus.CANCELLED]
