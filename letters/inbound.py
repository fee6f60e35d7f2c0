"""The LMTP listener (RFC 2033): takes mails that come back, from the mail server on this machine.

A mail is taken with 250 for a recipient once what it means is committed, whatever it is: nothing is
ever bounced or answered. When that could not be done it is 451, and the server brings it again.
"""

import asyncio
import logging
import stat
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session, syntax

from letters.domain.bounces import LARGEST
from letters.services.returning import Effect

MOST_CONNECTIONS = 10
MOST_RECIPIENTS = 100  # RFC 5321, section 4.5.3.1.8
SECONDS_PER_COMMAND = 60.0
"""A mail of any size has to be through in this time too."""
SECONDS_TO_FINISH = 8.0
SOCKET_MODE = stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IWGRP

TAKEN = "250 2.0.0 Taken"
NOT_NOW = "451 4.3.0 Not now; bring it again later"
TOO_MANY_CONNECTIONS = b"421 4.3.2 Too many connections; come again later\r\n"

log = structlog.get_logger("letters.inbound")

# The library logs addresses; what is to be known of a mail is logged where it is taken.
logging.getLogger("mail.log").disabled = True


@dataclass(frozen=True)
class Place:
    """Where to listen: a host and a port, or the path of a socket."""

    host: str = ""
    port: int = 0
    path: str = ""

    @classmethod
    def read(cls, text: str) -> "Place":
        """Read `HOST:PORT` or `unix:/PATH`. Raises ValueError."""
        if text.startswith("unix:/"):
            return cls(path=text.removeprefix("unix:"))
        host, _, port = text.rpartition(":")
        if not host or not (port.isascii() and port.isdigit()) or int(port) not in range(1, 65536):
            message = f"{text!r} is neither HOST:PORT nor unix:/PATH"
            raise ValueError(message)
        return cls(host=host.removeprefix("[").removesuffix("]"), port=int(port))


class Listener:
    """Takes mails on one place until it is asked to stop."""

    def __init__(self, take: Callable[[list[str], bytes], Effect], place: Place) -> None:
        """Take what writes down what a mail to some recipients means, as Returns does."""
        self._take = take
        self._place = place
        self._open: set[_Conversation] = set()
        self._effects: Counter[str] = Counter()

    async def listen(self, stop: asyncio.Event, ready: Callable[[], None] = lambda: None) -> None:
        """Listen until `stop` is set, then finish in time what was taken on.

        `ready` is called once connections are taken. Raises OSError when the place cannot be
        listened at.
        """
        server = await self._server()
        ready()
        await stop.wait()
        server.close()
        await self._finish()
        log.info("inbound.stopped", **self._effects)

    async def _answer_for(self, recipient: str, content: bytes) -> str:
        """Return the answer for one recipient of a mail."""
        try:
            effect = await _in_a_thread(lambda: self._take([recipient], content))
        except Exception:
            # Whatever it was, the mail server keeps the mail and brings it again.
            log.exception("return.not_taken")
            return NOT_NOW
        self._effects[effect.value] += 1
        return NOT_NOW if effect is Effect.TOO_EARLY else TAKEN

    async def _server(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        if not self._place.path:
            return await loop.create_server(self._connected, self._place.host, self._place.port)
        server = await loop.create_unix_server(self._connected, self._place.path)
        # The mail server is let in by being of the same group.
        Path(self._place.path).chmod(SOCKET_MODE)
        return server

    def _connected(self) -> asyncio.Protocol:
        if len(self._open) >= MOST_CONNECTIONS:
            return _Busy()
        conversation = _Conversation(self._answer_for, self._open.discard)
        self._open.add(conversation)
        return conversation

    async def _finish(self) -> None:
        """Wait for the mails that were received, and close what is open."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SECONDS_TO_FINISH):
                await asyncio.gather(*(conversation.idle.wait() for conversation in self._open))
        for conversation in [*self._open]:
            conversation.hang_up()


class _Conversation(LMTP):
    """One connection. `idle` is unset while the answer to a mail is being made."""

    def __init__(
        self,
        answer_for: Callable[[str, bytes], Awaitable[str]],
        ended: Callable[["_Conversation"], None],
    ) -> None:
        super().__init__(
            _Hooks(),
            hostname="localhost",
            ident="LMTP",
            data_size_limit=None,
            enable_SMTPUTF8=True,
            timeout=SECONDS_PER_COMMAND,
            loop=asyncio.get_running_loop(),
        )
        self.idle = asyncio.Event()
        self.idle.set()
        self._answer_for = answer_for
        self._ended = ended

    def connection_lost(self, error: Exception | None) -> None:
        """Make room for another connection."""
        self._ended(self)
        super().connection_lost(error)

    def hang_up(self) -> None:
        """End the connection; what was said is sent first."""
        if self.transport is not None:
            self.transport.close()

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 -- aiosmtpd finds it by this name
        """Take a mail; there is one answer for each recipient (RFC 2033, section 4.2)."""
        if await self.check_helo_needed("LHLO"):
            return
        recipients = [] if self.envelope is None else self.envelope.rcpt_tos
        if arg or not recipients:
            await self.push("503 5.5.1 First RCPT, then DATA alone")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        content = await self._content()
        self.idle.clear()
        try:
            for recipient in recipients:
                await self.push(await self._answer_for(recipient, content))
        finally:
            self.idle.set()
        self.envelope = self._create_envelope()

    async def _content(self) -> bytes:
        """Receive a mail to its end, and keep its beginning (RFC 5321, section 4.5.2)."""
        kept = bytearray()
        begins_line = True
        while True:
            try:
                piece = await self._reader.readuntil(b"\r\n")
            except asyncio.LimitOverrunError as overrun:
                piece = await self._reader.read(overrun.consumed)
            if begins_line and piece == b".\r\n":
                return bytes(kept[:LARGEST])
            if begins_line:
                piece = piece.removeprefix(b".")
            begins_line = piece.endswith(b"\r\n")
            if len(kept) < LARGEST:
                kept += piece


class _Hooks:
    """What aiosmtpd asks."""

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd looks the hook up by this name
        self, _: LMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take every recipient: one that is refused would be bounced."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients at once"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_exception(self, error: Exception) -> str:
        """Whatever went wrong, the mail server keeps the mail."""
        log.error("inbound.failed", error=type(error).__name__)
        return NOT_NOW


class _Busy(asyncio.Protocol):
    """One connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say so and hang up."""
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(TOO_MANY_CONNECTIONS)
        transport.close()


def _in_a_thread(work: Callable[[], Effect]) -> Awaitable[Effect]:
    """Do what waits for the database in a thread that does not keep the process from ending."""
    done: Future[Effect] = Future()

    def run() -> None:
        done.set_running_or_notify_cancel()
        try:
            done.set_result(work())
        except Exception as error:  # noqa: BLE001 -- it is raised to who awaits this
            done.set_exception(error)

    Thread(target=run, daemon=True).start()
    return asyncio.wrap_future(done)
