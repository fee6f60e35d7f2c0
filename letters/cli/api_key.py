"""`letters api-key`: who may use the API."""

import click

from letters.cli.common import OPERATOR, open_house
from letters.services import administering


@click.group("api-key")
def command() -> None:
    """Look after the keys of the API."""


@command.command("create")
@click.argument("name")
@click.option("--program", "slug", metavar="SLUG", help="For this program alone.")
@click.option("--reads-letters", is_flag=True, help="It may read letters: not for a portal.")
def create(name: str, slug: str | None, *, reads_letters: bool) -> None:
    """Create a key and print it, alone on the last line."""
    with open_house() as house, house.works.change(OPERATOR) as work:
        key = administering.create_api_key(work, name, slug, reads_letters=reads_letters)
    click.echo("Keep this key now: it is not stored and cannot be shown again.")
    click.echo(key)
