"""What was seen is printed in the end, for tests that passed and that failed, from any process."""

import pytest

pytest_plugins = ["pytester"]

CONFTEST = """
import pytest
from tests.chaos.report import print_rows, taking_down

@pytest.fixture
def seen(request):
    return taking_down(request.node, getattr(request, "param", None))

def pytest_terminal_summary(terminalreporter):
    print_rows(terminalreporter)
"""
TESTS = """
import pytest

@pytest.mark.parametrize("seen", ["sqlite"], indirect=True)
def test_mended(seen, subtests):
    with subtests.test("first"):
        pass
    seen("killed", kills=3, ambiguous_deaths=1)

def test_broken(seen):
    seen("burnt", fires=2)
    assert False

def test_silent(seen): ...
"""
ROWS = [
    "| fault | seen |",
    "|---|---|",
    "| burnt | fires 2 |",
    "| killed, sqlite | kills 3 · ambiguous deaths 1 |",
]


@pytest.mark.parametrize("workers", [(), ("-p", "xdist.plugin", "-n", "1")])
def test_each_row_is_printed_once(
    pytester: pytest.Pytester,
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
    workers: tuple[str, ...],
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(TESTS)
    printed = pytester.runpytest_subprocess(*workers).outlines
    assert sorted(line for line in printed if line.startswith("|")) == sorted(ROWS)
