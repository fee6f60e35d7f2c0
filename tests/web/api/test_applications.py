"""Applications: taking one in, and reading it; what an applicant must not see is not there."""

from uuid import UUID

from letters.domain.documents import Findings
from letters.ports import Purpose
from letters.records import OutboxMessage
from letters.services import answering, receiving, viewing
from letters.services.inspecting import Upload
from letters.web.api.answers import ApplicationAnswer
from tests.support.people import REFEREE, SYSTEM, Story
from tests.support.rows import count, unchanged
from tests.web.api.portal import (
    APPLICATION,
    DUE_TEXT,
    NOBODY,
    PROGRAM,
    Portal,
    changed,
    make_key,
    referees,
)

NOW = "2027-02-01T09:00:00Z"


def test_a_draft_is_taken_in(portal: Portal) -> None:
    answer = portal.post("/applications", APPLICATION)

    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/applications/{answer.json['id']}"
    assert list(answer.json) == list(ApplicationAnswer.model_fields)
    expected = {
        "program": "alpine-summer",
        "external_id": "2027-0042",
        "status": "draft",
        "applicant": {"name": "Mira Lindqvist", "email": "mira@example.com"},
        "waived": True,
        "created_at": NOW,
        "submitted_at": None,
        "outlook": "may_if_selected",
    }
    assert answer.json.items() >= expected.items()
    assert answer.json["progress"]["standing"] == "draft"


def test_each_referee_has_a_request_that_was_not_sent(portal: Portal, story: Story) -> None:
    answer = portal.post("/applications", APPLICATION)

    first, second = answer.json["requests"]
    assert UUID(first["id"]).version == 7
    assert first == {
        "id": first["id"],
        "status": "named",
        "referee": APPLICATION["referees"][0],
        "next": "alert_first",
        "due_at": DUE_TEXT,
        "noticed_at": None,
        "requested_at": None,
        "received_at": None,
        "declined_at": None,
        "cancelled_at": None,
    }
    assert second["referee"]["affiliation"] is None
    assert count(story.house.database, OutboxMessage) == 0


def test_an_application_is_submitted_at_once(portal: Portal, story: Story) -> None:
    answer = portal.post("/applications", APPLICATION | {"submit": True})

    assert answer.json["status"] == "submitted"
    assert answer.json["submitted_at"] == NOW
    assert answer.json["progress"]["standing"] == "waiting"
    assert {request["status"] for request in answer.json["requests"]} == {"named"}
    assert mail_kinds(story) == ["application_submitted"]


def test_under_the_policy_automatic_letters_are_requested_at_once(
    portal: Portal, story: Story
) -> None:
    portal.post("/programs", PROGRAM)
    body = APPLICATION | {
        "program": PROGRAM["slug"],
        "referees": referees(3),
        "submit": True,
    }

    answer = portal.post("/applications", body)

    assert answer.json["outlook"] == "were_requested"
    assert {request["status"] for request in answer.json["requests"]} == {"requested"}
    assert mail_kinds(story) == ["application_submitted", *3 * ["letter_request"]]


def test_only_what_is_needed_is_needed(portal: Portal) -> None:
    body = {
        "program": "alpine-summer",
        "applicant": APPLICATION["applicant"],
        "referees": [],
        "waived": False,
    }

    answer = portal.post("/applications", body)

    assert answer.status_code == 201
    assert answer.json["status"] == "draft"
    assert answer.json["external_id"] is None
    assert answer.json["requests"] == []


def test_null_says_that_there_is_nothing(portal: Portal) -> None:
    body = changed(APPLICATION, "referees.0.affiliation", None)

    answer = portal.post("/applications", body | {"external_id": None})

    assert answer.status_code == 201
    assert answer.json["requests"][0]["referee"]["affiliation"] is None


def test_the_status_link_opens_the_status_view(portal: Portal, story: Story) -> None:
    answer = portal.post("/applications", APPLICATION)

    token = answer.json["status_url"].rpartition("/application/")[2]
    with story.house.works.look(SYSTEM) as work:
        page = viewing.status_page(work, token)

    assert str(page.application.id) == answer.json["id"]


