"""`letters serve`: the pages and the API, by Granian."""

from typing import Any

import click
from granian import Granian
from granian.constants import Interfaces
from granian.server.common import AbstractServer

from letters.cli.common import house_from
from letters.records.database import POOL_SIZE
from letters.settings import Settings

APPLICATION = "letters.app:create_app_from_env"


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
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
    _complain_about_settings()
    try:
        server(host, port, threads).serve()
    except RuntimeError as error:
        reason, _, _stack = str(error).partition("\n")
        message = f"Nothing can be served at {host}:{port}: {reason}"
        raise click.ClickException(message) from error


def server(
    host: str, port: int, threads: int, application: str = APPLICATION
) -> AbstractServer[Any]:
    """Return a server whose worker process builds the application from the environment."""
    return Granian(
        application,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        blocking_threads=threads,
        websockets=False,
    )


def _complain_about_settings() -> None:
    """Here, where every problem can be told, and not in the server's own process."""
    house_from(Settings.from_env()).database.close()
