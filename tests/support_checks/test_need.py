"""A missing component is skipped, or failed where nothing may be missing, and always named."""

import pytest

from tests.support.need import REQUIRE_ALL, need

pytest_plugins = ["pytester"]

CONFTEST = """
from tests.support.need import report_missing

def pytest_terminal_summary(terminalreporter):
    report_missing(terminalreporter)
"""
TESTS = """
import pytest
from tests.support.need import need

@pytest.fixture(scope="session")
def press():
    need("a printing press", False, "buy one")

def test_print(press): ...
def test_bind(press): ...
def test_read(): ...
"""


def test_what_is_there_changes_nothing() -> None:
    need("a printing press", True, "buy one")


@pytest.mark.parametrize(("setting", "outcome"), [(None, "skipped"), ("1", "errors")])
@pytest.mark.parametrize("workers", [(), ("-p", "xdist.plugin", "-n", "1")])
def test_what_is_missing_is_named_at_the_end(
    pytester: pytest.Pytester,
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
    setting: str | None,
    outcome: str,
    workers: tuple[str, ...],
) -> None:
    monkeypatch.delenv(REQUIRE_ALL, raising=False)
    if setting:
        monkeypatch.setenv(REQUIRE_ALL, setting)
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess(*workers)
    result.assert_outcomes(passed=1, **{outcome: 2})
    result.stdout.fnmatch_lines(
        ["*NOT EVERYTHING WAS TESTED*", "missing: a printing press (buy one); 2 left untested"]
    )
