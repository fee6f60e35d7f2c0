"""Instants go in aware and come back in UTC; names come in order."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from letters.records import Coordinator, Database, new_id
from tests.records.sample_rows import SampleRows, table

NOON = datetime(2027, 6, 1, 12, 0, 0, 123456, tzinfo=UTC)
SAME_INSTANT = (
    NOON,
    NOON.astimezone(ZoneInfo("Europe/Zurich")),
    NOON.astimezone(timezone(timedelta(hours=-9, minutes=-30))),
)


@pytest.mark.parametrize("given", SAME_INSTANT, ids=str)
def test_an_instant_comes_back_in_utc_to_the_microsecond(
    one_database: Database, given: datetime
) -> None:
    row = SampleRows().another("coordinators", created_at=given)
    with one_database.writing() as session:
        session.execute(insert(table("coordinators")).values(row))
        read = session.scalars(select(Coordinator.created_at)).one()
        session.rollback()
    assert (read, read.tzinfo) == (NOON, UTC)


def test_instants_are_compared_as_instants(one_database: Database) -> None:
    zurich = NOON.astimezone(ZoneInfo("Europe/Zurich"))
    samples = SampleRows()
    with one_database.writing() as session:
        for minutes in (-1, 0, 1):
            at = zurich + timedelta(minutes=minutes)
            row = samples.another("coordinators", created_at=at)
            session.execute(insert(table("coordinators")).values(row))
        until = select(Coordinator.created_at).where(Coordinator.created_at <= NOON)
        found = session.scalars(until.order_by(Coordinator.created_at)).all()
        session.rollback()
    assert found == [NOON - timedelta(minutes=1), NOON]


def test_a_naive_instant_is_refused(one_database: Database) -> None:
    row = SampleRows().another("coordinators", created_at=NOON.replace(tzinfo=None))
    with (
        one_database.writing() as session,
        pytest.raises(StatementError, match="a naive datetime cannot be stored") as refused,
    ):
        session.execute(insert(table("coordinators")).values(row))
    assert type(refused.value.orig) is TypeError


def test_no_instant_stays_no_instant(one_database: Database) -> None:
    row = SampleRows().another("coordinators", joined_at=None)
    with one_database.writing() as session:
        session.execute(insert(table("coordinators")).values(row))
        read = session.scalars(select(Coordinator.joined_at)).all()
        session.rollback()
    assert read == [None]


def test_ids_are_of_version_7_and_in_the_order_of_time() -> None:
    made = [new_id() for _ in range(500)]
    assert {made_id.version for made_id in made} == {7}
    assert sorted(made) == made
