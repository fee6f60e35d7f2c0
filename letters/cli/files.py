"""Writing what leaves the service into a file."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click


def write_out(pieces: Iterator[bytes], output: Path | None, size: int) -> None:
    """Write pieces into a new file, or to standard output; what is not finished is removed.

    `size` is in bytes, 0 where it is not known. Raises click.ClickException.
    """
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
