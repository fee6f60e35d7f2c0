"""The processes of a running service, as an operator would start them: server and worker."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from letters.demo.instance import Instance

SERVER = "letters.demo.server"
SECONDS_TO_START = 60.0
SECONDS_TO_STOP = 12.0
SECONDS_BETWEEN_LOOKS = 0.05
LINES_SHOWN = 15


class ProcessFailed(Exception):
    """A process could not begin, ended by itself, or never began to answer."""


@dataclass(frozen=True)
class Process:
    """A process of ours, and the file its output goes to."""

    name: str
    log: Path
    running: "subprocess.Popen[bytes]"

    def last_lines(self) -> str:
        """Return the end of what it said."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-LINES_SHOWN:])


@dataclass
class Processes:
    """The processes of one instance, ended together when the block ends."""

    instance: Instance
    started: list[Process] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with _undisturbed():
            _end([process.running for process in self.started])

    def start_server(self, listener: socket.socket) -> None:
        """Start the web server at a socket that listens already."""
        number = listener.fileno()
        self._start("server", [SERVER, str(number)], number)

    def start_worker(self) -> None:
        """Start the worker."""
        self._start("worker", ["letters", "worker"])

    def wait_until_answering(self) -> None:
        """Return once the server answers. Raises ProcessFailed."""
        deadline = time.monotonic() + SECONDS_TO_START
        while not _answers(f"{self.instance.base_url}/healthz"):
            self.check_alive()
            if time.monotonic() > deadline:
                message = f"The server did not answer within {SECONDS_TO_START:.0f} seconds."
                raise ProcessFailed(message)
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def check_alive(self) -> None:
        """Raises ProcessFailed when a process has ended."""
        for process in self.started:
            code = process.running.poll()
            if code is not None:
                message = (
                    f"The {process.name} ended by itself (exit status {code}). "
                    f"The end of {process.log}:\n{process.last_lines()}"
                )
                raise ProcessFailed(message)

    def last_lines(self) -> str:
        """Return the end of what each process said."""
        return "\n".join(
            f"The end of what the {process.name} said:\n{process.last_lines()}"
            for process in self.started
        )

    def _start(self, name: str, module: Sequence[str], *handed_down: int) -> None:
        log = self.instance.folder / f"{name}.log"
        environment = self.instance.environment()
        running = open_process([sys.executable, "-m", *module], environment, log, handed_down)
        self.started.append(Process(name, log, running))


def end_on_signals() -> None:
    """Let SIGTERM and a closed terminal do what Ctrl-C does: raise KeyboardInterrupt.

    Ctrl-C too: a shell that starts us in the background would have us ignore it.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)


def open_process(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    handed_down: Sequence[int] = (),
) -> "subprocess.Popen[bytes]":
    """Start a process in the folder of the file `log`, to which its output goes.

    It gets the open files whose numbers are handed down.

    It is in a session of its own, so that Ctrl-C reaches us alone and we end it in order.
    """
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603 -- our own interpreter and our own modules
            arguments,
            cwd=log.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=handed_down,
        )


def _end(running: Sequence["subprocess.Popen[bytes]"]) -> None:
    """Ask all to end, then end those that do not."""
    for process in running:
        process.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for process in running:
        try:
            process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C must not leave processes behind."""
    ending = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in ending}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _answers(url: str) -> bool:
    directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with directly.open(url, timeout=2):
            return True
    except OSError:
        return False
