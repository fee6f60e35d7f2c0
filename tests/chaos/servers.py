"""A server as an operator runs it, that can be killed and started again; and raw HTTP to it."""

import http.client
import os
import re
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from letters.house import assemble
from tests.chaos.heart import LAST_WORDS, STEP
from tests.chaos.nursery import nursery
from tests.cli.conftest import variables
from tests.support.houses import settings_for
from tests.support.patience import wait_until
from tests.support.people import INTERNSHIP, Story, tell
from tests.support.server import HOST, free_port
from tests.web import scenes

LONGEST_WAIT = 30.0
BOUNDARY = "what-stands-between-the-parts"
_CSRF = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Server:
    """A web server on one installation; `start` it as often as it was killed."""

    story: Story
    port: int
    environment: Mapping[str, str]
    log: Path
    last_words: Path
    pid: int | None = None
    exits: list[int] = field(default_factory=list)

    def start(self, step: str = "") -> None:
        """Start it, to die at `step`; return when it answers."""
        self.last_words.unlink(missing_ok=True)
        self.pid = nursery().begin(self.port, {**self.environment, STEP: step}, self.log)
        wait_until(self._answers, self.log.read_text)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.pid is not None
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.wait_for_its_end()

    def stop(self) -> None:
        """Ask it to end, and wait for that."""
        assert self.pid is not None
        os.kill(self.pid, signal.SIGTERM)
        self.wait_for_its_end()

    def wait_for_its_death(self, step: str) -> None:
        """Return when it has ended, and see that it was at this step."""
        self.wait_for_its_end()
        assert self.last_words.read_text(encoding="utf-8") == step

    def wait_for_its_end(self) -> None:
        """Return when it has ended."""
        self.exits.append(nursery().exit_status())
        self.pid = None

    def memory(self) -> int:
        """Return the bytes of memory that it holds at present."""
        return self._memory("VmRSS")

    def peak_memory(self) -> int:
        """Return the most bytes it held since the last `forget_the_peak`."""
        return self._memory("VmHWM")

    def forget_the_peak(self) -> None:
        """Let the peak count from here."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5", encoding="ascii")

    def _memory(self, line: str) -> int:
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(re.findall(rf"{line}:\s+(\d+) kB", status)[0]) * 1024

    def connect(self, timeout: float = LONGEST_WAIT) -> socket.socket:
        """Open a connection to write raw bytes to."""
        return socket.create_connection((HOST, self.port), timeout)

    def open_page(self, token: str) -> "Form":
        """Fetch the upload page, as a browser does before it sends anything."""
        return self.open_form(f"/letter/{token}", f"/letter/{token}")

    def open_form(self, page: str, action: str) -> "Form":
        """Fetch the page at a path, and return its form, which is sent to another one."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=LONGEST_WAIT)
        connection.request("GET", page)
        answer = connection.getresponse()
        shown = answer.read()
        connection.close()
        assert answer.status == 200, shown
        found = _CSRF.search(shown)
        assert found is not None
        cookie = cast("str", answer.headers["Set-Cookie"]).partition(";")[0]
        return Form(self.port, action, cookie, found[1].decode("ascii"))

    def _answers(self) -> bool:
        try:
            with self.connect(1) as connection:
                connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                return connection.recv(12).endswith(b"200")
        except OSError:
            return False


@dataclass(frozen=True)
class Form:
    """The form of an upload page, in the hands of a person or of somebody who means harm."""

    port: int
    path: str
    cookie: str
    csrf: str

    def body(self, content: bytes, name: str = "letter.pdf") -> bytes:
        """Return what a browser sends for a file."""
        lead = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self.csrf}'
            f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="letter"; '
            f'filename="{name}"\r\nContent-Type: application/pdf\r\n\r\n'
        )
        return lead.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()

    def head(self, *lines: str, boundary: str = BOUNDARY) -> bytes:
        """Return the head of the request; `lines` are further header lines."""
        given = (
            f"POST {self.path} HTTP/1.1",
            f"Host: {HOST}:{self.port}",
            f"Cookie: {self.cookie}",
            f"Content-Type: multipart/form-data; boundary={boundary}",
            *lines,
        )
        return "\r\n".join([*given, "", ""]).encode()

    def connect(self) -> socket.socket:
        """Open a connection to write raw bytes to."""
        return socket.create_connection((HOST, self.port), LONGEST_WAIT)

    def send_and_read(self, content: bytes) -> tuple[int, str]:
        """Send a letter; return the status and the page of the answer."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=LONGEST_WAIT)
        headers = {
            "Cookie": self.cookie,
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        }
        connection.request("POST", self.path, self.body(content), headers)
        answer = connection.getresponse()
        page = answer.read().decode("utf-8")
        connection.close()
        return answer.status, page

    def press(self) -> int | None:
        """Press the button of a form in which nothing is to be filled in."""
        return self.post(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
            f"{self.csrf}\r\n--{BOUNDARY}--\r\n".encode()
        )

    def send(self, content: bytes) -> int | None:
        """Send a letter; return the status of the answer, None if there was none."""
        return self.post(self.body(content))

    def post(self, body: bytes, *lines: str) -> int | None:
        """Send a body; return the status of the answer, None if there was none."""
        try:
            with self.connect() as connection:
                connection.sendall(self.head(f"Content-Length: {len(body)}", *lines))
                connection.sendall(body)
                return status_of(connection)
        except OSError:
            return None


def status_of(connection: socket.socket) -> int | None:
    """Return the status of the answer, None when the connection ends without one."""
    line = b""
    while len(line) < 12:
        more = connection.recv(12 - len(line))
        if not more:
            return None
        line += more
    return int(line[9:12])


@contextmanager
def server_on(
    database_url: str, folder: Path, *, store: Path | None = None, **environment: str
) -> Iterator[Server]:
    """Set up the internship, due in a month, and give a server on it that is not started yet.

    The letters go into `folder` unless `store` says where.
    """
    port = free_port()
    settings = settings_for(database_url, folder, f"http://{HOST}:{port}")
    if store is not None:
        settings = replace(settings, store_url=f"file:{store}")
    house = assemble(settings)
    story = tell(house, replace(INTERNSHIP, due_at=datetime.now(UTC) + timedelta(days=30)))
    last_words = folder / "last-words"
    variables_of_it = {LAST_WORDS: str(last_words), **variables(settings), **environment}
    server = Server(story, port, variables_of_it, folder / "server.log", last_words)
    try:
        yield server
    finally:
        if server.pid is not None:
            server.kill()
        house.database.close()


def asked(story: Story) -> str:
    """Ask for the letters of one more application; return the token of the first upload link."""
    return story.upload_token(scenes.requested(story))
