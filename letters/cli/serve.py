"""`letters serve`: the pages and the API."""

import os
import socket

import click

from letters.listening import family_of, listen
from letters.records.database import POOL_SIZE
from letters.serving import run


def _ip_address(_context: click.Context, _option: click.Parameter, host: str) -> str:
    """Pass on an address of this machine: no name, which may have several, and no zone."""
    try:
        socket.inet_pton(family_of(host), host)
    except OSError as error:
        message = f"“{host}” is no IP address. Give one, such as 127.0.0.1 for this machine alone."
        raise click.BadParameter(message) from error
    return host


@click.command("serve")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    callback=_ip_address,
    help="IP address to listen on.",
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--threads",
    default=POOL_SIZE,
    show_default=True,
    type=click.IntRange(min=1),
    help="Requests at the same time; as many as there are database connections is best.",
)
def command(host: str, port: int, threads: int) -> None:
    """Serve the pages and the API.

    Stops on Ctrl-C and SIGTERM, when the requests under way are answered.
    """
    try:
        listener = listen(host, port)
    except OSError as error:
        message = f"Nothing can be served at {host}:{port}: {os.strerror(error.errno or 0)}"
        raise click.ClickException(message) from error
    with listener:
        run(listener, threads)
