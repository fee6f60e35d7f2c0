"""`letters sweep`: what interrupted uploads left behind."""

from dataclasses import asdict

import click

from letters.cli.common import OPERATOR, json_option, open_house, print_json
from letters.services.sweeping import sweep


@click.command("sweep")
@json_option
def command(as_json: bool) -> None:
    """Remove what interrupted uploads left behind.

    Only what is older than an hour. The worker does it too, every hour.
    """
    with open_house() as house, house.works.look(OPERATOR) as work:
        swept = sweep(work)
    if as_json:
        print_json(asdict(swept))
    else:
        click.echo(f"Removed: {swept.temporary} temporary files, {swept.orphans} orphaned letters.")