def test_an_application_is_read_as_it_was_answered(portal: Portal) -> None:
    created = portal.post("/applications", APPLICATION | {"submit": True})

    read = portal.get(f"/applications/{created.json['id']}")

    assert read.status_code == 200
    assert read.json == created.json


def test_an_unknown_application_is_not_found(portal: Portal) -> None:
    absent = portal.get(f"/applications/{NOBODY}")

    assert absent.status_code == 404
    assert absent.json["detail"] == "There is no such application. Check its id."
    assert portal.get("/applications/42").status_code == 404


def test_applications_of_other_programs_are_as_if_absent(portal: Portal, story: Story) -> None:
    portal.post("/programs", PROGRAM)
    stranger = portal.with_key(make_key(story.house, "stranger", PROGRAM["slug"]))
    found = portal.post("/applications", APPLICATION).json["id"]
    ways = ("", "/submit", "/select", "/notices")

    with unchanged(story.house.database):
        answers = [
            stranger.post(f"/applications/{found}{way}")
            if way
            else stranger.get(f"/applications/{found}")
            for way in ways
        ]
        absent = stranger.get(f"/applications/{NOBODY}")
        created = stranger.post("/applications", APPLICATION)
        nowhere = stranger.post("/applications", APPLICATION | {"program": "nowhere"})

    assert {answer.status_code for answer in answers} == {404}
    assert {answer.text for answer in answers} == {absent.text}
    assert created.status_code == 404
    assert created.text.replace(story.slug, "nowhere") == nowhere.text


def test_a_key_for_one_program_does_all_of_its_work(portal: Portal, story: Story) -> None:
    bound = portal.with_key(make_key(story.house, "bound", story.slug))

    found = bound.post("/applications", APPLICATION).json["id"]

    assert bound.post(f"/applications/{found}/notices").status_code == 200
    assert bound.post(f"/applications/{found}/submit").status_code == 200
    assert bound.post(f"/applications/{found}/select").status_code == 200
    assert bound.get(f"/applications/{found}").status_code == 200


def test_what_an_applicant_must_not_see_is_in_no_answer(portal: Portal, story: Story) -> None:
    found = portal.post("/applications", APPLICATION | {"submit": True}).json["id"]
    portal.post(f"/applications/{found}/select", once="selected")
    upload = Upload(
        content=b"a letter".ljust(987_654),
        file_name="ferreira-about-lindqvist.pdf",
        sha256="5ec4e7" * 10 + "abcd",
        findings=Findings(pages=7),
    )
    with story.house.works.change(REFEREE) as work:
        receiving.receive(work, story.upload_token(UUID(found)), upload)
    with story.house.works.change(REFEREE) as work:
        answering.decline(work, story.upload_token(UUID(found), 2), "We never got along.")

    answers = [
        portal.get(f"/applications/{found}"),
        portal.post(f"/applications/{found}/select", once="selected"),
        portal.post(f"/applications/{found}/select"),
        portal.post(f"/applications/{found}/notices"),
        portal.post("/applications", APPLICATION),
    ]

    received, declined = answers[0].json["requests"]
    assert (received["status"], received["next"]) == ("received", "nothing_more")
    assert (declined["status"], declined["next"]) == ("declined", "declined")
    assert answers[0].json["progress"]["short"] is True
    for answer in answers:
        said = answer.text + str(answer.headers)
        for secret in (
            "ferreira-about",
            "987654",
            "5ec4e75ec4e7",
            "never got along",
            "version",
            "pages",
        ):
            assert secret not in said


def test_the_link_follows_its_generation(portal: Portal, story: Story) -> None:
    created = portal.post("/applications", APPLICATION, once="a").json
    with story.house.works.change(SYSTEM) as work:
        from_database = story.application(UUID(created["id"]))
        work.session.merge(from_database).link_generation += 1

    read = portal.get(f"/applications/{created['id']}").json
    replayed = portal.post("/applications", APPLICATION, once="a").json

    links = story.house.works.tools.links
    assert read["status_url"] == links.url(Purpose.STATUS, UUID(created["id"]), 2)
    assert replayed["status_url"] == read["status_url"] != created["status_url"]


def mail_kinds(story: Story) -> list[str]:
    """The kinds of all mails in the outbox, sorted."""
    with story.house.works.look(SYSTEM) as work:
        return sorted(row.kind.value for row in work.session.query(OutboxMessage))
