"""Programs: creating one, and reading it."""

from sqlalchemy import select

from letters.domain.journal import ActorKind, Fact
from letters.records import ApiKey, JournalEntry, Program
from letters.web.api.answers import ProgramAnswer
from tests.support.people import FELLOWSHIP, SYSTEM, Story
from tests.support.rows import unchanged
from tests.web.api.portal import PROGRAM, Portal, changed, make_key


def test_a_program_is_created(portal: Portal) -> None:
    answer = portal.post("/programs", PROGRAM)

    assert answer.status_code == 201
    assert answer.headers["Location"] == "/api/v1/programs/lakeside-fellowship"
    assert list(answer.json) == list(ProgramAnswer.model_fields)
    assert answer.json == PROGRAM | {
        "due_at": "2027-04-01T21:59:00Z",
        "closes_at": "2027-04-02T21:59:00Z",
        "created_at": "2027-02-01T09:00:00Z",
    }


def test_a_program_is_read_as_it_was_created(portal: Portal) -> None:
    created = portal.post("/programs", PROGRAM)

    read = portal.get("/programs/lakeside-fellowship")

    assert read.status_code == 200
    assert read.json == created.json


def test_what_may_be_left_out_has_a_sensible_value(portal: Portal) -> None:
    needed = ("slug", "title", "organization", "due_at", "timezone", "contact_email")

    answer = portal.post("/programs", {name: PROGRAM[name] for name in needed})

    assert answer.status_code == 201
    assert answer.json["min_letters"] == 2
    assert answer.json["max_letters"] == 4
    assert answer.json["request_policy"] == "automatic"
    assert answer.json["grace_hours"] == 0
    assert answer.json["wished_pages"] == 20
    assert answer.json["kept_days"] == 365
    assert answer.json["takes_word"] is False
    assert answer.json["notices_on_submission"] is False
    assert answer.json["most_reminders"] == 5
    assert answer.json["reminder_days"] == [14, 7, 2]
    assert (answer.json["waiver_wording"], answer.json["sender_name"]) == ("", "")


def test_the_journal_says_which_key_it_was(portal: Portal, story: Story) -> None:
    portal.post("/programs", PROGRAM)

    with story.house.works.look(SYSTEM) as work:
        entry = work.session.scalars(
            select(JournalEntry)
            .join(Program, Program.id == JournalEntry.program_id)
            .where(JournalEntry.fact == Fact.PROGRAM_CREATED, Program.slug != story.slug)
        ).one()
        key_id = work.session.scalar(select(ApiKey.id))

    assert (entry.actor_kind, entry.origin, entry.actor_id) == (ActorKind.API, "api", key_id)


def test_a_short_name_is_given_once(portal: Portal, story: Story) -> None:
    with unchanged(story.house.database):
        answer = portal.post("/programs", changed(PROGRAM, "slug", story.slug))

    assert answer.status_code == 409
    assert answer.json["detail"] == "“alpine-summer” exists already. Choose another name."


def test_a_key_for_one_program_creates_none(portal: Portal, story: Story) -> None:
    bound = portal.with_key(make_key(story.house, "bound", story.slug))

    with unchanged(story.house.database):
        answer = bound.post("/programs", PROGRAM)

    assert answer.status_code == 403
    assert "one program only" in answer.json["detail"]


def test_other_programs_are_as_if_absent(portal: Portal, story: Story) -> None:
    portal.post("/programs", PROGRAM)
    bound = portal.with_key(make_key(story.house, "bound", story.slug))

    foreign, absent = bound.get(f"/programs/{FELLOWSHIP.slug}"), bound.get("/programs/nothing")

    assert bound.get(f"/programs/{story.slug}").status_code == 200
    assert foreign.status_code == absent.status_code == 404
    assert foreign.text.replace(FELLOWSHIP.slug, "nothing") == absent.text


def test_no_name_can_disturb_the_database(portal: Portal) -> None:
    for name in ("%00", "a%00b", "x" * 5000, "%ff", "%27--"):
        assert portal.get(f"/programs/{name}").status_code == 404
