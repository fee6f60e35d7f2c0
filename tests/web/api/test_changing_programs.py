"""Programs are changed by the API, within what people were promised."""

from dataclasses import replace
from datetime import timedelta

import pytest

from letters.domain.journal import Fact, MessageKind
from letters.house import House
from letters.services import finding, moving_due, program_settings
from letters.services.work import Work
from tests.services import scenes
from tests.services.waiting import amid
from tests.support.people import DUE, OPERATOR, SYSTEM, Story
from tests.support.rows import unchanged
from tests.web.api.portal import PROGRAM, Answer, Portal, make_key


def patch(portal: Portal, program: str, /, **changes: object) -> Answer:
    return portal.call("PATCH", f"/programs/{program}", json=changes)


def wrong(answer: Answer) -> list[str]:
    assert answer.status_code == 422
    return [error["field"] for error in answer.json["errors"]]


def test_what_is_left_out_stays_as_it_is(portal: Portal, story: Story, house: House) -> None:
    before = portal.get(f"/programs/{story.slug}").json
    changes = {"sender_name": "Alpine office", "accent": "0B6B3A", "reminder_days": [3, 10]}
    after = patch(portal, story.slug, **changes)
    assert after.status_code == 200
    kept = {"sender_name": "Alpine office", "accent": "#0b6b3a", "reminder_days": [10, 3]}
    assert after.json == before | kept
    assert portal.get(f"/programs/{story.slug}").json == after.json
    [entry] = [x for x in scenes.journal(house) if x.fact is Fact.PROGRAM_CHANGED]
    assert entry.details == {"fields": ["accent", "reminder_days", "sender_name"]}
    with unchanged(house.database):
        assert patch(portal, story.slug, **changes).json == after.json
        assert patch(portal, story.slug).json == after.json
    assert scenes.breaches(house) == []


def test_what_cannot_be_is_refused_field_by_field(
    portal: Portal, story: Story, house: House
) -> None:
    scenes.requested(story)
    portal.post("/programs", PROGRAM)
    foreign = portal.with_key(make_key(house, "elsewhere", PROGRAM["slug"]))
    with unchanged(house.database):
        light = patch(portal, story.slug, accent="#ffcc00", sender_name="x" * 121)
        assert wrong(light) == ["sender_name", "accent"]
        assert "a contrast of 1.2 to 1" in light.text
        assert wrong(patch(portal, story.slug, min_letters=1)) == ["min_letters"]
        assert wrong(patch(portal, story.slug, slug="other", fields=[])) == ["fields", "slug"]
        assert wrong(patch(portal, story.slug, title=None)) == ["title"]
        for key, slug in ((portal, "nowhere"), (foreign, story.slug)):
            assert patch(key, slug, title="X").status_code == 404


def test_another_due_date_is_told_and_an_archived_program_stays(
    portal: Portal, story: Story, house: House
) -> None:
    scenes.requested(story)
    later = (DUE + timedelta(days=7)).isoformat()
    assert patch(portal, story.slug, due_at=later).status_code == 200
    moving_due.tell_of_moved_dates(house.works, SYSTEM)
    assert len(scenes.outbox(house, MessageKind.DUE_MOVED)) == 1
    with house.works.change(OPERATOR) as work:
        program = finding.program_by_slug(work, story.slug)
        program_settings.close(work, program)
        program_settings.archive(work, program)
    with unchanged(house.database):
        assert patch(portal, story.slug, title="X").status_code == 409


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_change_amid_another_is_made_after_it(portal: Portal, story: Story, house: House) -> None:
    def rename(work: Work) -> None:
        program = finding.program_by_slug(work, story.slug)
        work.session.refresh(program, with_for_update=True)
        typed = replace(program_settings.settings_of(program), title="Another title")
        program_settings.save(work, program, typed, program_settings.version_of(program))

    answer = amid(house, OPERATOR, rename, lambda: patch(portal, story.slug, sender_name="Office"))
    assert answer.status_code == 200
    assert (answer.json["title"], answer.json["sender_name"]) == ("Another title", "Office")
    assert scenes.breaches(house) == []
