"""Components that not every machine has: a test that needs one says so, and nobody overlooks it.

A missing component skips the test, or fails it where TEST_REQUIRE_ALL is set. Either way
the end of the run names it.
"""

import os
import re
from collections import Counter

import pytest

REQUIRE_ALL = "TEST_REQUIRE_ALL"

_MARK = "MISSING COMPONENT"
_REASON = re.compile(rf"{_MARK}: (?P<reason>.+)")


def need(what: str, found: bool, how: str) -> None:
    """Go on if `what` was found; otherwise skip or fail, saying `how` to get it."""
    if found:
        return
    reason = f"{_MARK}: {what} ({how})"
    if os.environ.get(REQUIRE_ALL):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason, allow_module_level=True)


def report_missing(terminal: pytest.TerminalReporter) -> None:
    """Name every missing component; for `pytest_terminal_summary` in the conftest.

    It reads the reports and not a list kept by `need`, because those come from all the workers.
    """
    missing = Counter(
        found["reason"]
        for outcome in ("skipped", "failed", "error")
        for report in terminal.stats.get(outcome, [])
        if (found := _REASON.search(_words(report)))
    )
    if not missing:
        return
    terminal.section("NOT EVERYTHING WAS TESTED", sep="!", red=True, bold=True)
    for reason, count in sorted(missing.items()):
        terminal.line(f"missing: {reason}; {count} left untested", red=True, bold=True)


def _words(report: pytest.TestReport | pytest.CollectReport) -> str:
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2]
    return report.longreprtext
