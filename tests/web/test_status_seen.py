"""An open status view asks whether it would look different by now, and learns nothing else."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from tests.services import acts
from tests.services.scenes import give_notices, select_for_letters
from tests.support import pdfs
from tests.support.clock import TestClock
from tests.support.markup import elements, parse
from tests.support.people import A_DAY, DUE, GRACE_HOURS, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import Visitor, heading, on_sqlite, replace_status_links, visitor_of

pytestmark = on_sqlite

AN_HOUR = timedelta(hours=1)
Act = Callable[[Story, UUID], object]


def _seen(visitor: Visitor, story: Story, application_id: UUID) -> str:
    """Return what is answered to who asks; it is all of the answer."""
    answer = visitor.get(f"/application/{story.status_token(application_id)}/seen")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json is not None
    assert list(answer.json) == ["seen"]
    return str(answer.json["seen"])


def _shown(visitor: Visitor, story: Story, application_id: UUID) -> dict[str, str]:
    """Return what the page hands to its script."""
    page = visitor.get(f"/application/{story.status_token(application_id)}")
    root, _ = parse(page.text)
    scripts = [e.attrib for e in elements(root, "script") if "data-seen" in e.attrib]
    assert len(scripts) == 1
    return {name: value or "" for name, value in scripts[0].items()}


def _selected(story: Story) -> UUID:
    return scenes.requested(story)


def _one_in(story: Story) -> UUID:
    application_id = scenes.requested(story)
    scenes.letter_in(story, application_id)
    return application_id


def _second_version(story: Story, application_id: UUID) -> None:
    scenes.letter_in(story, application_id, content=pdfs.letter_pdf(("Another one.",)))


NOTICED: dict[str, tuple[Callable[[Story], UUID], Act]] = {
    "a referee is alerted": (lambda story: story.apply(), give_notices),
    "a referee can write": (scenes.alerted, acts.welcome),
    "a referee cannot write": (scenes.alerted, acts.decline_early),
    "letters are asked for": (lambda story: story.apply(), select_for_letters),
    "a letter comes in": (_selected, scenes.letter_in),
    "a referee declines": (_selected, scenes.decline),
    "a referee gets more time": (_selected, lambda s, one: scenes.extend(s, one, 1, DUE + A_DAY)),
    "it is withdrawn": (_selected, acts.withdraw),
}
UNNOTICED: dict[str, tuple[Callable[[Story], UUID], Act]] = {
    "another version of a letter": (_one_in, _second_version),
    "a letter that looks wrong": (_one_in, acts.send_wrong_letter),
    "a question for more time": (_selected, acts.ask_for_more_time),
    "a link that is mailed again": (_selected, acts.ask_for_overview),
    "another application": (_selected, lambda story, _: story.apply()),
}


def _before_and_after(
    app: Flask, story: Story, clock: TestClock, how: tuple[Callable[[Story], UUID], Act]
) -> tuple[str, str]:
    begin, act = how
    application_id, visitor = begin(story), visitor_of(app)
    clock.advance(AN_HOUR)
    before = _seen(visitor, story, application_id)
    assert _shown(visitor, story, application_id)["data-seen"] == before
    act(story, application_id)
    return before, _seen(visitor, story, application_id)


def test_what_the_applicant_may_see_is_noticed(
    app: Flask, story: Story, clock: TestClock, subtests: pytest.Subtests
) -> None:
    for what, how in NOTICED.items():
        with subtests.test(what):
            before, after = _before_and_after(app, story, clock, how)
            assert before != after


def test_what_is_none_of_the_applicant_s_business_is_not(
    app: Flask, story: Story, clock: TestClock, subtests: pytest.Subtests
) -> None:
    for what, how in UNNOTICED.items():
        with subtests.test(what):
            before, after = _before_and_after(app, story, clock, how)
            assert before == after


def test_so_is_what_the_clock_changes(
    client: Visitor, story: Story, clock: TestClock, asked: UUID
) -> None:
    closes = DUE + timedelta(hours=GRACE_HOURS)
    found = []
    for instant in (DUE - A_DAY, DUE, DUE + AN_HOUR, closes, closes + AN_HOUR):
        clock.set(instant)
        found.append(_seen(client, story, asked))
    assert found[0] == found[1]
    assert found[2] == found[3]
    assert len({found[1], found[2], found[4]}) == 3


def test_the_page_says_where_to_ask(client: Visitor, story: Story, asked: UUID) -> None:
    handed = _shown(client, story, asked)
    assert handed["data-ask"] == f"/application/{story.status_token(asked)}/seen"
    assert handed["data-said"] == "This page was brought up to date: {news}"


def test_a_replaced_link_is_told_nothing(client: Visitor, story: Story, asked: UUID) -> None:
    old = story.status_token(asked)
    replace_status_links(story.house)
    with unchanged(story.house.database):
        answer = client.get(f"/application/{old}/seen")
    assert (answer.status_code, heading(answer)) == (410, "This link was replaced")


def test_a_few_windows_may_ask_and_a_flood_may_not(
    client: Visitor, story: Story, asked: UUID
) -> None:
    for _ in range(30):
        _seen(client, story, asked)
    path = f"/application/{story.status_token(asked)}/seen"
    assert client.get(path).status_code == 429
    _seen(client, story, story.apply())
