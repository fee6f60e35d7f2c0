"""`letters demo`: the service with an example season, on this machine alone."""

import sys

import click

from letters.demo import checking, running


@click.command("demo")
@click.option("--check", is_flag=True, help="Play the whole story once, over HTTP, then stop.")
@click.option(
    "--season",
    is_flag=True,
    help="A whole season of 120 applications; made once, which takes about a minute.",
)
@click.option(
    "--port",
    default=running.FIRST_PORT,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="The port, or the first one to try if it is taken.",
)
def command(check: bool, season: bool, port: int) -> None:
    """Run the service with an example season, or check it.

    Everything lies in ./instance, no settings are needed, and nobody else can reach it. With
    --check all of it happens in a folder of its own that is removed again.
    """
    if check and season:
        message = "Choose --check or --season, not both."
        raise click.UsageError(message)
    if check:
        sys.exit(checking.check(click.echo))
    sys.exit(running.run(port, click.echo, whole_season=season))
