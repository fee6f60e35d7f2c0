"""Withdrawing, and what is done about single referees: what happens, and when it must not."""

from uuid import UUID

import pytest

from letters.domain.journal import ActorKind, Fact
from letters.records import Remark
from letters.services import finding
from tests.services import acts
from tests.services.scenes import breaches, change_application, journal
from tests.support.clock import TestClock
from tests.support.people import SYSTEM, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.api.portal import APPLICATION, NOBODY, PROGRAM, Answer, Portal, make_key, referees
from tests.web.api.test_moves import CLOSED, mails
from tests.web.visiting import on_sqlite

LEE = {"name": "Prof. Lee Okafor", "email": "lee.okafor@example.edu", "affiliation": "By the Lake"}
REASON = {"reason": "They wrote to us on paper."}


@pytest.fixture
def asked(portal: Portal) -> Answer:
    """An application whose two referees are asked for their letters."""
    found = portal.post("/applications", APPLICATION | {"submit": True}).json["id"]
    return portal.post(f"/applications/{found}/select")


def first(application: Answer) -> str:
    """Where the first request of an application is."""
    return f"/requests/{application.json['requests'][0]['id']}"


def statuses(answer: Answer) -> list[str]:
    """How each request stands."""
    return [request["status"] for request in answer.json["requests"]]


# --- the application --------------------------------------------------------------------------


def test_withdrawing_ends_what_is_open(portal: Portal, story: Story, asked: Answer) -> None:
    path = f"/applications/{asked.json['id']}/withdraw"

    answer = portal.post(path, once="a")

    assert (answer.status_code, answer.json["status"]) == (200, "withdrawn")
    assert statuses(answer) == ["cancelled", "cancelled"]
    assert mails(story)["request_cancelled"] == 2
    assert portal.post(path, once="a").json == answer.json
    with unchanged(story.house.database):
        assert portal.post(path).json == answer.json


def test_one_referee_more(portal: Portal, story: Story, asked: Answer) -> None:
    path = f"/applications/{asked.json['id']}/referees"

    answer = portal.post(path, LEE, once="a")

    assert answer.status_code == 200
    assert statuses(answer) == ["requested", "requested", "requested"]
    assert answer.json["requests"][2]["referee"] == LEE | {"relationship": None}
    assert mails(story)["letter_request"] == 3
    assert portal.post(path, LEE, once="a").headers["Idempotency-Replayed"] == "true"
    assert portal.post(path, referees(1)[0]).status_code == 200
    with unchanged(story.house.database):
        assert "at most 4 letters" in portal.post(path, referees(2)[1]).json["detail"]


def test_a_draft_can_be_completed(portal: Portal, story: Story) -> None:
    draft = portal.post("/applications", APPLICATION | {"referees": referees(1)}).json["id"]
    assert portal.post(f"/applications/{draft}/submit").status_code == 409

    answer = portal.post(f"/applications/{draft}/referees", LEE)

    assert (answer.json["status"], statuses(answer)) == ("draft", ["named", "named"])
    assert mails(story) == {}
    assert portal.post(f"/applications/{draft}/submit").status_code == 200
    assert breaches(story.house) == []


@on_sqlite
def test_a_draft_on_our_page_is_changed_there(portal: Portal, story: Story) -> None:
    draft = acts.begin_draft(story)
    change_application(story, draft, unproved=False)
    with unchanged(story.house.database):
        answer = portal.post(f"/applications/{draft}/referees", LEE)
    assert answer.status_code == 409
    assert "Change its referees in the draft" in answer.json["detail"]


# --- one referee ------------------------------------------------------------------------------


def test_somebody_else_in_place_of_a_referee(portal: Portal, story: Story, asked: Answer) -> None:
    answer = portal.post(f"{first(asked)}/replace", LEE)

    assert statuses(answer) == ["cancelled", "requested", "requested"]
    assert answer.json["requests"][2]["referee"]["email"] == LEE["email"]
    assert answer.json == portal.get(f"/applications/{asked.json['id']}").json
    with unchanged(story.house.database):
        again = portal.post(f"{first(asked)}/replace", referees(1)[0])
    assert again.status_code == 409


@pytest.mark.parametrize("email", ["mira@example.com", "B.deWit@example.org", "nowhere"])
@on_sqlite
def test_not_just_anybody(portal: Portal, story: Story, asked: Answer, email: str) -> None:
    with unchanged(story.house.database):
        answers = [
            portal.post(path, LEE | {"email": email})
            for path in (f"{first(asked)}/replace", f"/applications/{asked.json['id']}/referees")
        ]
    for answer in answers:
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json["errors"]] == ["email"]


