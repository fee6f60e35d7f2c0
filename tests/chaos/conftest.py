"""What the hostile tests share: how long they go on, and the application they attack."""

import os

import pytest
from flask import Flask

from letters.house import House
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
