"""What the hostile tests share: how long they go on, and the application they attack."""

import os

import pytest
from _pytest.terminal import TerminalReporter
from flask import Flask

from letters.house import House
from tests.chaos.report import Seen, print_rows, taking_down
from tests.support.apps import app_on

LONG = bool(os.environ.get("LETTERS_CHAOS"))
"""`make chaos` sets it: many more rounds, and every step on every database."""


def rounds(short: int, long: int) -> int:
    """Return how often to try: a few times within `make test`, many within `make chaos`."""
    return long if LONG else short


@pytest.fixture
def app(house: House) -> Flask:
    """The application over the test's house."""
    return app_on(house)


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Seen:
    """Takes down what became of a fault, for the table in the end: seen("killed", kills=500)."""
    drawn = getattr(request.node, "callspec", None)
    where = drawn.params.get("database_url") if drawn else None
    return taking_down(request.node, where)


@pytest.hookimpl
def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Tell what was seen, where it was many times more than once."""
    if LONG:
        print_rows(terminalreporter)
