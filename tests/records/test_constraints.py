"""The database itself refuses what must never be true, whoever writes it."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
    func,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError

from letters.records import Base, Database, new_id
from tests.records.bad_rows import BAD_ROWS, LATER, Bad
from tests.records.sample_rows import AT, SampleRows, table


@pytest.fixture
def samples() -> SampleRows:
    return SampleRows()


@pytest.fixture
def connection(one_database: Database, samples: SampleRows) -> Iterator[Connection]:
    """A transaction with a good row in every table; it is rolled back in the end."""
    with one_database.engine.connect() as connected:
        samples.write(connected)
        yield connected


def constraint_named_in(error: IntegrityError) -> str:
    """Return the constraint that a database complains of. SQLite names the columns of a key."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name)
    kind, _, what = str(error.orig).partition(" constraint failed: ")
    if kind != "UNIQUE":
        return what
    table_name = what.partition(".")[0]
    return "_".join(["uq", table_name, *(x.partition(".")[2] for x in what.split(", "))])


@pytest.mark.parametrize("bad", BAD_ROWS, ids=str)
def test_a_row_that_breaks_a_rule_is_refused(
    connection: Connection, samples: SampleRows, bad: Bad
) -> None:
    row = samples.another(bad.table, **dict(bad.changes), **samples.same(bad.table, *bad.same))
    with pytest.raises(IntegrityError) as refused:
        connection.execute(insert(table(bad.table)).values(row))
    assert constraint_named_in(refused.value) in {bad.constraint, bad.or_else} - {""}


def test_every_rule_of_the_tables_has_a_row_that_breaks_it() -> None:
    rules = {
        str(constraint.name)
        for found in Base.metadata.sorted_tables
        for constraint in found.constraints
        if isinstance(constraint, CheckConstraint | UniqueConstraint)
        and not isinstance(constraint, PrimaryKeyConstraint)
    }
    assert {bad.constraint for bad in BAD_ROWS} == rules


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("applications", {"external_id": None}),
        ("applications", {"status": "draft", "submitted_at": None}),
        ("applications", {"status": "selected", "selected_at": AT}),
        ("applications", {"status": "withdrawn", "withdrawn_at": LATER}),
        ("applications", {"completed_at": AT}),
        ("letter_requests", {"status": "requested", "requested_at": AT}),
        ("letter_requests", {"status": "cancelled", "cancelled_at": AT}),
        (
            "letter_requests",
            {"status": "declined", "requested_at": AT, "declined_at": AT, "decline_reason": "No"},
        ),
        ("letter_requests", {"status": "declined", "declined_at": AT, "decline_reason": "No"}),
        (
            "letter_requests",
            {"welcomed_at": AT, "former_email": "old@example.org", "corrected_at": AT},
        ),
        (
            "letter_requests",
            {
                "status": "requested",
                "requested_at": AT,
                "more_time_asked_at": AT,
                "more_time_note": "Next week",
            },
        ),
        ("letters", {"checked": False, "pages": None}),
        ("letters", {"quarantine": "unchecked", "checked": False, "pages": None}),
        ("letters", {"quarantine": "not_scanned", "released_at": LATER}),
        ("letters", {"purged_at": AT, "wrapped_key": b""}),
        ("outbox", {"status": "sending", "lease_until": LATER}),
        ("outbox", {"status": "sent", "sent_at": LATER}),
        ("outbox", {"status": "dead"}),
    ],
)
def test_a_row_that_breaks_none_is_taken(
    connection: Connection, samples: SampleRows, name: str, changes: dict[str, Any]
) -> None:
    connection.execute(insert(table(name)).values(samples.another(name, **changes)))
    assert how_many(connection, name) == 2


def test_two_applications_without_an_external_id_do_not_collide(
    connection: Connection, samples: SampleRows
) -> None:
    rows = [samples.another("applications", external_id=None) for _ in range(2)]
    connection.execute(insert(table("applications")).values(rows))
    assert how_many(connection, "applications") == 3


def test_no_row_points_to_one_that_is_not_there(
    connection: Connection, samples: SampleRows
) -> None:
    taken = []
    for constraint in foreign_keys():
        name = constraint.table.name
        columns = [column.name for column in constraint.columns]
        pointing: dict[str, Any] = {column: new_id() for column in columns}
        if constraint.name == "fk_letter_requests_current_version":
            pointing = {"status": "received", "requested_at": AT, "received_at": AT}
            pointing |= {"current_version": 7}
        try:
            with connection.begin_nested():
                connection.execute(insert(table(name)).values(samples.another(name, **pointing)))
        except IntegrityError:
            continue
        taken.append(constraint.name)
    assert taken == []


def test_a_received_request_points_to_a_version_of_its_own_letter(
    connection: Connection, samples: SampleRows
) -> None:
    version = samples.rows["letters"]["version"]
    requests = table("letter_requests")
    received = {"status": "received", "requested_at": AT, "received_at": AT}
    pointing = requests.update().values(**received, current_version=version)
    connection.execute(pointing.where(requests.c.id == samples.request))

    stranger = samples.another("letter_requests", **received, current_version=version)
    with pytest.raises(IntegrityError):
        connection.execute(insert(requests).values(stranger))


def how_many(connection: Connection, name: str) -> int:
    """Return how many rows a table has."""
    return connection.scalars(select(func.count()).select_from(table(name))).one()


def foreign_keys() -> list[ForeignKeyConstraint]:
    """Return every reference from one table to another."""
    found = [
        constraint
        for each in Base.metadata.sorted_tables
        for constraint in each.constraints
        if isinstance(constraint, ForeignKeyConstraint)
    ]
    return sorted(found, key=lambda constraint: str(constraint.name))
