"""`letters demo`: the service with an example season, on this machine alone."""

import sys

import click

from letters.demo import checking, running


@click.command("demo")
@click.option("--check", is_flag=True, help="Play the whole story once, over HTTP, then stop.")
@click.option(
    "--port",
    default=running.FIRST_PORT,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="The port, or the first one to try if it is taken.",
)
def command(check: bool, port: int) -> None:
    """Run the service with an example season, or check it.

    Everything lies in ./instance, no settings are needed, and nobody else can reach it. With
    --check all of it happens in a folder of its own that is removed again.
    """
    sys.exit(checking.check(click.echo) if check else running.run(port, click.echo))