def test_cancelling(portal: Portal, story: Story, asked: Answer) -> None:
    answer = portal.post(f"{first(asked)}/cancel", REASON)

    assert statuses(answer) == ["cancelled", "requested"]
    entry = journal(story.house, UUID(asked.json["id"]))[-1]
    with story.house.works.look(SYSTEM) as work:
        kept = work.session.query(Remark).one()
        assert (kept.text, kept.author_id) == (REASON["reason"], None)
    assert (entry.fact, entry.actor_kind) == (Fact.REQUEST_CANCELLED, ActorKind.API)
    assert entry.details["remark"] == str(kept.id)
    with unchanged(story.house.database):
        assert portal.post(f"{first(asked)}/cancel", REASON).status_code == 409


def test_mailing_the_link_again(portal: Portal, story: Story, asked: Answer) -> None:
    answer = portal.post(f"{first(asked)}/resend")

    assert statuses(answer) == ["requested", "requested"]
    assert mails(story)["letter_request"] == 3


def test_returning_a_wrong_letter(portal: Portal, story: Story, asked: Answer) -> None:
    application_id = UUID(asked.json["id"])
    scenes.letter_in(story, application_id)

    answer = portal.post(f"{first(asked)}/return", REASON)

    assert statuses(answer) == ["requested", "requested"]
    assert mails(story)["letter_returned"] == 1
    with unchanged(story.house.database):
        assert portal.post(f"{first(asked)}/return", REASON).status_code == 409
    assert breaches(story.house) == []


# --- what must not happen ---------------------------------------------------------------------

CALLS: dict[str, object] = {"replace": LEE, "cancel": REASON, "resend": None, "return": REASON}
ON_APPLICATIONS: dict[str, object] = {"withdraw": None, "referees": LEE}


def every_call(client: Portal, application_id: str, request: str) -> list[Answer]:
    """Call all there is to call about one application and one of its requests."""
    return [client.post(f"{request}/{way}", body) for way, body in CALLS.items()] + [
        client.post(f"/applications/{application_id}/{way}", body)
        for way, body in ON_APPLICATIONS.items()
    ]


def test_another_programs_key_finds_nothing(portal: Portal, story: Story, asked: Answer) -> None:
    portal.post("/programs", PROGRAM)
    stranger = portal.with_key(make_key(story.house, "stranger", PROGRAM["slug"]))
    with unchanged(story.house.database):
        answers = every_call(stranger, asked.json["id"], first(asked))
        missing = every_call(portal, NOBODY, f"/requests/{NOBODY}")
    assert {answer.status_code for answer in answers} == {404}
    assert [answer.text for answer in answers] == [answer.text for answer in missing]


def test_what_nobody_opened_the_link_for_is_not_there(
    portal: Portal, story: Story, asked: Answer
) -> None:
    change_application(story, UUID(asked.json["id"]), unproved=True)
    with unchanged(story.house.database):
        answers = every_call(portal, asked.json["id"], first(asked))
        read = portal.get(f"/applications/{asked.json['id']}")
        listed = portal.get("/applications")
    assert {answer.status_code for answer in (*answers, read)} == {404}
    assert listed.json["applications"] == []


@on_sqlite
def test_a_reason_is_needed(portal: Portal, story: Story, asked: Answer) -> None:
    scenes.letter_in(story, UUID(asked.json["id"]), 2)
    second = f"/requests/{asked.json['requests'][1]['id']}"
    for path in (f"{first(asked)}/cancel", f"{second}/return"):
        for body in ({}, {"reason": ""}, {"reason": " "}, {"reason": 1}, {"reason": "x" * 1001}):
            with unchanged(story.house.database):
                answer = portal.post(path, body)
            assert answer.status_code == 422
            assert [error["field"] for error in answer.json["errors"]] == ["reason"]


@on_sqlite
def test_after_the_program_closed(
    portal: Portal, story: Story, asked: Answer, clock: TestClock
) -> None:
    clock.set(CLOSED)
    with unchanged(story.house.database):
        for path in (f"{first(asked)}/replace", f"/applications/{asked.json['id']}/referees"):
            assert portal.post(path, LEE).json["detail"].startswith("This program has closed")
        assert portal.post(f"{first(asked)}/resend").status_code == 409
    assert portal.post(f"{first(asked)}/cancel", REASON).status_code == 200


@on_sqlite
def test_in_the_archive_nothing_is_done(portal: Portal, story: Story, asked: Answer) -> None:
    with story.house.works.change(SYSTEM) as work:
        finding.program_by_slug(work, story.slug).archived_at = work.now
    with unchanged(story.house.database):
        answers = every_call(portal, asked.json["id"], first(asked))
    assert {answer.status_code for answer in answers} == {409}
