"""Applications listed by the API: which, in which order, page by page."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from letters.services import listing_for_portals
from tests.services import acts, scenes
from tests.support.clock import TestClock
from tests.support.people import MIRA, Story
from tests.support.rows import unchanged
from tests.support.statements import counted
from tests.web.api.portal import APPLICATION, PROGRAM, Answer, Portal, make_key, referees
from tests.web.visiting import on_sqlite


@pytest.fixture
def came(portal: Portal, story: Story, clock: TestClock) -> list[str]:
    """The ids of four applications: two of the story's program, one draft, one of another."""
    portal.post("/programs", PROGRAM)
    bodies = [
        APPLICATION | {"external_id": "1", "submit": True},
        APPLICATION | {"external_id": "2"},
        APPLICATION | {"external_id": "3", "submit": True},
        APPLICATION | {"program": PROGRAM["slug"], "referees": referees(3), "submit": True},
    ]
    made = []
    for body in bodies:
        made.append(portal.post("/applications", body).json["id"])
        clock.advance(timedelta(hours=1))
    acts.begin_draft(story)
    return made


def listed(portal: Portal, **query: object) -> Answer:
    """Ask for a list."""
    return portal.get(f"/applications?{urlencode(query)}")


def ids(answer: Answer) -> list[str]:
    """Which applications are on a page."""
    return [one["id"] for one in answer.json["applications"]]


def test_in_the_order_in_which_they_came(portal: Portal, story: Story, came: list[str]) -> None:
    with unchanged(story.house.database):
        answer = listed(portal)

    assert (answer.status_code, answer.json["next"]) == (200, None)
    assert ids(answer) == came
    for one in answer.json["applications"]:
        assert one == portal.get(f"/applications/{one['id']}").json


def test_which(portal: Portal, story: Story, came: list[str], clock: TestClock) -> None:
    first, draft, third, elsewhere = came
    since = clock.now().isoformat()
    portal.post(f"/applications/{first}/select")

    assert ids(listed(portal, program=story.slug)) == [first, draft, third]
    assert ids(listed(portal, status="submitted")) == [third, elsewhere]
    assert ids(listed(portal, status="draft", program=PROGRAM["slug"])) == []
    assert ids(listed(portal, updated_since=since)) == [first]
    assert ids(listed(portal, cursor=draft)) == [third, elsewhere]


def test_a_key_of_one_program_sees_its_own(portal: Portal, story: Story, came: list[str]) -> None:
    own = portal.with_key(make_key(story.house, "own", PROGRAM["slug"]))

    assert ids(listed(own)) == ids(listed(own, program=PROGRAM["slug"])) == came[3:]
    assert ids(listed(own, cursor=came[0])) == came[3:]
    for strange in (story.slug, "nowhere", "null\0"):
        assert listed(own, program=strange).status_code == 404


def test_page_by_page_in_as_many_statements(
    portal: Portal, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [replace(MIRA, external_id=str(number)) for number in range(5)]
    made = [str(scenes.apply_many(story, 1, one)[0]) for one in names]
    monkeypatch.setattr(listing_for_portals, "PAGE_SIZE", 2)
    found, taken = [], []
    cursor: dict[str, str] = {}
    while True:
        with counted(story.house.database.engine) as statements:
            page = listed(portal, **cursor)
        found.append(ids(page))
        taken.append(len(statements))
        if page.json["next"] is None:
            break
        cursor = {"cursor": page.json["next"]}

    assert found == [made[:2], made[2:4], made[4:]]
    assert taken == [3, 3, 3]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "lost"),
        ("updated_since", "yesterday"),
        ("updated_since", "2027-02-01T09:00:00"),
        ("cursor", "2"),
        ("limit", "1000"),
    ],
)
@on_sqlite
def test_what_cannot_be_asked_is_said(portal: Portal, name: str, value: str) -> None:
    answer = listed(portal, **{name: value})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [name]
