"""`letters db`: the tables."""

from contextlib import closing

import click

from letters.cli.common import NEWER_TABLES, database_errors_in_words
from letters.migrating import is_newer, newest_revision, present_revision, upgrade
from letters.records import Database
from letters.settings import database_url_from_env


@click.group("db")
def command() -> None:
    """Look after the database."""


@command.command("upgrade")
def upgrade_command() -> None:
    """Bring the tables to the newest version; needs LETTERS_DATABASE_URL only."""
    url = database_url_from_env()
    with database_errors_in_words():
        _refuse_a_newer_one(url)
        upgrade(url)
    click.echo(f"The tables are at the newest version ({newest_revision()}).")


def _refuse_a_newer_one(url: str) -> None:
    with closing(Database(url)) as database:
        present = present_revision(database)
    if is_newer(present):
        problem = NEWER_TABLES.format(present=present, newest=newest_revision())
        message = f"The database stays as it is: {problem}."
        raise click.ClickException(message)
