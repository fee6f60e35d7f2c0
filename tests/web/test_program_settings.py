"""A program's settings in the browser: changed by who manages it, and by nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from letters.domain.journal import MessageKind
from letters.domain.roles import Role
from letters.house import House
from letters.records import Program, program_coordinators
from letters.services import finding, moving_due
from tests.support.people import DUE, INTERNSHIP, SYSTEM, Story
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    follow,
    form_labels,
    heading,
    lead,
    links_of,
    mails_owed,
    on_sqlite,
    press,
)

LIST = f"/coordinate/programs/{INTERNSHIP.slug}"
SETTINGS = f"{LIST}/settings"


def program_of(house: House, slug: str = INTERNSHIP.slug) -> Program:
    with house.works.look(SYSTEM) as work:
        return finding.program_by_slug(work, slug)


def save(visitor: Visitor, **values: object) -> TestResponse:
    return press(visitor, visitor.get(SETTINGS), "Save the settings", values)


@on_sqlite
def test_what_is_saved_is_what_the_public_page_says(cora: Visitor, house: House) -> None:
    page = cora.get(links_of(cora.get(LIST))["Settings"])
    assert heading(page) == "Settings"
    assert save(cora, title="Winter <b>School</b>", reminder_days="3 10").status_code == 303
    assert heading(cora.get(f"/programs/{INTERNSHIP.slug}")) == "Winter <b>School</b>"
    assert program_of(house).reminder_days == [10, 3]


@on_sqlite
def test_saving_the_form_as_it_is_changes_nothing(cora: Visitor, house: House) -> None:
    before = program_of(house)
    assert save(cora).status_code == 303
    assert program_of(house).journal_length == before.journal_length


@on_sqlite
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    cora: Visitor, house: House, subtests: pytest.Subtests
) -> None:
    bad = {
        "title": "",
        "grace_hours": "many",
        "min_letters": "0",
        "largest_megabytes": "101",
        "due_at": "soon",
        "timezone": "Mars/Base",
        "reminder_days": "14, x",
        "contact_email": "nobody",
    }
    for field, value in bad.items():
        with subtests.test(field=field):
            page = save(cora, **{field: value})
            assert page.status_code == 422
            assert f'id="{field}-wrong"' in page.text
            assert "Nothing was saved." in content(page)
    assert program_of(house).title == INTERNSHIP.title


@on_sqlite
def test_an_older_form_is_refused(cora: Visitor, house: House) -> None:
    older = cora.get(SETTINGS)
    save(cora, title="First")
    answer = press(cora, older, "Save the settings", {"title": "Second"})
    assert (answer.status_code, program_of(house).title) == (409, "First")
    assert "Somebody changed this program meanwhile" in content(answer)
    assert press(cora, answer, "Save the settings").status_code == 303
    assert program_of(house).title == "Second"


@on_sqlite
def test_another_due_date_is_saved_once_it_was_said_who_is_told(
    cora: Visitor, house: House, story: Story
) -> None:
    scenes.requested(story)
    page = save(cora, due_at="2027-04-08T23:59")
    assert heading(page) == "Who will be told"
    assert "2 mails with the new date" in content(page)
    assert program_of(house).due_at == DUE
    assert press(cora, page, "Save, and tell them").status_code == 303
    assert program_of(house).due_at == DUE + timedelta(days=7)
    moving_due.tell_of_moved_dates(house.works, SYSTEM)
    owed = mails_owed(house)
    assert owed.count(MessageKind.REFEREE_DUE_MOVED) == 2
    assert owed.count(MessageKind.DUE_MOVED) == 1


@on_sqlite
def test_a_program_is_closed_reopened_archived_and_brought_back(
    cora: Visitor, house: House
) -> None:
    scenes.requested(Story(house, INTERNSHIP.slug))
    assert "days left" in content(cora.get("/coordinate/"))
    assert "by hand" not in content(cora.get(LIST))
    assert "Give more time" in form_labels(cora.get(LIST))
    for act, button in (("close", "Close it"), ("reopen", "Reopen it"), ("close", "Close it")):
        assert press(cora, cora.get(f"{LIST}/{act}"), button).status_code == 303
    assert "This program has closed" in content(cora.get(f"/programs/{INTERNSHIP.slug}"))
    closed = "Closed by hand: no applications and no letters are taken."
    page = cora.get(LIST)
    assert closed in content(page)
    assert {"Release whoever is left", "Withdraw"} < set(form_labels(page))
    in_vain = {"Select and request letters", "Remind referees", "Give more time"}
    assert in_vain.isdisjoint(form_labels(page))
    assert "days left" not in content(cora.get("/coordinate/"))
    none = cora.get("/coordinate/?archived=yes")
    assert (heading(none), "No program is archived." in content(none)) == (
        "Archived programs",
        True,
    )
    press(cora, cora.get(f"{LIST}/archive"), "Archive it")
    assert "In the archive: it can only be read." in content(cora.get(LIST))
    assert INTERNSHIP.title not in content(cora.get("/coordinate/"))
    assert INTERNSHIP.title in content(cora.get("/coordinate/?archived=yes"))
    assert INTERNSHIP.title not in content(cora.get("/"))
    assert save(cora, title="Another").status_code == 409
    press(cora, cora.get(f"{LIST}/unarchive"), "Take it out")
    assert INTERNSHIP.title in content(cora.get("/coordinate/"))
    found = program_of(house)
    assert (found.archived_at, found.closed_at is None) == (None, False)


@on_sqlite
def test_last_season_is_copied(cora: Visitor, house: House) -> None:
    page = cora.get(f"{LIST}/copy")
    refused = press(cora, page, "Create the copy", {"slug": "Not A Slug"})
    assert refused.status_code == 422
    made = follow(cora, press(cora, refused, "Create the copy", {"slug": "summer-2028"}))
    assert lead(made) == "0 of 0 applications complete."
    assert program_of(house, "summer-2028").due_at == DUE + timedelta(days=364)


@on_sqlite
def test_who_does_not_manage_the_program_gets_none_of_it(house: House, cora: Visitor) -> None:
    page = cora.get(SETTINGS)
    with house.works.change(SYSTEM) as work:
        work.session.execute(update(program_coordinators).values(role=Role.READER))
    assert "Settings" not in links_of(cora.get(LIST))
    for name in ("settings", "copy", "close", "reopen", "archive", "unarchive"):
        assert cora.get(f"{LIST}/{name}").status_code == 403
    assert press(cora, page, "Save the settings", {"title": "Mine"}).status_code == 403
    assert program_of(house).title == INTERNSHIP.title


@on_sqlite
def test_the_waiver_is_in_the_words_of_the_program(
    cora: Visitor, story: Story, client: Visitor
) -> None:
    application_id = story.apply()
    save(cora, waiver_wording="I give up 100% of my <right> to look.")
    page = client.get(f"/application/{story.status_token(application_id)}/waiver")
    assert "I give up 100% of my <right> to look." in content(page)
