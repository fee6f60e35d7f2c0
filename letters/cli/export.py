"""`letters export`: what leaves the service, in files."""

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import UUID

import click

from letters.cli.common import OPERATOR, open_house
from letters.cli.files import write_out
from letters.domain.errors import UnknownApplication
from letters.house import House
from letters.records import Application
from letters.services import exporting, finding, packets
from letters.services.work import Work

MADE_FOR = "the operator of this service"


@click.command("export")
@click.argument("program", metavar="PROGRAM")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.  [default: standard output]",
)
@click.option(
    "--packet",
    metavar="APPLICATION",
    type=click.UUID,
    help="The letters of this application only, as one PDF with a cover sheet.",
)
@click.option("--states", is_flag=True, help="Where every application stands, as CSV; no letters.")
def command(program: str, output: Path | None, packet: UUID | None, states: bool) -> None:
    """Write all letters of a program into one ZIP.

    There is a folder for each application; manifest.csv lists every letter, also those that are
    held back or cannot be read, and why. The journal says of each letter that it left. A file
    that is there already is not written over; one that could not be finished is removed.
    """
    if output is None and sys.stdout.isatty() and not states:
        kind = "ZIP" if packet is None else "PDF"
        message = f"A {kind} is nothing for a terminal: give --output FILE, or send it on."
        raise click.UsageError(message)
    if packet is not None and states:
        message = "Give --packet or --states, not both."
        raise click.UsageError(message)
    with open_house() as house:
        with house.works.look(OPERATOR) as work:
            found = finding.program_by_slug(work, program)
            size = exporting.extent(work, found.id).size
        if states:
            rows = exporting.states(house.works, OPERATOR, found.id)
            write_out((row.encode("utf-8") for row in rows), output, 0)
        elif packet is not None:
            write_out(_packet(house, found.id, packet), output, 0)
        else:
            write_out(exporting.archive(house.works, OPERATOR, found.id), output, size)


def _packet(house: House, program_id: UUID, application_id: UUID) -> Iterator[bytes]:
    """Make a packet, and yield it piece by piece. Raises UnknownApplication or PacketNotMade."""

    def find(work: Work) -> Application:
        application = finding.application(work, application_id, lock=True)
        if application.program_id != program_id:
            raise UnknownApplication
        return application

    with packets.make(house.works, OPERATOR, house.binder, find, MADE_FOR).file as file:
        yield from iter(partial(file.read, exporting.CHUNK), b"")
