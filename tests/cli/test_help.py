"""`letters --help` is quick because it loads nothing, and every command has help of its own."""

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from letters.cli import COMMANDS, letters
from tests.cli.conftest import Run

HEAVY = ("sqlalchemy", "flask", "alembic", "granian", "jinja2", "cryptography", "babel")

PUBLIC = {
    *("demo", "serve", "worker", "bounce", "inbound", "db upgrade", "check"),
    *("program create", "program list", "program show", "coordinator add", "sign-in-link"),
    "coordinator sign-out",
    *("api-key create", "keys new", "keys rotate", "digest", "verify", "sweep", "purge", "export"),
    *("person export", "person erase"),
    *("hold set", "hold lift", "hold list", "mail list", "mail preview"),
}
"""The commands that operators and scripts depend on."""


def _all_commands(group: click.Group, ctx: click.Context) -> Iterator[str]:
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from (f"{name} {below}" for below in _all_commands(command, ctx))
        else:
            yield name


def _context() -> click.Context:
    return click.Context(letters)


def test_help_loads_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "letters", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )

    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "click" in loaded
    assert not {name for name in loaded if name.partition(".")[0] in HEAVY}
    assert "sign-in-link" in done.stdout


def test_the_fixed_names_are_all_there() -> None:
    assert set(_all_commands(letters, _context())) == PUBLIC


@pytest.mark.parametrize("name", COMMANDS)
def test_what_the_list_says_is_what_the_command_says_of_itself(name: str) -> None:
    command = letters.get_command(_context(), name)
    assert command is not None
    assert command.name == name
    assert command.help is not None
    assert command.help.partition("\n")[0] == COMMANDS[name]


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_command_has_help(run: Run, name: str) -> None:
    result = run(*name.split(), "--help")

    assert result.exit_code == 0
    assert "Usage:" in result.stdout


def test_unknown_command_is_refused(run: Run) -> None:
    result = run("demolish")

    assert result.exit_code == 2
    assert "demolish" in result.stderr


def test_version(run: Run) -> None:
    assert run("--version").stdout.startswith("letters ")
