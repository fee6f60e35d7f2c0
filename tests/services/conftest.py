"""Fixtures for the tests of the use cases."""

from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from structlog.testing import capture_logs


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What was logged while the test ran."""
    with capture_logs() as entries:
        yield entries
