"""The journal can be added to, and nothing else, not even by hand."""

import pytest
from sqlalchemy import Engine, Executable, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from letters.records import Database, JournalEntry
from tests.records.sample_rows import SampleRows, table
from tests.support.rows import all_rows


def write_samples(engine: Engine) -> SampleRows:
    samples = SampleRows()
    with engine.begin() as connection:
        samples.write(connection)
    return samples


@pytest.mark.parametrize(
    "statement",
    [
        update(JournalEntry).values(origin="cli"),
        update(JournalEntry).values(details={"kind": "receipt"}),
        delete(JournalEntry),
        text("UPDATE journal SET position = position"),
        text("DELETE FROM journal WHERE seq > 0"),
    ],
    ids=str,
)
def test_entries_are_never_changed_and_never_removed(
    database: Database, statement: Executable
) -> None:
    write_samples(database.engine)
    before = all_rows(database)
    with (
        pytest.raises(DBAPIError, match="the journal is append-only"),
        database.engine.begin() as connection,
    ):
        connection.execute(statement)
    assert all_rows(database) == before


def test_entries_are_numbered_upwards_and_numbers_never_come_back(database: Database) -> None:
    samples = write_samples(database.engine)
    rolled_back = insert(table("journal")).values(samples.another("journal"))
    with database.engine.connect() as connection:
        connection.execute(rolled_back)
        connection.rollback()
    with database.writing() as session:
        added = JournalEntry(**samples.another("journal"))
        session.add(added)
        session.commit()
    with database.reading() as session:
        numbers = session.scalars(select(JournalEntry.seq).order_by(JournalEntry.seq)).all()
    assert numbers == [1, added.seq]
