"""Fixtures for the tests of the use cases."""

from collections.abc import Iterator, MutableMapping
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from letters.house import House
from tests.support.once import beginning_in
from tests.support.people import Story


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What was logged while the test ran."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture
def house(house: House, request: pytest.FixtureRequest) -> Iterator[House]:
    """The house, in which what many tests begin with is played once; see tests/support/once.py."""
    with beginning_in(house, request.fixturenames):
        yield house


@pytest.fixture
def cora(story: Story) -> UUID:
    """The coordinator of the internship, whose digests come at seven in Zurich."""
    return story.add_coordinator()
