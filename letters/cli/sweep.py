"""`letters sweep`: what interrupted uploads left behind."""

import time
from dataclasses import asdict

import click

from letters.cli.common import OPERATOR, json_option, open_house, print_json
from letters.house import House
from letters.services.sweeping import LOOKS_APART, Broom, Swept


@click.command("sweep")
@json_option
def command(as_json: bool) -> None:
    """Remove what interrupted uploads left behind.

    Only what is older than an hour, and still belongs to no letter when looked at again a minute
    later. The worker does it too, every hour.
    """
    broom = Broom()
    with open_house() as house:
        swept = _look(house, broom)
        if broom.seen_at:
            click.echo(f"{len(broom.seen_at)} found; looking again in a minute.", err=True)
            time.sleep(LOOKS_APART)
            again = _look(house, broom)
            swept = Swept(swept.temporary + again.temporary, again.orphans)
    if as_json:
        print_json(asdict(swept))
    else:
        click.echo(f"Removed: {swept.temporary} temporary files, {swept.orphans} orphaned letters.")


def _look(house: House, broom: Broom) -> Swept:
    with house.works.look(OPERATOR) as work:
        return broom.sweep(work, time.monotonic())
