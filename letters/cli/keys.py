"""`letters keys`: the master keys."""

import sys
from dataclasses import asdict

import click

from letters.adapters.envelope import new_master_key
from letters.cli.common import OPERATOR, json_option, open_house, print_json
from letters.house import House
from letters.services import rotating
from letters.services.rotating import Rotated


@click.group("keys")
def command() -> None:
    """Look after the keys that letters are encrypted with."""


@command.command("new")
def new() -> None:
    """Print a new key for LETTERS_STORE_KEYS."""
    click.echo(new_master_key())


@command.command("rotate")
@json_option
def rotate(as_json: bool) -> None:
    """Bring all letters under the newest key of LETTERS_STORE_KEYS.

    Wraps the data key of each letter anew; the letters themselves are not touched. It may run
    beside the service, be stopped, and be run again. Lists the letters that no key opens, goes on
    with the others, and then exits with 1.
    """
    with open_house() as house:
        rotated = _rotate(house)
    if as_json:
        print_json(asdict(rotated) | {"unopened": [str(one) for one in rotated.unopened]})
    else:
        _tell(rotated)
    if rotated.unopened:
        raise click.exceptions.Exit(1)


def _rotate(house: House) -> Rotated:
    """Rotate, with a progress bar on the terminal if there is one."""
    with click.progressbar(
        length=rotating.count(house.works, OPERATOR),
        label="Rewrapping",
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    ) as bar:
        return rotating.rotate(house.works, OPERATOR, bar.update)


def _tell(rotated: Rotated) -> None:
    click.echo(f"Rewrapped: {rotated.rewrapped}. Already new: {rotated.already_new}.")
    if rotated.unopened:
        click.echo(f"No key of LETTERS_STORE_KEYS opens: {len(rotated.unopened)}.", err=True)
    for letter_id in rotated.unopened:
        click.echo(f"letter {letter_id}", err=True)
