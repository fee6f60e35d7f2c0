"""How many SQL statements the applicant's acts take: as many with ten referees as with two."""

from uuid import UUID

from letters.domain.schedule import NUDGE_SPACING
from tests.support.clock import TestClock
from tests.support.people import Story
from tests.support.statements import counted
from tests.web import scenes
from tests.web.visiting import Visitor, on_sqlite, press

pytestmark = on_sqlite

NAMED = {"name": "Prof. Chiyo Tanaka", "affiliation": "Example College"}
SAVE_MAILS = "Save the choice"
STATEMENTS = {"status view": 1, "nudge": 9, "address": 9, "replace": 13, "add": 8, "mails": 4}
"""A row that is written is one of them, and so is the lock."""


def status_of(story: Story, application: UUID) -> str:
    return f"/application/{story.status_token(application)}"


def with_ten_referees(client: Visitor, story: Story, application: UUID) -> None:
    for number in range(8):
        referee = story.application(application).requests[number].id
        form = client.get(f"{status_of(story, application)}/referees/{referee}/replace")
        press(client, form, "Name this referee", {**NAMED, "email": f"r{number}@example.net"})


def taken(client: Visitor, story: Story, clock: TestClock, application: UUID) -> dict[str, int]:
    """Count what the status view and each act on the last referee take."""
    clock.advance(NUDGE_SPACING)
    status = status_of(story, application)
    referee = story.application(application).requests[-1].id
    steps = {
        "nudge": (f"referees/{referee}/nudge", "Send the reminder", {}),
        "address": (f"referees/{referee}/address", "Use this address", {"email": "x@example.org"}),
        "replace": (
            f"referees/{referee}/replace",
            "Name this referee",
            {**NAMED, "email": "instead@example.org"},
        ),
        "add": ("referees/new", "Name this referee", {**NAMED, "email": "more@example.org"}),
        "mails": ("mails", SAVE_MAILS, {"mails": "problems"}),
    }
    found = {}
    with counted(story.house.database.engine) as statements:
        client.get(status)
    found["status view"] = len(statements)
    for name, (tail, button, values) in steps.items():
        page = client.get(f"{status}/{tail}")
        with counted(story.house.database.engine) as statements:
            assert press(client, page, button, values).status_code == 303, name
        found[name] = len(statements)
    return found


def test_each_act_takes_as_many_statements_with_ten_referees(
    client: Visitor, story: Story, clock: TestClock
) -> None:
    few, many = scenes.requested(story), scenes.requested(story)
    with_ten_referees(client, story, many)
    with_two = taken(client, story, clock, few)
    assert taken(client, story, clock, many) == with_two == STATEMENTS
