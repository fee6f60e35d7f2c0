"""What the commands share: the house they work in, and how they print data."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager

import click
from sqlalchemy.exc import DBAPIError

from letters.domain.journal import ActorKind
from letters.house import House, assemble
from letters.services.work import Actor
from letters.settings import Settings

OPERATOR = Actor(ActorKind.OPERATOR, "cli")

NEWER_TABLES = (
    "its tables are at version {present}, which a newer Letters made: install that one, or go back "
    "to a backup (see “Backups” in docs/operating.md). This one knows them up to {newest}"
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@contextmanager
def open_house() -> Iterator[House]:
    """Give the house that the environment describes, and close it in the end.

    Raises SettingsError, or click.ClickException when the database does not do its part.
    """
    house = assemble(Settings.from_env())
    with closing(house.database), closing(house.mailer), database_errors_in_words():
        yield house


@contextmanager
def database_errors_in_words() -> Iterator[None]:
    """Say in a sentence that the database does not answer, or lacks tables."""
    try:
        yield
    except DBAPIError as error:
        message = (
            f"The database does not do its part ({database_reason(error)}). "
            "`letters db upgrade` brings its tables up to date, `letters check` says more."
        )
        raise click.ClickException(message) from error


def database_reason(error: DBAPIError) -> str:
    """Return the first line of what the database said: the others repeat the statement."""
    return str(error.orig).partition("\n")[0]


def print_json(data: object) -> None:
    """Print `data` as JSON."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))
