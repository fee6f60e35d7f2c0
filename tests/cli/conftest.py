"""An environment as an operator sets it, and the commands run in it."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result

from letters.adapters.clock import SystemClock
from letters.cli import letters
from letters.house import House
from letters.logs import write_json_lines
from letters.settings import Settings
from tests.support.houses import house_on
from tests.support.people import INTERNSHIP, Story, tell

Run = Callable[..., Result]
OnTerminal = Callable[..., tuple[str, str]]
Spawn = Callable[..., "subprocess.Popen[str]"]


def variables(settings: Settings) -> Mapping[str, str]:
    """The environment that says what `settings` says."""
    return {
        "LETTERS_SECRET_KEYS": ",".join(settings.secret_keys),
        "LETTERS_DATABASE_URL": settings.database_url,
        "LETTERS_STORE_URL": settings.store_url,
        "LETTERS_STORE_KEYS": ",".join(settings.store_keys),
        "LETTERS_MAIL_URL": settings.mail_url,
        "LETTERS_MAIL_FROM": settings.mail_from,
        "LETTERS_BASE_URL": settings.base_url,
        "LETTERS_BOUNCE_ADDRESS": settings.bounce_address,
    }


@pytest.fixture(autouse=True)
def without_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment that says nothing, in a folder without `.env`."""
    for name in [name for name in os.environ if name.startswith("LETTERS_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The environment of an installation that works."""
    for name, value in variables(settings).items():
        monkeypatch.setenv(name, value)
    return settings


@pytest.fixture(autouse=True)
def logging_undone() -> Iterator[None]:
    """Undo in the end what a command says about its logging."""
    yield
    structlog.reset_defaults()
    write_json_lines()


@pytest.fixture
def run() -> Run:
    """Run a command in this process; an error without words of its own fails the test."""
    return lambda *arguments: CliRunner().invoke(letters, arguments, catch_exceptions=False)


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> OnTerminal:
    """Run a command in this process, with a terminal for its errors; give what each was told."""

    def run_there(*arguments: str) -> tuple[str, str]:
        terminal, its_end = pty.openpty()
        with monkeypatch.context() as here, os.fdopen(its_end, "w", encoding="utf-8") as errors:
            here.setattr(sys, "stderr", errors)
            letters(arguments, standalone_mode=False)
        with os.fdopen(terminal, "rb", buffering=0) as screen:
            return capsys.readouterr().out, screen.read(10_000).decode()

    return run_there


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Start a command as a process of its own; one that still runs in the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(  # noqa: S603 -- our own interpreter and our own commands
            [sys.executable, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with process:
            process.kill()


@pytest.fixture
def installed(environment: Settings) -> Iterator[House]:
    """The house of that environment, on the machine's own clock."""
    with house_on(environment, SystemClock()) as house:
        yield house


@pytest.fixture
def internship(installed: House) -> Story:
    """An installation with the internship in it, due in a month from now."""
    return tell(installed, replace(INTERNSHIP, due_at=datetime.now(UTC) + timedelta(days=30)))


@pytest.fixture(autouse=True)
def every_font(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this machine have a font for every script, whatever it has."""
    monkeypatch.setattr("letters.cli.check.scripts_without_fonts", list)
