"""The addresses to begin with, whatever was done in the demo since its data was made."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from letters.demo import cast, opening
from letters.demo.home import Unusable
from letters.demo.instance import Instance
from letters.demo.programs import FELLOWSHIP, INTERNSHIP, programs
from letters.services import administering, finding
from tests.support.clock import TestClock
from tests.support.houses import SqliteDatabases, house_on
from tests.support.people import MIRA, OPERATOR, REFEREES, START, Story

STATUS = "Applicant's status view"
OTHER = replace(MIRA, referees=REFEREES)
AMARA = replace(OTHER, applicant_name="Amara Okafor", applicant_email=cast.FOLLOWED)


@pytest.fixture
def lived_in(
    instance: Instance, sqlite_databases: SqliteDatabases, clock: TestClock
) -> Iterator[Story]:
    """The demo's programs that are open, and nobody in them."""
    instance.folder.mkdir()
    with sqlite_databases.fresh() as url:
        shutil.copy(url.removeprefix("sqlite:///"), instance.folder / "letters.db")
    with house_on(instance.settings, clock) as house:
        with house.works.change(OPERATOR) as work:
            for program in programs(START)[:2]:
                administering.create_program(work, program)
        yield Story(house, INTERNSHIP)


def _add_coordinator(story: Story) -> None:
    story.add_coordinator(cast.COORDINATOR_EMAIL, "Ingrid Solheim")


def test_the_first_of_several_applications_by_the_followed_one_is_shown(
    instance: Instance, lived_in: Story, clock: TestClock
) -> None:
    _add_coordinator(lived_in)
    lived_in.apply(AMARA, slug=FELLOWSHIP)
    lived_in.apply(AMARA, submit=False)
    clock.advance(timedelta(hours=1))
    first = lived_in.apply(AMARA)
    clock.advance(timedelta(hours=1))
    lived_in.apply(AMARA)

    assert opening.addresses(instance)[STATUS].endswith(lived_in.status_token(first))


def test_where_the_followed_one_is_erased_another_is_shown(
    instance: Instance, lived_in: Story, clock: TestClock
) -> None:
    _add_coordinator(lived_in)
    erased = lived_in.apply(AMARA)
    with lived_in.house.works.change(OPERATOR) as work:
        application = finding.application(work, erased)
        application.applicant_email, application.erased_at = "", clock.now()
    other = lived_in.apply(OTHER, slug=FELLOWSHIP)

    assert opening.addresses(instance)[STATUS].endswith(lived_in.status_token(other))


def test_where_nobody_has_applied_it_says_what_to_do(instance: Instance, lived_in: Story) -> None:
    _add_coordinator(lived_in)

    with pytest.raises(Unusable, match=r"no application .*Remove the folder .*/demo to begin"):
        opening.addresses(instance)


def test_where_the_coordinator_is_gone_it_says_what_to_do(
    instance: Instance, lived_in: Story
) -> None:
    lived_in.apply(AMARA)

    with pytest.raises(Unusable, match=r"no coordinator .*Remove the folder .*/demo to begin"):
        opening.addresses(instance)


def _make_newer(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'of tomorrow'")


def _damage(database: Path) -> None:
    content = database.read_bytes()
    database.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


def _replace_by_nonsense(database: Path) -> None:
    database.write_bytes(b"nonsense" * 1000)


def _open(instance: Instance) -> None:
    opening.bring_up_to_date(instance)
    opening.addresses(instance)


@pytest.mark.parametrize("spoil", [_make_newer, _damage, _replace_by_nonsense])
def test_data_that_cannot_be_read_is_told_with_what_to_do(
    instance: Instance, sqlite_databases: SqliteDatabases, spoil: Callable[[Path], None]
) -> None:
    instance.folder.mkdir()
    database = instance.folder / "letters.db"
    with sqlite_databases.fresh() as url:
        shutil.copy(url.removeprefix("sqlite:///"), database)
    spoil(database)
    with pytest.raises(
        Unusable, match=r"cannot be read by this version.* Remove the folder .*/dem"
    ):
        _open(instance)


def test_data_that_somebody_keeps_locked_is_not_called_damaged(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_url: str) -> None:
        raise OperationalError("BEGIN", {}, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr(opening, "upgrade", locked)
    with pytest.raises(OperationalError):
        opening.bring_up_to_date(instance)
