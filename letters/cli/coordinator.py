"""`letters coordinator`: who runs programs."""

import click

from letters.cli.common import OPERATOR, open_house
from letters.services import administering


@click.group("coordinator")
def command() -> None:
    """Look after the people who run programs."""


@command.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option(
    "--program",
    "slugs",
    metavar="SLUG",
    required=True,
    multiple=True,
    help="A program to run; may be given several times.",
)
@click.option("--timezone", help="Where their day begins.  [default: that of their first program]")
def add(email: str, name: str, slugs: tuple[str, ...], timezone: str | None) -> None:
    """Let somebody run programs, or more programs than before."""
    with open_house() as house, house.works.change(OPERATOR) as work:
        coordinator = administering.add_coordinator(work, email, name, slugs, timezone)
        runs = ", ".join(program.slug for program in coordinator.programs)
    click.echo(f"{coordinator.name} <{coordinator.email}> runs: {runs}")
