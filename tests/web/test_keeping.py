"""What is erased when, and legal holds, as those who work on a program see and change them."""

from uuid import UUID

import pytest
from flask import Flask

from letters.house import House
from letters.records import Program
from letters.services import finding
from tests.services.keeping import hold, list_erasures
from tests.services.scenes import CLOSES
from tests.support.clock import TestClock
from tests.support.people import A_DAY, OPERATOR, Story
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
    rows,
    signed_in,
    text_of_section,
    visitor_of,
)

pytestmark = on_sqlite
ERASURES = "/coordinate/programs/alpine-summer/erasures"


@pytest.fixture
def asked(story: Story) -> UUID:
    """An application with a letter that is kept."""
    application_id = scenes.requested(story)
    scenes.letter_in(story, application_id, 1)
    return application_id


@pytest.mark.usefixtures("asked")
def test_the_page_says_what_is_erased_when(
    app: Flask, house: House, cora: Visitor, story: Story, clock: TestClock
) -> None:
    page = cora.get(links_of(cora.get("/coordinate/programs/alpine-summer"))["What is erased when"])
    assert page.request.path == ERASURES
    assert "are kept for 365 days after their closing date" in content(page)
    assert rows(page) == [["Mira Lindqvist", "one letter", "from 2 April 2028 on"]]
    clock.set(CLOSES + 360 * A_DAY)
    list_erasures(story.house)
    cora = signed_in(app, house)
    later = cora.get(ERASURES)
    assert rows(later) == [["Mira Lindqvist", "one letter", "from 4 April 2028 on soon"]]
    assert cora.get(links_of(later)["Take letters and states away first"]).status_code == 200


@pytest.mark.usefixtures("asked")
def test_what_does_not_fit_is_on_the_next_page(
    cora: Visitor, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    [other] = scenes.people(1)
    scenes.letter_in(story, scenes.requested(story, other), 1)
    monkeypatch.setattr("letters.services.erasures.PAGE_SIZE", 1)
    first = cora.get(ERASURES)
    assert "2 letters are kept, of 2 applications. What is erased first comes first." in (
        content(first)
    )
    last = cora.get(links_of(first)["Next page"])
    assert [row[0] for row in (*rows(first), *rows(last))] == [
        other.applicant_name,
        "Mira Lindqvist",
    ]
    assert "Next page" not in links_of(last)
    assert rows(cora.get(links_of(last)["Previous page"])) == rows(first)
    for nonsense in ("?after=nonsense", "?before=%00", f"?after={UUID(int=1)}"):
        assert rows(cora.get(ERASURES + nonsense)) == rows(first)


def test_a_program_is_held_with_a_reason_and_let_go(
    cora: Visitor, story: Story, asked: UUID
) -> None:
    page = cora.get(links_of(cora.get(ERASURES))["Set a legal hold"])
    assert "nothing of this program is erased" in content(page)
    with unchanged(story.house.database):
        again = press(cora, page, "Set the hold", {"reason": " "})
    assert again.status_code == 422
    assert "Say why, in a sentence" in content(again)
    held = follow(cora, press(cora, again, "Set the hold", {"reason": "<i>Lawsuit.</i>"}))
    assert heading(held) == "Lift the legal hold"
    assert "“<i>Lawsuit.</i>” Set by Cora." in content(held)
    assert press(cora, again, "Set the hold", {"reason": "Twice."}).status_code == 409
    assert rows(cora.get(ERASURES))[0][2] == "held not while the hold stands"
    about = cora.get(f"/coordinate/applications/{asked}")
    assert "A legal hold on the whole program: nothing of it is erased." in content(about)
    let_go = follow(cora, press(cora, held, "Lift the hold", {"reason": "Settled."}))
    assert heading(let_go) == "Set a legal hold"
    assert press(cora, held, "Lift the hold", {"reason": "Twice."}).status_code == 409


def test_an_application_is_held_in_an_archived_program_too(
    cora: Visitor, story: Story, clock: TestClock, asked: UUID
) -> None:
    with story.house.works.change(OPERATOR) as work:
        program: Program = finding.application(work, asked).program
        program.closed_at = program.archived_at = clock.now()
    page = cora.get(links_of(cora.get(f"/coordinate/applications/{asked}"))["Set a legal hold"])
    assert press(cora, page, "Set the hold", {"reason": ""}).status_code == 422
    about = follow(cora, press(cora, page, "Set the hold", {"reason": "A complaint."}))
    assert about.request.path == f"/coordinate/applications/{asked}"
    assert "A legal hold on this application: nothing of it is erased. “A complaint.”" in (
        content(about)
    )
    assert "Legal hold set (you)" in text_of_section(about, "happened")
    lifting = cora.get(links_of(about)["Lift the legal hold"])
    about = follow(cora, press(cora, lifting, "Lift the hold", {"reason": "Answered."}))
    assert "Legal hold lifted (you)" in text_of_section(about, "happened")
    assert "complaint" not in content(about)


def test_what_a_referee_reads_stays_true_under_a_hold(
    app: Flask, story: Story, clock: TestClock, asked: UUID
) -> None:
    hold(story)
    clock.set(CLOSES + 400 * A_DAY)
    page = visitor_of(app).get(f"/letter/{story.upload_token(asked)}/receipt")
    assert "Kept until at least 2 April 2028" in text_of_section(page, "what")
    assert "lawsuit" not in page.text
    assert form_labels(page) == []
