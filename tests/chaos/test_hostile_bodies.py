"""Bodies that mean harm are refused in words, and the web process does not grow by them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from letters.domain.documents import MEGABYTE
from tests.chaos.sending import breaches, kept
from tests.chaos.servers import BOUNDARY, Form, Server, asked, server_on, status_of
from tests.support.pdfs import letter_pdf
from tests.web.visiting import stored_files

TAKEN = 303
MAY_GROW_BY = 48 * MEGABYTE
"""Several times the largest letter of the program, and less than what is sent here."""

CHUNK = b"10000\r\n" + bytes(65536) + b"\r\n"
ENDLESS = 2000
"""Chunks, 128 MB, more than any letter may have: whoever takes them all would take any number."""

Attack = Callable[[Form], int | None]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    with server_on(database_url, tmp_path) as made:
        made.start()
        yield made


def _write(form: Form, head: bytes, pieces: Iterable[bytes] = ()) -> int | None:
    """Send until the server has had enough; return the status of its answer."""
    with form.connect() as connection:
        with suppress(OSError):
            connection.sendall(head)
            for piece in pieces:
                connection.sendall(piece)
        try:
            return status_of(connection)
        except ConnectionError:
            return None


def _announcing(form: Form, length: int, *lines: str) -> bytes:
    return form.head(f"Content-Length: {length}", *lines)


def _with_boundary(boundary: str) -> Attack:
    def attack(form: Form) -> int | None:
        body = form.body(letter_pdf())
        head = form.head(f"Content-Length: {len(body)}", boundary=boundary)
        return _write(form, head, [body])

    return attack


def _parts(count: int, ending: str = "") -> bytes:
    return b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="x{n}"{ending}\r\n\r\n1\r\n'.encode()
        for n in range(count)
    )


def _endless(form: Form) -> int | None:
    beginning = form.body(b"%PDF-")[: -len(BOUNDARY) - 8]
    first = b"%x\r\n%b\r\n" % (len(beginning), beginning)
    return _write(form, form.head("Transfer-Encoding: chunked"), [first, *[CHUNK] * ENDLESS])


ATTACKS: Mapping[str, tuple[Attack, set[int | None]]] = {
    "10,000 parts": (
        lambda form: form.post(_parts(10_000) + form.body(letter_pdf())),
        {413},
    ),
    "10,000 files": (
        lambda form: form.post(_parts(10_000, '; filename="a.pdf"') + form.body(letter_pdf())),
        {413},
    ),
    "a gigabyte announced": (
        lambda form: _write(form, _announcing(form, 1024 * MEGABYTE), [CHUNK] * ENDLESS),
        {413},
    ),
    "a body that never ends": (_endless, {413}),
    "a file of 99 MB": (
        lambda form: form.post(form.body(b"%PDF-" + bytes(99 * MEGABYTE))),
        {413},
    ),
    "a field of 99 MB": (
        lambda form: form.post(_parts(1)[:-3] + bytes(99 * MEGABYTE) + b"\r\n" + form.body(b"")),
        {413},
    ),
    "a file name of 1 MB": (
        lambda form: form.post(form.body(letter_pdf(), "a" * MEGABYTE + ".pdf")),
        {413},
    ),
    "nothing but line ends": (lambda form: form.post(b"\r\n" * (5 * MEGABYTE)), {413}),
    "nothing but beginnings of the boundary": (
        lambda form: form.post(f"\r\n--{BOUNDARY}"[:-1].encode() * 200_000),
        {413},
    ),
    "a header field of 1 MB": (
        lambda form: _write(form, _announcing(form, 5, "X-A: " + "a" * MEGABYTE)),
        {431},
    ),
    "10,000 header fields": (
        lambda form: _write(form, _announcing(form, 5, *[f"X-{n}: a" for n in range(10_000)])),
        {431},
    ),
    "two lengths": (
        lambda form: _write(form, _announcing(form, 5, "Content-Length: 50"), [b"a" * 50]),
        {400},
    ),
    "a negative length": (lambda form: _write(form, _announcing(form, -5), [b"a" * 50]), {400}),
    "no end": (lambda form: form.post(form.body(letter_pdf())[: -len(BOUNDARY) - 8]), {400}),
    "an empty boundary": (_with_boundary(""), {400}),
    "half a quoted boundary": (_with_boundary('"'), {400}),
    "a boundary of 50 kB": (_with_boundary("x" * 50_000), {400}),
    "a boundary of 100 kB": (_with_boundary("x" * 100_000), {431}),
    "a boundary that is the beginning of another": (_with_boundary(BOUNDARY[:-1]), {400}),
    "a boundary of dashes": (_with_boundary("--"), {400}),
}


def test_what_means_harm_is_refused_and_takes_up_no_memory(
    server: Server, subtests: pytest.Subtests
) -> None:
    form = server.open_page(asked(server.story))
    assert form.send(letter_pdf()) == TAKEN
    before = server.memory()
    for name, (attack, refusals) in ATTACKS.items():
        with subtests.test(name):
            server.forget_the_peak()
            other = server.open_page(asked(server.story))
            assert attack(other) in refusals
            assert server.peak_memory() - before < MAY_GROW_BY
    long_name = server.open_page(asked(server.story))
    assert long_name.post(long_name.body(letter_pdf(), "a" * 50_000 + ".pdf")) == TAKEN
    assert [each.content for each in kept(server.story.house)] == [letter_pdf()] * 2
    assert len(stored_files(server.story.house)) == 2
    assert breaches(server.story.house) == []
    assert "Traceback" not in server.log.read_text(encoding="utf-8")
