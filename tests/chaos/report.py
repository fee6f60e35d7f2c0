"""What the service lived through: a row for each fault, printed in the end of `make chaos`."""

from collections.abc import Iterator
from typing import Protocol

import pytest

_ROW = "seen"


class Seen(Protocol):
    """Takes down what became of one fault."""

    def __call__(self, fault: str, **figures: object) -> None:
        """Add a row; figures are named in words joined by `_`, and are shown in their order."""
        ...


def taking_down(test: pytest.Item, where: str | None) -> Seen:
    """Return who adds rows to the report of a test; `where` is the database it ran on."""

    def seen(fault: str, **figures: object) -> None:
        name = fault if where is None else f"{fault}, {where}"
        shown = (f"{figure.replace('_', ' ')} {value}" for figure, value in figures.items())
        test.user_properties.append((_ROW, f"| {name} | {' · '.join(shown)} |"))

    return seen


def print_rows(terminal: pytest.TerminalReporter) -> None:
    """Print all rows, also of tests that failed; they come with the reports from any process."""
    rows = list(_rows(terminal))
    if not rows:
        return
    terminal.section("what was seen")
    for row in ("| fault | seen |", "|---|---|", *rows):
        terminal.line(row)


def _rows(terminal: pytest.TerminalReporter) -> Iterator[str]:
    for outcome in ("passed", "failed"):
        for report in terminal.stats.get(outcome, []):
            # A subtest's report repeats what its test took down until then.
            if type(report) is pytest.TestReport and report.when == "call":
                yield from (str(row) for name, row in report.user_properties if name == _ROW)
