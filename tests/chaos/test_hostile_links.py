"""Links of any length, and what is no link at all, get a page in words from the real server."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from letters.domain.documents import MEGABYTE
from tests.chaos.servers import Server, server_on
from tests.support.rows import unchanged

BAD_LINK = (404, "This link does not work")
TOO_LONG = (414, "This address is too long")
NO_REQUEST = (400, "The request was not understood")
MAY_GROW_BY = 16 * MEGABYTE

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    with server_on(database_url, tmp_path) as made:
        made.start()
        yield made


def _follow(server: Server, target: bytes) -> tuple[int, str]:
    """Send everything and only then read; return the status and the heading."""
    with server.connect() as connection:
        host = f"127.0.0.1:{server.port}".encode()
        connection.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: " + host + b"\r\n")
        connection.sendall(b"Connection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    headings = re.findall(r"<h1[^>]*>([^<]+)</h1>", answer)
    assert len(headings) == 1, answer[:500]
    return int(answer[9:12]), headings[0].strip()


def test_every_link_is_answered_in_words(server: Server, subtests: pytest.Subtests) -> None:
    server.forget_the_peak()
    before = server.memory()
    with unchanged(server.story.house.database):
        for name, target, said in (
            ("short", b"/letter/abc", BAD_LINK),
            ("60 kB", b"/letter/" + b"a" * 60_000, BAD_LINK),
            ("70 kB", b"/letter/" + b"a" * 70_000, TOO_LONG),
            ("1 MB", b"/letter/" + b"a" * 1_000_000, TOO_LONG),
            ("1 MB after a question mark", b"/letter/abc?" + b"a" * 1_000_000, TOO_LONG),
            ("50 MB", b"/letter/" + b"a" * 50_000_000, TOO_LONG),
            ("NULs in numbers", b"/letter/" + b"%00" * 10_000, BAD_LINK),
            ("NULs", b"/letter/" + bytes(10_000), NO_REQUEST),
        ):
            with subtests.test(name):
                assert _follow(server, target) == said
    assert server.peak_memory() - before < MAY_GROW_BY
    assert "Traceback" not in server.log.read_text(encoding="utf-8")
