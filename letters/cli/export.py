"""`letters export`: what leaves the service, in files."""

import sys
from pathlib import Path

import click

from letters.cli.common import OPERATOR, open_house
from letters.cli.files import write_out
from letters.services import exporting, finding


@click.command("export")
@click.argument("program", metavar="PROGRAM")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.  [default: standard output]",
)
@click.option("--states", is_flag=True, help="Where every application stands, as CSV; no letters.")
def command(program: str, output: Path | None, states: bool) -> None:
    """Write all letters of a program into one ZIP.

    There is a folder for each application; manifest.csv lists every letter, also those that are
    held back or cannot be read, and why. The journal says of each letter that it left. A file
    that is there already is not written over; one that could not be finished is removed.
    """
    if output is None and sys.stdout.isatty() and not states:
        message = "A ZIP is nothing for a terminal: give --output FILE, or send it on."
        raise click.UsageError(message)
    with open_house() as house:
        with house.works.look(OPERATOR) as work:
            found = finding.program_by_slug(work, program)
            size = exporting.extent(work, found.id).size
        if states:
            rows = exporting.states(house.works, OPERATOR, found.id)
            write_out((row.encode("utf-8") for row in rows), output, 0)
        else:
            write_out(exporting.archive(house.works, OPERATOR, found.id), output, size)
