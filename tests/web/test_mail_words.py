"""A program's own words for its mails, in the browser: changed, looked at, and taken back."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import update

from letters.domain.journal import Fact, MessageKind
from letters.domain.roles import Role
from letters.records import Program, program_coordinators
from letters.services import finding, program_settings
from letters.services.composing import compose
from letters.services.work import Works
from tests.services import rules
from tests.services import scenes as service_scenes
from tests.support.people import INTERNSHIP, SYSTEM, Story
from tests.web.visiting import (
    Visitor,
    content,
    follow,
    heading,
    links_of,
    near_field,
    on_sqlite,
    press,
    text_of_section,
)

pytestmark = on_sqlite

LIST = f"/coordinate/programs/{INTERNSHIP.slug}"
WORDS = f"{LIST}/words"
REQUEST = f"{WORDS}/letter_request"
OURS = {
    "greeting": "Good day {referee},",
    "beginning": "We read blind: <b>no names</b>.",
    "ending": "Yours,",
}


def program_words(story: Story) -> dict[str, dict[str, str]]:
    return rules.program_of(story).mail_words


def mailed(story: Story, kind: MessageKind) -> str:
    """Return the text of the first mail of a kind, as it would go out now."""
    with story.house.works.look(SYSTEM) as work:
        composed = compose(
            work, work.session.merge(service_scenes.outbox(story.house, kind)[0], load=False)
        )
        assert composed is not None
        return story.house.renderer.render(kind, composed.facts, "en").text


@pytest.mark.usefixtures("asked")
def test_words_are_saved_and_mailed_and_the_facts_stay(cora: Visitor, story: Story) -> None:
    page = cora.get(links_of(cora.get(LIST))["Words of mails"])
    page = cora.get(links_of(page)["Referee: letter request"])
    assert heading(page) == "Referee: letter request"
    assert "{referee}, {applicant}, {program}, {organization}, {due}" in content(page)
    before = mailed(story, MessageKind.LETTER_REQUEST)
    saved = follow(cora, press(cora, page, "Save the words", OURS))
    assert "Saved." in content(saved)
    assert program_words(story) == {"letter_request": OURS}
    assert "in your own words" in content(cora.get(WORDS))
    after = mailed(story, MessageKind.LETTER_REQUEST)
    assert after.startswith("Good day Prof. Ada Ferreira,\n")
    assert "\n\nWe read blind: <b>no names</b>.\n\n" in after
    gone = {line for line in before.splitlines() if line not in after.splitlines()}
    assert gone == {before.splitlines()[0], "Kind regards,"}
    assert mailed(story, MessageKind.APPLICATION_SUBMITTED).startswith("Dear ")


def test_the_journal_says_which_mail_and_not_its_words(cora: Visitor, story: Story) -> None:
    press(cora, cora.get(REQUEST), "Save the words", OURS)
    press(cora, cora.get(REQUEST), "Save the words", OURS)
    entries = service_scenes.journal(story.house)
    changed = [entry for entry in entries if entry.fact is Fact.PROGRAM_CHANGED]
    assert [entry.details for entry in changed] == [
        {"fields": ["mail_words"], "kind": "letter_request"}
    ]


def test_a_preview_shows_the_mail_and_saves_nothing(cora: Visitor, story: Story) -> None:
    shown = press(cora, cora.get(REQUEST), "Preview", OURS)
    reads = text_of_section(shown, "reads")
    assert "Good day Prof. Ines Halvorsen," in reads
    assert "We read blind: <b>no names</b>." in reads
    assert INTERNSHIP.title in reads
    assert f"{story.house.settings.base_url}/letter/… " in reads
    assert "eyJ" not in shown.text
    assert program_words(story) == {}
    assert near_field(shown, "ending") is not None
    saved = press(cora, shown, "Save the words")
    assert saved.status_code == 303
    assert program_words(story) == {"letter_request": OURS}


def test_a_preview_asks_for_what_the_program_asks_for(
    app: Flask, cora: Visitor, story: Story
) -> None:
    with story.house.works.change(SYSTEM) as work:
        asks = {"takes_word": True, "instructions": "Two sides."}
        work.session.execute(update(Program).values(asks))
    tools = replace(story.house.works.tools, converts_word=True)
    app.extensions["letters"] = replace(story.house, works=Works(story.house.database, tools))
    request = content(press(cora, cora.get(REQUEST), "Preview", OURS))
    assert "choose the letter as a PDF or a Word file, then send it." in request
    assert "asks you to note: Two sides." in request


def test_the_usual_words_come_back(cora: Visitor, story: Story) -> None:
    press(cora, cora.get(REQUEST), "Save the words", OURS)
    press(cora, cora.get(f"{WORDS}/reminder"), "Save the words", {"ending": "Best,"})
    press(cora, cora.get(REQUEST), "Take the usual words again")
    assert program_words(story) == {"reminder": {"ending": "Best,"}}
    assert "Take the usual words again" not in cora.get(REQUEST).text


@pytest.mark.parametrize("button", ["Save the words", "Preview"])
def test_what_is_wrong_is_said_beside_it_and_stays_typed(
    cora: Visitor, story: Story, button: str
) -> None:
    typed = {"greeting": "{{ config }}", "beginning": "https://evil.example", "ending": "{letter}"}
    answer = press(cora, cora.get(REQUEST), button, typed)
    assert answer.status_code == 422
    assert "{{ config }}" in content(answer)
    assert "Leave addresses of pages out" in content(answer)
    assert "{letter} cannot be filled in here." in content(answer)
    assert program_words(story) == {}


def test_words_that_somebody_else_saved_meanwhile_are_not_lost(cora: Visitor, story: Story) -> None:
    page = cora.get(REQUEST)
    press(cora, cora.get(REQUEST), "Save the words", OURS)
    answer = press(cora, page, "Save the words", {"ending": "Best,"})
    assert answer.status_code == 409
    assert program_words(story) == {"letter_request": OURS}


@pytest.mark.parametrize("kind", ["digest", "sign_in", "overview", "telegram", "Letter_Request"])
def test_other_mails_cannot_be_reworded(cora: Visitor, kind: str) -> None:
    assert cora.get(f"{WORDS}/{kind}").status_code == 404


def test_an_archived_program_keeps_its_words(cora: Visitor, story: Story) -> None:
    page = cora.get(REQUEST)
    with story.house.works.change(SYSTEM) as work:
        program = finding.program_by_slug(work, story.slug)
        program.closed_at = program.archived_at = work.now
    assert press(cora, page, "Save the words", OURS).status_code == 409
    assert program_words(story) == {}


@pytest.mark.parametrize("role", [Role.READER, Role.VIEWER])
def test_only_managers_change_words(cora: Visitor, story: Story, role: Role) -> None:
    page = cora.get(REQUEST)
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(update(program_coordinators).values(role=role))
    assert "Words of mails" not in links_of(cora.get(LIST))
    assert cora.get(WORDS).status_code == 403
    assert press(cora, page, "Save the words", OURS).status_code == 403


def test_the_next_season_has_the_same_words(cora: Visitor, story: Story) -> None:
    press(cora, cora.get(REQUEST), "Save the words", OURS)
    with story.house.works.change(SYSTEM) as work:
        program = finding.program_by_slug(work, story.slug)
        typed = replace(program_settings.next_season(program), slug="next-summer")
        made = program_settings.copy(work, program, typed)
        assert made.mail_words == {"letter_request": OURS}
