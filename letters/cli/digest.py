"""`letters digest`: what is new, for coordinators."""

import click

from letters.cli.common import OPERATOR, json_option, open_house, print_json
from letters.services.digesting import plan_digests


@click.command("digest")
@click.option("--now", "at_once", is_flag=True, help="Do not wait for the coordinators' hour.")
@json_option
def command(at_once: bool, as_json: bool) -> None:
    """Plan the digests that coordinators get by mail.

    Only where there is something to say. The worker sends them.
    """
    with open_house() as house:
        planned = plan_digests(house.works, OPERATOR, at_once=at_once)
    if as_json:
        print_json({"planned": planned})
    else:
        click.echo(f"Digests planned: {planned}")
