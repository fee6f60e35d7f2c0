"""A letter in the browser's own viewer: who is shown it, for how long, and what is written down."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from letters.domain.journal import Fact
from letters.domain.keeping import Quarantine
from letters.domain.roles import Role
from letters.domain.wrong_letter import Mark
from letters.records import Letter
from letters.services import administering
from tests.services.scenes import facts
from tests.support import pdfs
from tests.support.clock import TestClock
from tests.support.markup import elements, parse
from tests.support.people import OPERATOR, SYSTEM, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    form_labels,
    heading,
    on_sqlite,
    press,
    signed_in,
)

ADA = "Prof. Ada Ferreira"
VIEW = f"View the letter of {ADA}"
LETTER = pdfs.letter_pdf(pages=2)


@pytest.fixture
def answered(story: Story) -> UUID:
    """An application with one letter in."""
    application_id = scenes.requested(story)
    scenes.letter_in(story, application_id, 1, LETTER, "For Mira.pdf")
    return application_id


def _view(visitor: Visitor, application_id: UUID) -> TestResponse:
    return press(visitor, visitor.get(f"/coordinate/applications/{application_id}"), VIEW)


def _frame_of(page: TestResponse) -> str:
    root, _ = parse(page.text)
    [frame] = elements(root, "iframe")
    assert frame.get("title") == f"Letter of {ADA}"
    return frame.get("src", "")


def _set(story: Story, **values: object) -> None:
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(update(Letter).values(values))


def test_the_letter_is_shown_in_a_frame_that_runs_nothing(
    cora: Visitor, story: Story, answered: UUID
) -> None:
    page = _view(cora, answered)
    assert (page.status_code, heading(page)) == (200, f"Letter of {ADA}")
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    with unchanged(story.house.database):
        letter = cora.get(_frame_of(page))
    assert (letter.status_code, letter.data) == (200, LETTER)
    assert letter.headers["Content-Type"] == "application/pdf"
    assert letter.headers["Content-Disposition"] == 'inline; filename="For Mira.pdf"'
    assert letter.headers["Content-Security-Policy"] == (
        "sandbox; default-src 'none'; frame-ancestors 'self'"
    )
    assert letter.headers["X-Content-Type-Options"] == "nosniff"
    assert letter.headers["Cache-Control"] == "no-store"


def test_each_look_is_written_down_once_and_by_whom(
    cora: Visitor, story: Story, answered: UUID
) -> None:
    before = facts(story, answered)
    page = _view(cora, answered)
    cora.get(_frame_of(page))
    cora.get(_frame_of(page))
    assert facts(story, answered) == [*before, Fact.LETTER_READ]
    _view(cora, answered)
    assert facts(story, answered) == [*before, Fact.LETTER_READ, Fact.LETTER_READ]


def test_the_frame_s_address_is_good_for_two_minutes_and_in_that_browser_only(
    app: Flask, cora: Visitor, story: Story, answered: UUID, clock: TestClock
) -> None:
    path = _frame_of(_view(cora, answered))
    assert signed_in(app, story.house).get(path).status_code == 404
    clock.advance(timedelta(minutes=2, seconds=-1))
    assert cora.get(path).status_code == 200
    clock.advance(timedelta(seconds=1))
    assert cora.get(path).status_code == 404
    assert cora.get(_frame_of(_view(cora, answered))).status_code == 200


@on_sqlite
def test_a_version_that_came_since_is_not_shown_by_the_look_at_the_former(
    cora: Visitor, story: Story, answered: UUID
) -> None:
    path = _frame_of(_view(cora, answered))
    scenes.letter_in(story, answered)
    assert cora.get(path).status_code == 404


@on_sqlite
def test_what_is_held_back_is_not_shown(cora: Visitor, story: Story, answered: UUID) -> None:
    page = cora.get(f"/coordinate/applications/{answered}")
    path = _frame_of(press(cora, page, VIEW))
    _set(story, quarantine=Quarantine.NOT_SCANNED)
    with unchanged(story.house.database):
        assert press(cora, page, VIEW).status_code == 409
        assert cora.get(path).status_code == 409
    assert VIEW not in form_labels(cora.get(f"/coordinate/applications/{answered}"))


@on_sqlite
def test_marks_stand_beside_the_letter(cora: Visitor, story: Story, answered: UUID) -> None:
    _set(story, marks=[Mark.OLD_DATE.value])
    assert (
        "This may be the wrong letter. The referee has not confirmed it yet: "
        "It seems to be dated more than a year ago."
    ) in content(_view(cora, answered))


@on_sqlite
def test_who_may_not_read_letters_has_no_button_and_is_refused(
    story: Story, sign_in: Callable[[str], Visitor], cora: Visitor, answered: UUID
) -> None:
    email = "noor@alpine.example.org"
    with story.house.works.change(OPERATOR) as work:
        administering.add_coordinator(work, email, "Noor", [story.slug], role=Role.VIEWER)
    path = _frame_of(_view(cora, answered))
    noor = sign_in(email)
    assert noor.get(path).status_code == 403
    labels = form_labels(noor.get(f"/coordinate/applications/{answered}"))
    assert not [label for label in labels if "the letter" in label]
