"""A demo of a test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from letters.demo.instance import Instance, new_keys
from letters.logs import write_json_lines
from tests.support.server import free_port


@pytest.fixture(autouse=True)
def logging_undone() -> Iterator[None]:
    """Undo in the end what the demo says about its logging."""
    yield
    structlog.reset_defaults()
    write_json_lines()


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """An instance whose folder is not there yet."""
    return Instance(tmp_path / "demo", new_keys(), free_port())
