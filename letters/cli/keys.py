"""`letters keys`: the master keys."""

import click

from letters.adapters.envelope import new_master_key


@click.group("keys")
def command() -> None:
    """Look after the keys that letters are encrypted with."""


@command.command("new")
def new() -> None:
    """Print a new key for LETTERS_STORE_KEYS."""
    click.echo(new_master_key())
