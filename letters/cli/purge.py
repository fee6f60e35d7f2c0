"""`letters purge`: letters that have been kept long enough."""

import sys
from dataclasses import asdict

import click

from letters.cli.common import OPERATOR, json_option, open_house, print_json
from letters.house import House
from letters.services import retaining
from letters.services.retaining import Purged


@click.command("purge")
@json_option
def command(as_json: bool) -> None:
    """Delete letters that have been kept long enough.

    Those of which the closing date (with extension and grace) was more than the program's
    `kept_days` ago. They cannot be brought back. It may run beside the service, be stopped, and be
    run again; the worker does it too, every day. Exits with 1 if a file could not be removed.
    """
    with open_house() as house:
        purged = _purge(house)
    if as_json:
        print_json(asdict(purged))
    else:
        _tell(purged)
    if purged.files_left:
        raise click.exceptions.Exit(1)


def _purge(house: House) -> Purged:
    """Purge, with a progress bar on the terminal if there is one."""
    with click.progressbar(
        length=retaining.count(house.works, OPERATOR),
        label="Deleting",
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    ) as bar:
        return retaining.purge(house.works, OPERATOR, bar.update)


def _tell(purged: Purged) -> None:
    click.echo(f"Deleted for good: {purged.letters} letters.")
    if purged.files_left:
        click.echo(
            f"Files that could not be removed: {purged.files_left}. They cannot be read any more; "
            "`letters sweep` removes them.",
            err=True,
        )
