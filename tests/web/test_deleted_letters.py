"""What is seen of a letter that was kept as long as its program says, and then deleted."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from letters.house import House
from letters.services import retaining
from tests.services.keeping import listed_by
from tests.support.clock import TestClock
from tests.support.people import DUE, SYSTEM, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    assert_words,
    csrf_token,
    form_labels,
    on_sqlite,
    signed_in,
    text_of_section,
    to_application,
    visitor_of,
)

pytestmark = on_sqlite
LONG_AFTER = timedelta(days=400)
SENTENCE = (
    "This letter was kept for as long as the program keeps letters, and then deleted for good. "
    "If you still need it, ask the referee."
)
DELETED = "deleted on 5 May 2028"


@pytest.fixture
def asked(house: House, story: Story, clock: TestClock) -> UUID:
    """An application with a letter that was deleted long after."""
    story.add_coordinator()
    application_id = scenes.requested(story)
    scenes.letter_in(story, application_id, 1, name="For Mira.pdf")
    listed_by(house, clock, DUE + LONG_AFTER)
    retaining.purge(house.works, SYSTEM)
    return application_id


def test_the_coordinator_reads_when_it_was_deleted(app: Flask, house: House, asked: UUID) -> None:
    page = signed_in(app, house).get(f"/coordinate/applications/{asked}")

    said = text_of_section(page, "referees")
    assert "received ada.ferreira@example.edu" in said
    assert "For Mira.pdf" in said
    assert DELETED in said
    assert form_labels(page) == ["Sign out", "Leave the note"]
    assert "Letter of Prof. Ada Ferreira deleted for good" in text_of_section(page, "happened")


def test_a_page_that_was_open_meanwhile_says_it_too(
    app: Flask, house: House, story: Story, asked: UUID
) -> None:
    cora = signed_in(app, house)
    request_id = story.application(asked).requests[0].id
    token = csrf_token(cora.get("/coordinate/"))
    for what in ("letter", "release"):
        with unchanged(house.database):
            answer = cora.post(
                f"/coordinate/requests/{request_id}/{what}",
                data={"csrf_token": token, "version": "1"},
            )
        assert_words(answer, 410, "The letter was deleted", SENTENCE, to_application(asked))


def test_the_receipt_stays_true(app: Flask, story: Story, asked: UUID) -> None:
    visitor: Visitor = visitor_of(app)
    page = visitor.get(f"/letter/{story.upload_token(asked)}/receipt")

    said = text_of_section(page, "what")
    assert "For Mira.pdf" in said
    assert "SHA-256" in said
    assert "Deleted on 5 May 2028" in said
    assert "Kept until" not in said
