"""`letters demo` as somebody types it: it comes up, stays up, ends in order, and comes up again."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support.server import free_port

SIGN_IN = "Coordinator's sign-in link"
LABELS = ("Program page", "Applicant's status view", "Mailbox", SIGN_IN)
LONGEST_STOP = 30.0
LONGEST_WAIT = 5.0


@contextmanager
def _demo(folder: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(  # noqa: S603 -- our own interpreter and our own command
        [sys.executable, "-m", "letters", "demo", "--port", str(port)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            # In order first, so that its children end too, whatever went wrong in the test.
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=LONGEST_STOP)
            process.kill()


def _addresses(process: "subprocess.Popen[str]") -> dict[str, str]:
    """Read what the demo prints until it is up."""
    assert process.stdout is not None
    found: dict[str, str] = {}
    for line in process.stdout:
        if line.startswith("Press Ctrl-C"):
            return found
        label, colon, address = line.partition(": ")
        if colon:
            found[label] = address.strip()
    pytest.fail(f"the demo ended: {process.stderr and process.stderr.read()}")


def _open(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 -- our own loopback server
        return str(answer.read().decode())


def _worker_of(demo: "subprocess.Popen[str]") -> int:
    """Find the worker among the demo's children: just started, it still goes by their name."""
    children = Path(f"/proc/{demo.pid}/task/{demo.pid}/children")
    deadline = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < deadline:
        for child in map(int, children.read_text(encoding="ascii").split()):
            if "worker" in Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8"):
                return child
        time.sleep(0.05)
    pytest.fail("the demo has no worker")


def test_it_comes_up_ends_on_a_signal_and_comes_up_again_over_its_own_data(tmp_path: Path) -> None:
    # The settings of a service that runs in this folder are none of the demo's.
    (tmp_path / ".env").write_text("LETTERS_TYPO=1\n", encoding="utf-8")
    port = free_port()
    with _demo(tmp_path, port) as first:
        addresses = _addresses(first)
        assert tuple(addresses) == LABELS
        assert "Summer Research Internship" in _open(addresses["Program page"])
        assert "1 of 2 letters received" in _open(addresses["Applicant's status view"])
        assert "Amara Okafor" in _open(addresses["Mailbox"])
        assert "Ingrid Solheim" in _open(addresses[SIGN_IN])

        first.send_signal(signal.SIGINT)
        printed, errors = first.communicate(timeout=LONGEST_STOP)
        assert first.returncode == 0, errors
        assert "Its data is kept" in printed

    with _demo(tmp_path, port) as second:
        again = _addresses(second)
        assert again.pop(SIGN_IN) != addresses[SIGN_IN]
        assert again.items() < addresses.items()

        os.kill(_worker_of(second), signal.SIGKILL)
        _, errors = second.communicate(timeout=LONGEST_STOP)
        assert second.returncode == 1
        assert "The worker ended by itself (exit status -9)" in errors
    with pytest.raises(OSError, match="refused"):
        _open(addresses["Program page"])
    assert sorted(entry.name for entry in (tmp_path / "instance").iterdir()) == [
        "demo",
        "demo.json",
    ]
