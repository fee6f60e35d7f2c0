"""`letters serve`: the pages and the API, by Granian."""

import socket
from collections.abc import Callable
from functools import partial

import click
from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from letters.app import create_app_from_env, largest_body
from letters.house import assemble
from letters.records.database import POOL_SIZE
from letters.settings import Settings
from letters.web.gateway import PATIENCE, Gateway, Patience

LARGEST_HEAD = 64 * 1024
"""Bytes of the first line and the header fields of a request, which are kept in memory."""


def _ip_address(_context: click.Context, _option: click.Parameter, host: str) -> str:
    """Pass on what Granian can listen at: no name, and no zone of an IPv6 address."""
    try:
        socket.inet_pton(_family(host), host)
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
    _complain_about_settings()
    try:
        _listen_alone(host, port)
        run(host, port, threads)
    except OSError as error:
        raise _nothing_served(host, port, str(error.strerror)) from error
    except RuntimeError as error:
        raise _nothing_served(host, port, str(error)) from error


def _listen_alone(host: str, port: int) -> None:
    """Listen for a moment; raises OSError when somebody else does.

    Granian would share the port with another Granian, and each would get some of the requests.
    """
    with socket.socket(_family(host)) as alone:
        # Whoever served here a moment ago may have left connections that are not quite over.
        alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        alone.bind((host, port))
        alone.listen()


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _nothing_served(host: str, port: int, reason: str) -> click.ClickException:
    first_line, _, _stack = reason.partition("\n")
    return click.ClickException(f"Nothing can be served at {host}:{port}: {first_line}")


def run(
    host: str,
    port: int,
    threads: int,
    make: Callable[[], Flask] = create_app_from_env,
    patience: Patience = PATIENCE,
) -> None:
    """Serve until a signal; the web process builds the application with `make`.

    Raises RuntimeError when the address cannot be listened at.
    """
    server = Granian(
        make.__qualname__,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        # A proxy speaks HTTP/1.1 to us, and a head of HTTP/2 may have sixteen megabytes.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(max_buffer_size=LARGEST_HEAD),
        websockets=False,
    )
    server.serve(target_loader=partial(_load, make, threads, patience), wrap_loader=False)


def _load(make: Callable[[], Flask], threads: int, patience: Patience) -> Gateway:
    return Gateway(make(), threads, largest_body, patience)


def _complain_about_settings() -> None:
    """Here, where every problem can be told, and not in the server's own process."""
    assemble(Settings.from_env()).database.close()
