"""Scanning for viruses: a clear answer counts, anything else means that nothing was scanned."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from letters.adapters.scanner import ClamdScanner
from letters.domain.documents import Verdict
from letters.domain.errors import ScannerUnavailable
from letters.ports import VirusScanner
from tests.adapters.fake_clamd import SIGNATURE, SILENT, VIRUS, FakeClamd
from tests.support import clamd, need
from tests.support.server import free_port

LETTER = b"%PDF-1.7 a letter " * 1000
INFECTED = LETTER + SIGNATURE + LETTER
TOO_LARGE = b"x" * 5_000_000
WITHIN = 1


def reason(scanner: ClamdScanner, content: bytes = LETTER) -> str:
    """Say why nothing was scanned; the log must have it."""
    with capture_logs() as logged:
        assert scanner.scan(content) is Verdict.UNREACHABLE
    (entry,) = logged
    assert (entry["event"], entry["log_level"]) == ("scanner.unreachable", "warning")
    return str(entry["reason"])


@pytest.fixture(params=["tcp", "unix", "clamd"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A daemon that knows one virus: the stand-in on TCP and on a socket, and the real one."""
    if request.param == "clamd":
        need.need("ClamAV's daemon", clamd.binary() is not None, clamd.HOW)
        with clamd.running(tmp_path, SIGNATURE) as real:
            yield real
        return
    with FakeClamd(tmp_path / "clamd.sock" if request.param == "unix" else None) as stand_in:
        yield stand_in.url


def test_what_a_daemon_says(url: str) -> None:
    scanner: VirusScanner = ClamdScanner(url)
    scanner.check()
    with capture_logs() as logged:
        assert scanner.scan(LETTER) is Verdict.CLEAN
        assert scanner.scan(INFECTED) is Verdict.INFECTED
        assert scanner.scan(b"") is Verdict.CLEAN
    assert logged == [{"event": "scanner.infected", "signature": VIRUS, "log_level": "warning"}]


def test_a_file_that_is_too_large_for_the_daemon_was_not_scanned(url: str) -> None:
    assert reason(ClamdScanner(url), TOO_LARGE)
    assert ClamdScanner(url).scan(INFECTED) is Verdict.INFECTED


def test_the_whole_file_reaches_the_daemon() -> None:
    with FakeClamd() as daemon:
        ClamdScanner(daemon.url).scan(INFECTED)
    assert daemon.scanned == [INFECTED]


def test_the_size_limit_is_given_as_the_reason_where_it_is_said_in_time() -> None:
    with FakeClamd(limit=10, reads_on=True) as daemon:
        assert "size limit exceeded" in reason(ClamdScanner(daemon.url), b"x" * 11)


@pytest.mark.parametrize("after", [0, 1024, 4096])
def test_a_daemon_that_hangs_up_early(after: int) -> None:
    with FakeClamd(hang_up_after=after) as daemon:
        assert reason(ClamdScanner(daemon.url), TOO_LARGE[:500_000])


@pytest.mark.parametrize("unix", [False, True])
def test_a_daemon_that_never_answers(unix: bool, tmp_path: Path) -> None:
    with FakeClamd(tmp_path / "clamd.sock" if unix else None, says=SILENT) as daemon:
        began = time.monotonic()
        assert "timed out" in reason(ClamdScanner(daemon.url, timeout=WITHIN))
        assert time.monotonic() - began < WITHIN + 2


def test_a_socket_whose_queue_is_full(tmp_path: Path) -> None:
    path = str(tmp_path / "clamd.sock")
    with socket.socket(socket.AF_UNIX) as busy, socket.socket(socket.AF_UNIX) as waiting:
        busy.bind(path)
        busy.listen(0)
        waiting.connect(path)
        began = time.monotonic()
        assert reason(ClamdScanner(f"unix:{path}", timeout=WITHIN))
        assert time.monotonic() - began < WITHIN + 2


@pytest.mark.parametrize(
    "says",
    [
        b"\n",
        b"\xff\xfe\xfd\n",
        b"stream:\n",
        b"stream: \n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"stream: Letters.Test FOUN",
        b"stream: OKAY\n",
        b"other: OK\n",
        b"UNKNOWN COMMAND\n",
        b"stream: Can't allocate memory ERROR\n",
        b"stream: ERROR\n",
        b"COMMAND READ TIMED OUT\n",
    ],
)
def test_an_answer_that_is_not_clear(says: bytes) -> None:
    with FakeClamd(says=says) as daemon:
        assert reason(ClamdScanner(daemon.url))


def test_no_daemon_at_all(tmp_path: Path, subtests: pytest.Subtests) -> None:
    for place in (f"tcp://127.0.0.1:{free_port()}", f"unix:{tmp_path / 'none'}", "tcp://[::1]:1"):
        with subtests.test(place):
            scanner = ClamdScanner(place, timeout=WITHIN)
            assert reason(scanner)
            with pytest.raises(ScannerUnavailable, match="does not do its part"):
                scanner.check()


def test_a_daemon_that_takes_anything_for_a_virus_is_found_out() -> None:
    with (
        FakeClamd(says=b"stream: Everything FOUND\n") as daemon,
        pytest.raises(ScannerUnavailable, match="harmless bytes for Everything"),
    ):
        ClamdScanner(daemon.url).check()
