"""The page on which a letter that came in another way is entered."""

from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask

from letters.house import House
from letters.records import Letter
from letters.services.inspecting import Examiners
from tests.support import pdfs
from tests.support.houses import InProcessInspector
from tests.support.people import SYSTEM, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    attached,
    content,
    follow,
    form_labels,
    heading,
    links_of,
    near_field,
    on_sqlite,
    press,
    stored_files,
    text_of_section,
)

ADA = "Prof. Ada Ferreira"
ENTER = "Enter the letter"
BY_POST = {"reason": "By post, 3 <May>."}
GOOD = pdfs.letter_pdf(("I recommend Mira Lindqvist.",))
WRONG = pdfs.letter_pdf(("I recommend somebody else.",))


@pytest.fixture(autouse=True)
def _read_letters(app: Flask, house: House) -> None:
    app.extensions["letters"] = replace(house, examiners=Examiners(InProcessInspector(reads=True)))


def _page(application_id: UUID) -> str:
    return f"/coordinate/applications/{application_id}"


def _path(visitor: Visitor, application_id: UUID) -> str:
    return links_of(visitor.get(_page(application_id)))[f"Enter a letter of {ADA}"]


def test_it_is_entered_with_a_reason_and_marked_so_wherever_it_stands(
    cora: Visitor, client: Visitor, story: Story, asked: UUID
) -> None:
    page = cora.get(_path(cora, asked))
    assert heading(page) == f"Enter the letter of {ADA}"
    assert f"{ADA} is told by mail that it was entered" in content(page)
    done = follow(cora, press(cora, page, ENTER, {**attached(GOOD), **BY_POST}))
    assert done.request.path == _page(asked)
    referees = text_of_section(done, "referees")
    assert f"{ADA} received" in referees
    assert "1 February 2027, 10:00, entered by Cora View the letter" in referees
    happened = text_of_section(done, "happened")
    assert f"Letter of {ADA} entered (you)" in happened
    assert "“By post, 3 <May>.”" in happened
    assert "entered by Cora" in content(press(cora, done, f"View the letter of {ADA}"))
    receipt = client.get(f"/letter/{story.upload_token(asked)}/receipt")
    assert "It reached the program in another way, and was entered for you." in content(receipt)
    assert "receipt is on its way" not in content(receipt)
    status = content(client.get(f"/application/{story.status_token(asked)}"))
    assert "entered" not in status
    assert "post" not in status


def test_one_that_looks_wrong_is_entered_when_somebody_says_it_is_right(
    cora: Visitor, story: Story, asked: UUID
) -> None:
    page, files = cora.get(_path(cora, asked)), stored_files(story.house)
    with unchanged(story.house.database):
        again = press(cora, page, ENTER, {**attached(WRONG), **BY_POST})
    assert again.status_code == 422
    assert "The name Mira Lindqvist was not found in it." in content(again)
    assert "By post, 3 <May>." in content(again)
    assert stored_files(story.house) == files
    sure = {**attached(WRONG), "sure": "yes"}
    done = follow(cora, press(cora, again, ENTER, sure))
    assert "whoever entered it said that it is the right one" in content(done)
    assert "has not confirmed it yet" not in content(done)
    with story.house.works.look(SYSTEM) as work:
        assert work.session.query(Letter).one().confirmed_at is not None


@on_sqlite
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    cora: Visitor, story: Story, asked: UUID
) -> None:
    page, files = cora.get(_path(cora, asked)), stored_files(story.house)
    with unchanged(story.house.database):
        no_reason = press(cora, page, ENTER, {**attached(GOOD), "reason": " "})
        no_file = press(cora, page, ENTER, BY_POST)
        no_pdf = press(cora, page, ENTER, {**attached(b"plain words"), **BY_POST})
        large = press(cora, page, ENTER, {**attached(b"%PDF-" + bytes(25_000_000)), **BY_POST})
    assert no_reason.status_code == 422
    assert near_field(no_reason, "reason") == ["Say why, in a sentence: colleagues read it later."]
    for refused, status in ((no_file, 400), (no_pdf, 422), (large, 413)):
        assert refused.status_code == status
        assert near_field(refused, "letter") != []
    assert stored_files(story.house) == files


@on_sqlite
def test_a_form_of_another_browser_is_refused(cora: Visitor, story: Story, asked: UUID) -> None:
    path = _path(cora, asked)
    with unchanged(story.house.database):
        refused = cora.post(path, data={"csrf_token": "x", **attached(GOOD), **BY_POST})
    assert refused.status_code == 400


@on_sqlite
def test_where_it_is_not_possible_there_is_no_link_and_the_page_says_why(
    cora: Visitor, story: Story, asked: UUID
) -> None:
    path = _path(cora, asked)
    scenes.letter_in(story, asked)
    assert f"Enter a letter of {ADA}" not in links_of(cora.get(_page(asked)))
    page = cora.get(path)
    assert page.status_code == 409
    assert "A letter of this referee is in already" in content(page)
    assert ENTER not in form_labels(page)
