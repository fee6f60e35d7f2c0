"""The LMTP listener in a thread, and what stands behind it while it is tested."""

import asyncio
import smtplib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from letters.inbound import Listener, Place
from letters.services.returning import Effect
from tests.support.server import HOST, free_port

LONGEST_STOP = 10.0


class Behind:
    """Keeps what is brought, and answers or fails as it is told; it may be made to wait."""

    def __init__(self, effect: Effect | Exception = Effect.NOTHING) -> None:
        self.effect = effect
        self.brought: list[tuple[str, bytes]] = []
        self.asked = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()

    def take(self, recipients: list[str], content: bytes) -> Effect:
        """Take a mail for one recipient."""
        self.asked.set()
        self.may_answer.wait(LONGEST_STOP)
        if isinstance(self.effect, Exception):
            raise self.effect
        self.brought.append((recipients[0], content))
        return self.effect


@contextmanager
def listening(
    take: Callable[[list[str], bytes], Effect], place: Place | None = None
) -> Iterator[Place]:
    """Listen in a thread of its own; the block ends when the listener has."""
    at = place or Place(HOST, free_port())
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(Listener(take, at).listen(stop, ready.set))

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(LONGEST_STOP)
    try:
        yield at
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(LONGEST_STOP)
        assert not thread.is_alive()


@contextmanager
def connected(place: Place) -> Iterator[smtplib.LMTP]:
    """Speak LMTP as a mail server does."""
    client = smtplib.LMTP(place.path or place.host, place.port, local_hostname="mx.example.org")
    try:
        client.ehlo_or_helo_if_needed()
        yield client
    finally:
        client.close()


def bring(client: smtplib.LMTP, content: bytes, *recipients: str) -> list[int]:
    """Bring a mail to some recipients; return the answer for each."""
    client.mail("")
    for recipient in recipients:
        code, text = client.rcpt(recipient)
        assert code == 250, text
    assert client.docmd("DATA")[0] == 354
    client.send(smtplib._quote_periods(content) + b"\r\n.\r\n")  # type: ignore[attr-defined]  # noqa: SLF001 -- what SMTP.data does
    return [client.getreply()[0] for _ in recipients]
