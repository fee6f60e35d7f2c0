"""Submitting, selecting and alerting: what happens, and when it must not."""

from datetime import timedelta

import pytest

from letters.records import OutboxMessage
from tests.support.clock import TestClock
from tests.support.people import DUE, GRACE_HOURS, SYSTEM, Story
from tests.support.rows import unchanged
from tests.web.api.portal import APPLICATION, NOBODY, PROGRAM, Portal, changed, referees

CLOSED = DUE + timedelta(hours=GRACE_HOURS, seconds=1)


@pytest.fixture
def draft(portal: Portal) -> str:
    """The id of a draft."""
    found: str = portal.post("/applications", APPLICATION).json["id"]
    return found


def test_submitting(portal: Portal, story: Story, draft: str) -> None:
    answer = portal.post(f"/applications/{draft}/submit")

    assert answer.status_code == 200
    assert answer.json["status"] == "submitted"
    assert answer.json == portal.get(f"/applications/{draft}").json
    assert mails(story) == {"application_submitted": 1}


def test_selecting_requests_the_letters(portal: Portal, story: Story, draft: str) -> None:
    portal.post(f"/applications/{draft}/submit", {})

    answer = portal.post(f"/applications/{draft}/select", {})

    assert answer.status_code == 200
    assert answer.json["status"] == "selected"
    assert answer.json["outlook"] == "were_requested"
    assert {request["status"] for request in answer.json["requests"]} == {"requested"}
    assert answer.json == portal.get(f"/applications/{draft}").json
    assert mails(story) == {"application_submitted": 1, "letter_request": 2, "requests_sent": 1}


def test_alerting_every_referee(portal: Portal, story: Story, draft: str) -> None:
    answer = portal.post(f"/applications/{draft}/notices")

    assert answer.status_code == 200
    assert all(request["noticed_at"] for request in answer.json["requests"])
    assert {request["next"] for request in answer.json["requests"]} == {"request_may_follow"}
    assert {request["status"] for request in answer.json["requests"]} == {"named"}
    assert mails(story) == {"advance_notice": 2}


def test_alerting_some_referees(portal: Portal, story: Story, draft: str) -> None:
    first, second = (r["id"] for r in portal.get(f"/applications/{draft}").json["requests"])

    answer = portal.post(f"/applications/{draft}/notices", {"requests": [second]})

    noticed = [request["noticed_at"] is not None for request in answer.json["requests"]]
    assert noticed == [False, True]
    assert portal.post(f"/applications/{draft}/notices", {"requests": [first]}).status_code == 200
    assert mails(story) == {"advance_notice": 2}


def test_a_referee_of_another_application_is_not_alerted(
    portal: Portal, story: Story, draft: str
) -> None:
    other = portal.post("/applications", APPLICATION | {"external_id": "other"}).json
    own = portal.get(f"/applications/{draft}").json["requests"][0]["id"]

    for stranger in (other["requests"][0]["id"], NOBODY):
        with unchanged(story.house.database):
            answer = portal.post(f"/applications/{draft}/notices", {"requests": [own, stranger]})
        assert answer.status_code == 404
        assert answer.json["detail"] == "There is no such letter request. Check its id."


def test_no_referee_on_submission(portal: Portal, story: Story) -> None:
    for number, said in ((0, "names 0"), (1, "names 1")):
        body = APPLICATION | {"referees": referees(number), "submit": True}
        with unchanged(story.house.database):
            at_once = portal.post("/applications", body)
        draft = portal.post("/applications", body | {"submit": False, "external_id": str(number)})
        with unchanged(story.house.database):
            later = portal.post(f"/applications/{draft.json['id']}/submit")

        assert at_once.status_code == later.status_code == 409
        assert at_once.json["detail"] == later.json["detail"]
        assert said in at_once.json["detail"]
        assert "at least 2 letters" in at_once.json["detail"]


def test_more_referees_than_the_most(portal: Portal, story: Story) -> None:
    with unchanged(story.house.database):
        answer = portal.post("/applications", APPLICATION | {"referees": referees(5)})

    assert answer.status_code == 409
    assert "at most 4 letters and the application names 5" in answer.json["detail"]


def test_a_draft_is_not_selected(portal: Portal, story: Story, draft: str) -> None:
    with unchanged(story.house.database):
        answer = portal.post(f"/applications/{draft}/select")

    assert answer.status_code == 409
    assert "still a draft" in answer.json["detail"]


def test_nothing_is_done_twice(portal: Portal, story: Story, draft: str) -> None:
    for way, said in (
        ("notices", "no referee left to alert"),
        ("submit", "submitted already"),
        ("select", "requested already"),
    ):
        assert portal.post(f"/applications/{draft}/{way}").status_code == 200
        with unchanged(story.house.database):
            again = portal.post(f"/applications/{draft}/{way}")
        assert again.status_code == 409
        assert said in again.json["detail"]


def test_nothing_is_selected_under_the_policy_automatic(portal: Portal, story: Story) -> None:
    portal.post("/programs", PROGRAM)
    body = APPLICATION | {"program": PROGRAM["slug"], "referees": referees(3), "submit": True}
    found = portal.post("/applications", body).json["id"]

    with unchanged(story.house.database):
        answer = portal.post(f"/applications/{found}/select")

    assert answer.status_code == 409
    assert "automatically" in answer.json["detail"]


def test_after_the_program_closed(
    portal: Portal, story: Story, draft: str, clock: TestClock
) -> None:
    submitted = portal.post("/applications", APPLICATION | {"external_id": "2", "submit": True})
    clock.set(CLOSED)

    with unchanged(story.house.database):
        answers = [
            portal.post("/applications", changed(APPLICATION, "external_id", "3")),
            portal.post("/applications", APPLICATION | {"external_id": "4", "submit": True}),
            portal.post(f"/applications/{draft}/submit"),
            portal.post(f"/applications/{draft}/notices"),
            portal.post(f"/applications/{submitted.json['id']}/select"),
        ]

    assert {answer.status_code for answer in answers} == {409}
    (said,) = {answer.json["detail"] for answer in answers}
    assert said.startswith("This program has closed, so nothing was changed. ")
    assert "internships@alpine.example.org" in said


def test_an_unknown_application_is_not_changed(portal: Portal, story: Story) -> None:
    with unchanged(story.house.database):
        answers = [
            portal.post(f"/applications/{NOBODY}/{way}") for way in ("submit", "select", "notices")
        ]

    assert {answer.status_code for answer in answers} == {404}


def mails(story: Story) -> dict[str, int]:
    """How many mails of each kind are in the outbox."""
    with story.house.works.look(SYSTEM) as work:
        kinds = [row.kind.value for row in work.session.query(OutboxMessage)]
    return {kind: kinds.count(kind) for kind in kinds}
