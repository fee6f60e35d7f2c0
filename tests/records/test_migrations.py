"""The migrations go up and down, with data in every table, and make the tables of the records."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.util import CommandError
from sqlalchemy import Engine, inspect, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from letters import migrating, resources
from letters.domain.bulk import BulkAct
from letters.domain.journal import ActorKind
from letters.domain.keeping import LISTED_BEFORE
from letters.domain.pacing import Rates
from letters.house import House
from letters.migrating import downgrade, newest_revision, present_revision, upgrade
from letters.records import ApiKey, Base, Coordinator, Database, Letter, Logo
from letters.services import (
    administering,
    finding,
    remarks,
    retaining,
    sessions,
    signing_in,
    sweeping,
)
from letters.services.digesting import plan_digests
from letters.services.finding_signals import look_at_place
from letters.services.idempotency import Answer, Call, once
from letters.services.mail_turns import take_turns
from letters.services.work import Actor
from tests.conftest import DATABASES
from tests.services import bulk, scenes
from tests.services.keeping import hold
from tests.support.clock import TestClock
from tests.support.people import A_DAY, API, OPERATOR, SYSTEM, tell
from tests.support.rows import Rows, all_rows

NEWEST = newest_revision()
TABLES = {table.name for table in Base.metadata.sorted_tables}


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    cluster = request.getfixturevalue("cluster")
    cluster.create_database("empty")
    yield cluster.url("empty")
    cluster.drop_database("empty")


def fill(house: House, clock: TestClock) -> None:
    """Put something into every table, through the services."""
    story = tell(house)
    coordinator_id = story.add_coordinator()
    with house.works.change(OPERATOR) as work:
        administering.create_api_key(work, "admissions", story.slug)
        program = finding.program_by_slug(work, story.slug)
        work.session.add(Logo(program_id=program.id, content=b"a picture", created_at=work.now))
        sessions.arrived(work, work.session.get_one(Coordinator, coordinator_id))
        signing_in.make_link(work, "cora@alpine.example.org")
        take_turns(work, "example.org", Rates(overall=60, each_domain=6))
    with house.works.change(API) as work:
        key_id = work.session.scalars(select(ApiKey.id)).one()
        once(work, Call(key_id, "once", "fingerprint"), lambda: Answer(201, {"id": "1"}))
    story.apply(submit=False)
    asked = scenes.requested(story, scenes.NOOR)
    scenes.send_letter(story, asked, 1)
    scenes.send_letter(story, asked, 1)
    scenes.decline(story, asked, 2, "No time")
    with house.works.change(OPERATOR) as work:
        remarks.leave_note(work, finding.application(work, asked, lock=True), "Ask first.")
    with house.works.change(Actor(ActorKind.REFEREE, "web", opened=[asked])) as work:
        application = finding.application(work, asked, lock=True)
        look_at_place(work, application, application.requests[0])
    hold(story, story.apply(submit=False))
    bulk.run(story, bulk.start(story, coordinator_id, bulk.ORDERS[BulkAct.REMIND]))
    story.deliver()
    clock.advance(A_DAY)
    plan_digests(house.works, SYSTEM)
    story.deliver()


def lasting(database: Database) -> Rows:
    """Return every row, but for what newer tables hold."""
    newer = {"sign_ins", "remarks", "mail_copies", "identity_signals", "logos", "holds"}
    newer |= {"bulk_jobs", "bulk_items", "mail_turns"}
    return {name: rows for name, rows in all_rows(database).items() if name not in newer}


def listed(house: House, at: datetime | None) -> None:
    """Say of every letter when it was listed, which older tables do not know."""
    with house.works.change(SYSTEM) as work:
        work.session.execute(update(Letter).values(listed_at=at))


def empty_tables(database: Database) -> list[str]:
    return [name for name, rows in all_rows(database).items() if not rows]


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def leftovers(database: Database) -> set[str]:
    """Return every table, index, trigger and function that is not Alembic's own or the server's."""
    everything = (
        "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        if database.is_sqlite
        else "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    )
    with database.reading() as session:
        found = session.scalars(text(everything)).all()
    return {name for name in found if not name.startswith("alembic_version")}


# --- up and down ------------------------------------------------------------------------------


def test_a_full_database_goes_down_to_nothing_and_up_again(house: House, clock: TestClock) -> None:
    fill(house, clock)
    assert empty_tables(house.database) == []

    url = house.settings.database_url
    downgrade(url, "base")
    assert leftovers(house.database) == set()
    assert present_revision(house.database) is None

    upgrade(url)
    assert present_revision(house.database) == newest_revision()
    assert set(empty_tables(house.database)) == TABLES
    fill(house, clock)
    with house.works.look(SYSTEM) as work:
        sweeping.sweep(work)
    assert scenes.breaches(house) == []


def test_data_survive_the_way_from_the_first_revision_to_the_newest(
    house: House, clock: TestClock
) -> None:
    url = house.settings.database_url
    fill(house, clock)
    everything, before = all_rows(house.database), lasting(house.database)
    upgrade(url)
    assert all_rows(house.database) == everything, "upgrading again changes nothing"
    downgrade(url, "0001")
    upgrade(url)
    assert lasting(house.database) == before
    assert scenes.breaches(house) == []


def test_what_was_deleted_stays_so_on_the_way_down_and_up(house: House, clock: TestClock) -> None:
    fill(house, clock)
    clock.set(scenes.CLOSES + 400 * A_DAY)
    listed(house, clock.now() - LISTED_BEFORE)
    purged = retaining.purge(house.works, SYSTEM)
    listed(house, None)
    before = lasting(house.database)
    downgrade(house.settings.database_url, "0002")
    upgrade(house.settings.database_url)
    assert purged.letters == 2
    assert lasting(house.database) == before
    assert scenes.breaches(house) == []


# --- a migration that goes wrong --------------------------------------------------------------

Add = Callable[[str], None]

BROKEN = """
from alembic import op

