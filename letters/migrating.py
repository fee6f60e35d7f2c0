"""Bringing a database to the newest version of the tables."""

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from letters.records import Database
from letters.resources import migrations_folder

ONE_AT_A_TIME = 7_305_816_402
"""The key of PostgreSQL's advisory lock that whoever runs migrations holds."""


def configuration(database_url: str) -> Config:
    """Return what Alembic needs to work on `database_url`."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str, revision: str = "head") -> None:
    """Run the migrations that have not run yet, in one transaction each."""
    command.upgrade(configuration(database_url), revision)


def downgrade(database_url: str, revision: str) -> None:
    """Go back to `revision` (`base` for an empty database)."""
    command.downgrade(configuration(database_url), revision)


def newest_revision() -> str | None:
    """Return the revision that this version of the program works with."""
    script = ScriptDirectory(str(migrations_folder()))
    return script.get_current_head()


def is_newer(revision: str | None) -> bool:
    """Say whether only a newer version of the program knows `revision`."""
    known = {
        script.revision for script in ScriptDirectory(str(migrations_folder())).walk_revisions()
    }
    return revision is not None and revision not in known


def present_revision(database: Database) -> str | None:
    """Return the revision that the database is at; None when it is empty."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)
