"""`letters export`: what leaves the service, in files."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click

from letters.cli.common import OPERATOR, open_house
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
            _write((row.encode("utf-8") for row in rows), output, 0)
        else:
            _write(exporting.archive(house.works, OPERATOR, found.id), output, size)


def _write(pieces: Iterator[bytes], output: Path | None, size: int) -> None:
    if output is None:
        _copy(pieces, sys.stdout.buffer, size)
        return
    try:
        file = output.open("xb")
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}."
        raise click.ClickException(message) from error
    try:
        with file:
            _copy(pieces, file, size)
    except BaseException:
        output.unlink()
        raise


def _copy(pieces: Iterator[bytes], to: IO[bytes], size: int) -> None:
    """Write it all, with a progress bar on the terminal where the size is known."""
    with click.progressbar(
        length=size, label="Exporting", file=sys.stderr, hidden=not (size and sys.stderr.isatty())
    ) as bar:
        for piece in pieces:
            to.write(piece)
            bar.update(len(piece))
