"""One process for all servers of a run of tests, which come from it ready to serve.

Importing all that a server needs takes longer than most tests. Whoever comes from here has it. The
nursery ends with the tests, in whatever way those end, and a server that lives then ends with it.
"""

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, cast

CHECKOUT = Path(__file__).parents[2]

LATER = (
    "icalendar",
    "letters.adapters.mailer.connection",
    "sqlalchemy.dialects.postgresql.psycopg",
    "psycopg",
)
"""What the service imports when it is needed, and whoever comes from here has already."""


class Nursery:
    """The process; it has one server at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.crashing"],
            cwd=CHECKOUT,
            env={"PATH": os.environ["PATH"]},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, port: int, environment: Mapping[str, str], log: Path) -> int:
        """Start a server; return its process id."""
        life = {"port": port, "environment": dict(environment), "log": str(log)}
        entrance = cast("IO[str]", self._process.stdin)
        entrance.write(f"{json.dumps(life)}\n")
        entrance.flush()
        return int(self._answer())

    def exit_status(self) -> int:
        """Return the exit status of the server, once it has ended."""
        return int(self._answer())

    def close(self) -> None:
        """End the process, and a server that lives."""
        self._process.communicate()

    def _answer(self) -> str:
        return cast("IO[str]", self._process.stdout).readline()


@cache
def nursery() -> Nursery:
    """Return the nursery of this process; it begins when it is needed."""
    made = Nursery()
    atexit.register(made.close)
    return made
