"""`letters bounce`: takes a mail that came back, from a pipe of the mail server."""

import os
import sys
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from typing import IO

import click
import structlog

from letters.cli.common import open_house
from letters.domain.bounces import LARGEST
from letters.domain.journal import ActorKind
from letters.logs import write_json_lines
from letters.services.returning import Effect, Returns
from letters.services.work import Actor
from letters.settings import SettingsError

MAIL = Actor(ActorKind.SYSTEM, "mail")
PIECE = 64 * 1024

ADDRESSED_TO = ("X-Original-To", "Delivered-To", "Envelope-To", "To")
"""Where mail servers write down the address of the envelope, surest first."""

log = structlog.get_logger("letters.bounce")


@click.command("bounce")
@click.option(
    "--recipient",
    envvar="RECIPIENT",
    default="",
    help="The address of the envelope that the mail came to. Postfix and Exim set RECIPIENT.",
)
def command(recipient: str) -> None:
    """Take a mail that came back, on standard input.

    Meant for a pipe of the mail server. Without a recipient the headers are looked at. Ends with 0
    whatever the mail is, so that nothing is ever answered, and with 75 (try again later) when it
    could not be written down. Logs JSON lines to standard error.
    """
    write_json_lines("stderr")
    content = _read(sys.stdin.buffer)
    try:
        with open_house() as house:
            effect = Returns(house.works, house.reports, MAIL).take(
                [recipient] if recipient else _named_in(content), content
            )
    except (SettingsError, click.ClickException) as error:
        click.echo(str(error), err=True)
        sys.exit(os.EX_TEMPFAIL)
    except Exception:
        # Whatever it was, the mail server keeps the mail and brings it again.
        log.exception("return.not_taken")
        sys.exit(os.EX_TEMPFAIL)
    if effect is Effect.TOO_EARLY:
        sys.exit(os.EX_TEMPFAIL)


def _read(stream: IO[bytes]) -> bytes:
    """Read to the end, so that the server's pipe never breaks, and return the beginning."""
    content = stream.read(LARGEST)
    while stream.read(PIECE):
        pass
    return content


def _named_in(content: bytes) -> Iterator[str]:
    headers = BytesHeaderParser().parsebytes(content)
    return (str(value) for name in ADDRESSED_TO for value in headers.get_all(name, []))
