"""How many SQL statements a call takes, and that it does not grow with what it reads."""

import pytest

from letters.house import House
from tests.support.people import Story
from tests.support.statements import counted
from tests.web.api.portal import APPLICATION, PROGRAM, Portal, changed, referees

MANY = (1, 2, 10)


@pytest.fixture
def portal(portal: Portal) -> Portal:
    """A portal, in a house with a program that takes from one to ten letters."""
    wide = PROGRAM | {"min_letters": 1, "max_letters": 10}
    portal.post("/programs", wide)
    portal.post("/programs", changed(wide, "slug", "selected") | {"request_policy": "selected"})
    return portal


def body(number: int, *, submit: bool) -> dict[str, object]:
    """An application with that many referees."""
    return APPLICATION | {
        "program": PROGRAM["slug"],
        "external_id": f"{number}-{submit}",
        "referees": referees(number),
        "submit": submit,
    }


def test_reading_an_application(portal: Portal, house: House) -> None:
    paths = [
        f"/applications/{portal.post('/applications', body(n, submit=True)).json['id']}"
        for n in MANY
    ]

    assert [statements(house, portal, "GET", path) for path in paths] == [3, 3, 3]


def test_reading_a_program(portal: Portal, house: House, story: Story) -> None:
    assert statements(house, portal, "GET", f"/programs/{story.slug}") == 2


def test_taking_in_a_draft(portal: Portal, house: House) -> None:
    taken = [
        statements(house, portal, "POST", "/applications", body(n, submit=False)) for n in MANY
    ]

    assert taken == [8, 8, 8]


def test_taking_in_and_requesting(portal: Portal, house: House) -> None:
    """All is written together in the end; on SQLite each entry of the journal by itself."""
    taken = [statements(house, portal, "POST", "/applications", body(n, submit=True)) for n in MANY]

    per_referee = 1 if house.database.is_sqlite else 0
    assert taken == [10 + per_referee * (number + 1) for number in MANY]


def test_a_replay(portal: Portal, house: House) -> None:
    portal.post("/applications", body(3, submit=True), once="a")

    with counted(house.database.engine) as taken:
        portal.post("/applications", body(3, submit=True), once="a")

    assert len(taken) == 4


def statements(
    house: House, portal: Portal, method: str, path: str, body: dict[str, object] | None = None
) -> int:
    """Count the statements of one call that succeeds."""
    with counted(house.database.engine) as taken:
        answer = portal.get(path) if method == "GET" else portal.post(path, body)
    assert answer.status_code < 300
    return len(taken)
