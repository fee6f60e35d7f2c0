"""`letters sign-in-link`: for a coordinator whom mail does not reach."""

import click

from letters.cli.common import OPERATOR, open_house
from letters.services import signing_in


@click.command("sign-in-link")
@click.argument("email")
def command(email: str) -> None:
    """Print a link that signs a coordinator in.

    It works once, for a quarter of an hour. Hand it over by a way that nobody else reads.
    """
    with open_house() as house, house.works.change(OPERATOR) as work:
        url = signing_in.make_link(work, email)
    click.echo(url)
