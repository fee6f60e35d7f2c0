"""Backups, made and restored by the very commands that the documentation gives."""

import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from letters.house import House, assemble
from letters.services.sweeping import UNTOUCHED_FOR, sweep
from letters.settings import Settings
from tests.support.people import SYSTEM

MANUAL = Path(__file__).parents[2] / "docs" / "operating.md"
_SECTION = re.compile(r"^## Backups\n(.*?)^## ", re.DOTALL | re.MULTILINE)
_COMMANDS = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Manual:
    """The commands, a line for each, that make a copy and that put it in place."""

    making: Sequence[str]
    restoring: Sequence[str]


def manual_for(settings: Settings) -> Manual:
    """Return what the documentation says for the kind of database of an installation."""
    [section] = _SECTION.findall(MANUAL.read_text(encoding="utf-8"))
    blocks = [block.splitlines() for block in _COMMANDS.findall(section)]
    on_sqlite, on_postgres = Manual(blocks[0], blocks[2]), Manual(blocks[1], blocks[3])
    return on_sqlite if _is_sqlite(settings) else on_postgres


def run(commands: Sequence[str], settings: Settings, copy: Path) -> None:
    """Run commands about an installation and a copy, in a shell. Raises CalledProcessError."""
    for command in commands:
        subprocess.run(  # noqa: S603 -- our own documentation
            ["/bin/sh", "-e", "-c", command],
            env={"PATH": os.environ["PATH"], **_names(settings, copy)},
            check=True,
        )


def make(settings: Settings, copy: Path) -> None:
    """Make a copy of an installation."""
    run(manual_for(settings).making, settings, copy)


@contextmanager
def restored(settings: Settings, copy: Path, database_url: str, folder: Path) -> Iterator[House]:
    """Put a copy in place elsewhere, in an empty database and below a folder, and give the house.

    An hour has passed by then, and what belongs to nothing is swept.
    """
    elsewhere = replace(
        settings, database_url=database_url, store_url=f"file:{folder / 'restored-store'}"
    )
    run(manual_for(elsewhere).restoring, elsewhere, copy)
    _let_an_hour_pass(_store(elsewhere))
    house = assemble(elsewhere)
    try:
        with house.works.look(SYSTEM) as work:
            sweep(work)
        yield house
    finally:
        house.database.close()


def _names(settings: Settings, copy: Path) -> Mapping[str, str]:
    where = settings.database_url
    database = where.removeprefix("sqlite:///") if _is_sqlite(settings) else where
    return {
        "STORE": str(_store(settings)),
        "DATABASE": database.replace("postgresql+psycopg:", "postgresql:"),
        "COPY": str(copy),
    }


def _is_sqlite(settings: Settings) -> bool:
    return settings.database_url.startswith("sqlite:")


def _store(settings: Settings) -> Path:
    return Path(settings.store_url.removeprefix("file:"))


def _let_an_hour_pass(store: Path) -> None:
    old = time.time() - (UNTOUCHED_FOR + timedelta(minutes=1)).total_seconds()
    for file in store.rglob("*"):
        os.utime(file, (old, old))
