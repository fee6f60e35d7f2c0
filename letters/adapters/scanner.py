"""Scanning for viruses with ClamAV's daemon, clamd, over its INSTREAM command.

Whatever is not a clear answer counts as not scanned: no daemon, silence, a connection that closes,
a file over clamd's own size limit. clamd speaks without encryption and without asking who is there:
it belongs on this machine or on a network of its own.
"""

import socket
from io import BytesIO
from urllib.parse import urlsplit

import structlog
from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket

from letters.domain.documents import Verdict
from letters.domain.errors import ScannerUnavailable

DEFAULT_PORT = 3310
TIMEOUT_SECONDS = 15
"""For each step: connecting, sending a piece, waiting for the answer. A large file takes a few."""

PROBE = b"letters check"

log = structlog.get_logger("letters.scanner")


class ClamdScanner:
    """A VirusScanner over a clamd at `tcp://HOST:PORT` or `unix:/PATH`."""

    def __init__(self, url: str, timeout: int = TIMEOUT_SECONDS) -> None:
        """Connect to nothing yet."""
        self._place = urlsplit(url)
        self._timeout = timeout

    def scan(self, content: bytes) -> Verdict:
        """Return what clamd says; UNREACHABLE when it says nothing clear, with a line in the log.

        The log has the name of a virus that was found, and why nothing was scanned.
        """
        try:
            found = self._ask(content)
        except ScannerUnavailable as error:
            log.warning("scanner.unreachable", reason=error.values["reason"])
            return Verdict.UNREACHABLE
        if found is None:
            return Verdict.CLEAN
        log.warning("scanner.infected", signature=found)
        return Verdict.INFECTED

    def check(self) -> None:
        """Scan a few harmless bytes. Raises ScannerUnavailable with the reason."""
        found = self._ask(PROBE)
        if found is not None:
            raise ScannerUnavailable(reason=f"it takes harmless bytes for {found}")

    def _ask(self, content: bytes) -> str | None:
        """Return the virus's name, or None where there is none. Raises ScannerUnavailable."""
        try:
            answer = self._daemon().instream(BytesIO(content))
        except (ClamdError, OSError, UnicodeDecodeError) as error:
            # A daemon that finds the file too large hangs up while it is still being sent.
            raise ScannerUnavailable(reason=str(error) or type(error).__name__) from error
        status, detail = answer.get("stream", ("nothing", None))
        if status == "OK":
            return None
        if status == "FOUND":
            return str(detail)
        raise ScannerUnavailable(reason=f"clamd answered {status}: {detail}")

    def _daemon(self) -> ClamdNetworkSocket:
        """Return a client for one conversation: it keeps its connection in itself."""
        if self._place.scheme == "unix":
            return _UnixSocket(self._place.path, self._timeout)
        host, port = self._place.hostname or "", self._place.port or DEFAULT_PORT
        return ClamdNetworkSocket(host, port, self._timeout)


class _UnixSocket(ClamdUnixSocket):
    """Connects within the timeout too; the library would wait for a full queue without end."""

    def _init_socket(self) -> None:
        self.clamd_socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.clamd_socket.settimeout(self.timeout)
        self.clamd_socket.connect(self.unix_socket)
