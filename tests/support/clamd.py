"""A real clamd with one hand-written signature, on a Unix socket."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOW = "apt-get install clamav-daemon"
STARTS_WITHIN = 30
LIMIT = 1_000_000


def binary() -> str | None:
    """Return where clamd is, or None."""
    return shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


@contextmanager
def running(folder: Path, signature: bytes) -> Iterator[str]:
    """Start it with everything in `folder`; give its URL."""
    program = binary()
    assert program is not None, HOW
    (folder / "letters.ndb").write_text(f"Letters.Test:0:*:{signature.hex()}\n")
    place, settings = folder / "clamd.sock", folder / "clamd.conf"
    settings.write_text(
        f"LocalSocket {place}\nDatabaseDirectory {folder}\nForeground yes\n"
        f"StreamMaxLength {LIMIT}\n"
    )
    with (folder / "clamd.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 -- Debian's own daemon and our own settings
            [program, "--config-file", settings], stdout=log, stderr=log
        )
    try:
        _wait_for(place, process, folder / "clamd.log")
        yield f"unix:{place}"
    finally:
        process.terminate()
        process.wait(STARTS_WITHIN)


def _wait_for(place: Path, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while not _answers(place):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.02)


def _answers(place: Path) -> bool:
    """Say whether somebody listens: the socket's file is there a moment earlier."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(place)) == 0