revision = "broken"
down_revision = "{newest}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE halfway (id INTEGER)")
    op.execute("{statement}")


def downgrade() -> None:
    op.execute("DROP TABLE halfway")
"""


@pytest.fixture
def migrate_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Add:
    """Add a migration that runs one statement, in the place of any that was added before."""
    own = resources.migrations_folder()
    folder = tmp_path / "migrations"
    shutil.copytree(own, folder)
    monkeypatch.setattr(migrating, "migrations_folder", lambda: folder)

    def add(statement: str) -> None:
        broken = BROKEN.format(statement=statement, newest=NEWEST)
        (folder / "versions" / "broken.py").write_text(broken)

    return add


def test_one_that_fails_or_would_leave_a_dangling_reference_leaves_nothing_half_done(
    house: House, clock: TestClock, migrate_with: Add
) -> None:
    fill(house, clock)
    before = all_rows(house.database)
    dangling = r"dangling reference|violates fore"
    for statement, raised, why in (
        ("UPDATE programs SET no_such_column = 1", DBAPIError, "no_such_column"),
        ("DELETE FROM coordinators", (RuntimeError, IntegrityError), dangling),
    ):
        migrate_with(statement)
        with pytest.raises(raised, match=why):
            upgrade(house.settings.database_url)
        assert present_revision(house.database) == NEWEST
        assert "halfway" not in tables(house.database)
        assert all_rows(house.database) == before


def test_a_migration_that_goes_well_is_kept(house: House, migrate_with: Add) -> None:
    migrate_with("UPDATE programs SET title = 'Migrated'")
    tell(house)
    upgrade(house.settings.database_url)
    assert present_revision(house.database) == newest_revision() == "broken"
    with house.works.look(SYSTEM) as work:
        assert [program.title for program in administering.programs(work)] == ["Migrated"]


# --- the same tables as the records say -------------------------------------------------------


def test_alembic_finds_nothing_to_migrate(database_url: str) -> None:
    command.check(migrating.configuration(database_url))


def test_alembic_would_find_a_missing_column(database: Database) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE letters ADD COLUMN surprise INTEGER"))
    with pytest.raises(CommandError, match="New upgrade operations detected"):
        command.check(migrating.configuration(url))


def test_an_empty_database_gets_tables_with_every_rule_of_the_records(empty_url: str) -> None:
    database = Database(empty_url)
    assert present_revision(database) is None
    Base.metadata.create_all(database.engine)
    of_the_records = rules(database.engine)
    Base.metadata.drop_all(database.engine)
    upgrade(empty_url)
    assert present_revision(database) == newest_revision()
    assert tables(database) == TABLES | {"alembic_version"}
    assert rules(database.engine) == of_the_records
    database.close()


def rules(engine: Engine) -> dict[str, list[str]]:
    """Return the CHECKs, keys and indexes of every table, as the database tells them."""
    found = inspect(engine)
    return {
        name: sorted(
            f"{rule['name']} {_said(rule)}"
            for rule in (
                *found.get_check_constraints(name),
                *found.get_unique_constraints(name),
                *found.get_indexes(name),
                found.get_pk_constraint(name),
            )
        )
        for name in TABLES
    }


def _said(rule: Mapping[str, object]) -> str:
    options = rule.get("dialect_options")
    plain = {**rule, **options} if isinstance(options, Mapping) else dict(rule)
    return str(
        {key: str(value) for key, value in sorted(plain.items()) if key != "dialect_options"}
    )
