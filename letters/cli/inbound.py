"""`letters inbound`: takes mails that came back, by LMTP."""

import asyncio
import signal

import click
import structlog

from letters.cli.bounce import MAIL
from letters.cli.common import open_house
from letters.inbound import Listener, Place
from letters.logs import write_json_lines
from letters.services.returning import Returns

log = structlog.get_logger("letters.inbound")


@click.command("inbound")
@click.option(
    "--listen",
    default="127.0.0.1:8024",
    show_default=True,
    metavar="PLACE",
    help="HOST:PORT, or unix:/PATH for a socket.",
)
def command(listen: str) -> None:
    """Take mails that came back, by LMTP.

    Runs until Ctrl-C or SIGTERM, finishes what it was given and stops within ten seconds. Logs JSON
    lines.
    """
    write_json_lines()
    try:
        place = Place.read(listen)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--listen") from error
    with open_house() as house:
        listener = Listener(Returns(house.works, house.reports, MAIL).take, place)
        try:
            asyncio.run(_until_a_signal(listener))
        except OSError as error:
            message = f"Nothing can be taken at {listen}: {error.strerror or error}"
            raise click.ClickException(message) from error


async def _until_a_signal(listener: Listener) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await listener.listen(stop, ready=lambda: log.info("inbound.started"))
