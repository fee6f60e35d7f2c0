"""`letters demo --check`: what does not go through is named. That it does is seen in the wheel."""

import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from letters.demo import checking, mailbox, processes
from letters.demo.checking import play
from letters.demo.mailbox import Mailbox
from letters.demo.pages import Unexpected

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def signals_as_before() -> Iterator[None]:
    """Give the signals back that a check in this process takes over."""
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals_as_before")
class TestInThisProcess:
    """Something is broken on purpose."""

    def test_a_step_that_fails_is_named_with_the_reason(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        monkeypatch.setattr(processes, "SERVER", "tests.demo.refusing")
        monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
        said: list[str] = []

        assert checking.check(said.append) == 1

        assert said[0].startswith("1. The portal gets a key and creates two programs … failed: ")
        assert "answered 401 instead of 201" in said[0]
        assert said[1].startswith("The end of what the server said:")
        assert len(said) == 2
        assert list(tmp_path.iterdir()) == []

    def test_a_server_that_does_not_start_is_told(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        monkeypatch.setattr(processes, "SERVER", "letters.nothing_of_the_kind")
        said: list[str] = []

        assert checking.check(said.append) == 1

        assert said[0].startswith("The service does not run. The server ended by itself")
        assert "nothing_of_the_kind" in said[0]
        assert list(tmp_path.iterdir()) == []


def _fails() -> None:
    raise KeyError


def _is_unexpected() -> None:
    message = "there is no door"
    raise Unexpected(message)


def _goes_well() -> None:
    """A step with nothing to say."""


@pytest.mark.parametrize(
    ("broken", "reason"), [(_fails, "KeyError"), (_is_unexpected, "there is no door")]
)
def test_after_the_first_failure_nothing_more_is_played(
    broken: Callable[[], None], reason: str
) -> None:
    said: list[str] = []
    steps = [("Come in", _goes_well), ("Sit down", broken), ("Go out", _goes_well)]

    assert not play(steps, said.append)

    assert said == ["1. Come in … ok", f"2. Sit down … failed: {reason}"]


def test_a_mail_that_does_not_come_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mailbox, "SECONDS_TO_WAIT", 0.1)

    with pytest.raises(Unexpected, match=r"no mail to ada@example\.org says “hello”"):
        Mailbox(tmp_path).wait_for("ada@example.org", "hello")
