"""What the processes of these tests come from, so that they are ready to work at once.

Importing all that a server or a worker needs takes longer than most tests. It is done once, in a
process without threads from which all others are forked. It ends with the tests, in whatever way
those end, and a server that lives then ends too.
"""

import atexit
from collections.abc import Mapping
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from tests.chaos import crashing

LATER = (
    "icalendar",
    "letters.adapters.mailer.connection",
    "pikepdf",
    "pypdfium2",
    "sqlalchemy.dialects.postgresql.psycopg",
    "psycopg",
)
"""What the service imports when it is needed, and whoever comes from here has already."""

forking = get_context("forkserver")
forking.set_forkserver_preload(
    ["pytest", *LATER, "tests.chaos.crashing", "tests.chaos.workers", "tests.chaos.ready"]
)


class Nursery:
    """The process that servers come from; it has one of them at a time."""

    def __init__(self) -> None:
        self._line, its_end = forking.Pipe()
        self._process = forking.Process(target=crashing.serve_whenever_asked, args=(its_end,))
        self._process.start()
        its_end.close()

    def begin(self, port: int, environment: Mapping[str, str], log: Path) -> int:
        """Start a server; return its process id."""
        self._line.send({"port": port, "environment": dict(environment), "log": log})
        return self._answer()

    def exit_status(self) -> int:
        """Return the exit status of the server, once it has ended."""
        return self._answer()

    def close(self) -> None:
        """End the process, and a server that lives."""
        self._line.close()
        self._process.join()

    def _answer(self) -> int:
        answer: int = self._line.recv()
        return answer


@cache
def nursery() -> Nursery:
    """Return the nursery of this process; it begins when it is needed."""
    made = Nursery()
    atexit.register(made.close)
    return made
