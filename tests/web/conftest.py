"""The web application over a test's house, and a client that checks every page it fetches."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Flask

from letters.house import House
from tests.support.apps import shared_app_on
from tests.support.once import beginning_in
from tests.support.people import Story
from tests.web import scenes
from tests.web.visiting import CORA, Visitor, signed_in, visitor_of


@pytest.fixture
def house(house: House, request: pytest.FixtureRequest) -> Iterator[House]:
    """The house, in which what many tests begin with is played once; see tests/support/once.py."""
    with beginning_in(house, request.fixturenames):
        yield house


@pytest.fixture
def app(house: House) -> Flask:
    """The application with the test's house in it."""
    made = shared_app_on(house)
    made.test_client_class = Visitor
    return made


@pytest.fixture
def client(app: Flask) -> Visitor:
    """A browser without cookies."""
    return visitor_of(app)


@pytest.fixture
def sign_in(app: Flask, house: House) -> Callable[[str], Visitor]:
    """Let a coordinator be in; returns their browser."""
    return lambda email: signed_in(app, house, email)


@pytest.fixture
def asked(story: Story) -> UUID:
    """An application whose two letters were requested."""
    return scenes.requested(story)


@pytest.fixture
def alerted(story: Story) -> UUID:
    """An application whose two referees had the advance notice, and nothing more."""
    return scenes.alerted(story)


@pytest.fixture
def cora(story: Story, sign_in: Callable[[str], Visitor]) -> Visitor:
    """The browser of Cora, who runs the internship."""
    story.add_coordinator()
    return sign_in(CORA)
