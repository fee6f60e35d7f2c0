"""`letters verify`: the invariants, on a live system."""

import sys
from dataclasses import asdict
from itertools import repeat

import click

from letters.cli.common import OPERATOR, json_option, open_house, print_json
from letters.house import House
from letters.services.verifying import Breach, verify


@click.command("verify")
@json_option
def command(as_json: bool) -> None:
    """Check that all that must hold does hold.

    Reads every letter in the store. Lists every breach and then exits with 1.
    """
    with open_house() as house:
        breaches = _verify(house)
    if as_json:
        print_json({"breaches": [asdict(breach) for breach in breaches]})
    else:
        _tell(breaches)
    if breaches:
        raise click.exceptions.Exit(1)


def _verify(house: House) -> list[Breach]:
    """Verify, with the present check's name on the terminal if there is one."""
    with (
        house.works.look(OPERATOR) as work,
        click.progressbar(
            repeat(""),
            label="Checking",
            item_show_func=str,
            file=sys.stderr,
            hidden=not sys.stderr.isatty(),
        ) as bar,
    ):
        return verify(work, progress=lambda name: bar.update(1, name))


def _tell(breaches: list[Breach]) -> None:
    for breach in breaches:
        click.echo(f"{breach.invariant}: {breach.what}", err=True)
    if not breaches:
        click.echo("All that must hold does hold.")
