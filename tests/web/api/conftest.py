"""A portal with a key for all programs, in a house with one program."""

import pytest
from flask import Flask

from letters.house import House
from tests.support.apps import shared_app_on
from tests.support.people import Story
from tests.web.api.portal import Portal, make_key


@pytest.fixture
def app(house: House) -> Flask:
    """The application."""
    return shared_app_on(house)


@pytest.fixture
def portal(app: Flask, story: Story) -> Portal:
    """A portal that may do everything in the story's house."""
    return Portal(app, make_key(story.house, "portal"))
