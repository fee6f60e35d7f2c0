"""The demo's processes: looked after while they run, and ended together."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from letters.demo import processes
from letters.demo.instance import Instance
from letters.demo.processes import (
    Process,
    Processes,
    ProcessFailed,
    open_process,
)

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""


def _running(instance: Instance, program: str) -> Processes:
    """One process that runs `program`, in place of the server."""
    instance.folder.mkdir()
    log = instance.folder / "server.log"
    running = open_process([sys.executable, "-c", program], {}, log)
    return Processes(instance, [Process("server", log, running)])


def _codes(started: Sequence[Process]) -> list[int | None]:
    return [process.running.poll() for process in started]


def test_a_process_that_ends_by_itself_is_told_with_its_last_words(instance: Instance) -> None:
    with _running(instance, "print('no table'); raise SystemExit(3)") as running:
        running.started[0].running.wait()

        with pytest.raises(ProcessFailed, match=r"(?s)server ended .*status 3.*no table"):
            running.wait_until_answering()


def test_a_server_that_never_answers_is_given_up(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "SECONDS_TO_START", 0.2)
    with (
        _running(instance, "import time; time.sleep(60)") as running,
        pytest.raises(ProcessFailed, match="did not answer"),
    ):
        running.wait_until_answering()

    assert _codes(running.started) == [-15]


def test_a_process_that_does_not_want_to_end_is_ended(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "SECONDS_TO_STOP", 0.2)
    with _running(instance, STUBBORN) as running:
        while "up" not in running.last_lines():
            time.sleep(0.02)

    assert _codes(running.started) == [-9]


def test_no_process_gets_our_standard_input(tmp_path: Path) -> None:
    log = tmp_path / "log"
    reads = "import sys; print(repr(sys.stdin.read()))"
    child = open_process([sys.executable, "-c", reads], {}, log)

    assert child.wait(timeout=30) == 0
    assert log.read_text(encoding="utf-8") == "''\n"
