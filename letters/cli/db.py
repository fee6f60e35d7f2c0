"""`letters db`: the tables."""

import click

from letters.cli.common import database_errors_in_words
from letters.migrating import newest_revision, upgrade
from letters.settings import database_url_from_env


@click.group("db")
def command() -> None:
    """Look after the database."""


@command.command("upgrade")
def upgrade_command() -> None:
    """Bring the tables to the newest version; needs LETTERS_DATABASE_URL only."""
    url = database_url_from_env()
    with database_errors_in_words():
        upgrade(url)
    click.echo(f"The tables are at the newest version ({newest_revision()}).")
