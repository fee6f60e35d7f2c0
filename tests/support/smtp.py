"""A real SMTP server on a loopback port: it keeps what it is sent, and misbehaves on request."""

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import Enum, auto
from threading import Event, Thread
from types import TracebackType
from typing import Self

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.mishaps import Conversation, Deed, Mishap, Stage

HOST = "127.0.0.1"
LONGEST_START = 30.0


class Tls(Enum):
    """How a server protects its connections."""

    NONE = auto()
    """It does not offer STARTTLS at all."""
    STARTTLS = auto()
    """It offers STARTTLS and takes no mail without."""
    IMPLICIT = auto()
    """It speaks TLS from the first byte."""


class Fault(Enum):
    """What a server does to one connection instead of its work."""

    REFUSE_RECIPIENT = auto()
    """Every recipient is answered with a permanent 550."""
    DEFER = auto()
    """The finished message is answered with a temporary 451."""
    DROP = auto()
    """The message is taken, and the connection ends before the answer."""
    SILENCE = auto()
    """The connection is accepted, and nothing is ever said on it."""


@dataclass(frozen=True)
class Received:
    """One message as it came in, with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    over_tls: bool
    signed_in: bool

    @property
    def message(self) -> EmailMessage:
        """The message, parsed anew from the bytes that were on the wire."""
        return message_from_bytes(self.raw, policy=policy.default)


class SmtpSink:
    """An SMTP server in a thread of its own, for the duration of a `with` block.

    It takes several commands at once, as most servers do (RFC 2920).
    `messages` lists what it took, oldest first. `faults` holds what is to go wrong: each connection
    uses up one, and after the last the server works again. While there is a `mishap`, it befalls
    every connection that is made. An address in `refused` is always answered with 550. A server
    with `login` takes mail only from that user and password.
    Certificates are issued for `certificate_host` by `authority`, which no client trusts unless it
    is told to.
    """

    def __init__(
        self,
        *,
        tls: Tls = Tls.NONE,
        login: tuple[str, str] | None = None,
        faults: Iterable[Fault] = (),
        refused: Iterable[str] = (),
        certificate_host: str = HOST,
    ) -> None:
        self.messages: list[Received] = []
        self.faults = deque(faults)
        self.mishap: Mishap | None = None
        self.refused = set(refused)
        self.authority = trustme.CA()
        self.tls = tls
        self._login = login
        self._conversations: list[Conversation] = []
        self._certificate = self.authority.issue_cert(certificate_host)
        self._strangers = trustme.CA().issue_cert(certificate_host)
        self._listener = socket.create_server((HOST, 0))
        # asyncio sets it for sockets of its own only. Without it, several lines take 40 ms.
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._run, name="smtp-sink", daemon=True)
        self._listens = Event()

    @property
    def host(self) -> str:
        """Where the server listens."""
        return HOST

    @property
    def port(self) -> int:
        """The port on which the server listens."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def is_spoken_to(self) -> bool:
        """Whether anybody is connected."""
        return any(conversation.transport for conversation in [*self._conversations])

    def __enter__(self) -> Self:
        self._thread.start()
        self._listens.wait(LONGEST_START)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        context = self._tls_context() if self.tls is Tls.IMPLICIT else None
        server = self._loop.run_until_complete(
            self._loop.create_server(self._conversation, sock=self._listener, ssl=context)
        )
        self._listens.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._end_conversations())
        self._loop.close()

    async def _end_conversations(self) -> None:
        for conversation in self._conversations:
            conversation.hang_up()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        while any(conversation.transport for conversation in self._conversations):
            await asyncio.sleep(0)

    def _conversation(self) -> Conversation:
        fault = self.faults.popleft() if self.faults else None
        offers_tls = self.tls is Tls.STARTTLS and not self._does(Deed.OFFER_NO_TLS)
        conversation = Conversation(
            _Handler(self, fault),
            loop=self._loop,
            hostname="sink.example.org",
            tls_context=self._tls_context() if offers_tls else None,
            require_starttls=offers_tls,
            auth_required=self._login is not None,
            # aiosmtpd does not count implicit TLS as TLS here.
            auth_require_tls=self.tls is Tls.STARTTLS,
            authenticator=self._authenticate,
        )
        conversation.silent = fault is Fault.SILENCE
        conversation.mishap = self.mishap
        self._conversations.append(conversation)
        return conversation

    def _does(self, deed: Deed) -> bool:
        return self.mishap is not None and self.mishap.deed is deed

    def _tls_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        strange = self._does(Deed.SHOW_A_STRANGERS_CERTIFICATE)
        (self._strangers if strange else self._certificate).configure_cert(context)
        return context

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        given = (
            (data.login.decode(), data.password.decode())
            if isinstance(data, LoginPassword)
            else None
        )
        return AuthResult(success=given == self._login, handled=False)


class _Handler:
    """The hooks that aiosmtpd calls; their names are its protocol."""

    def __init__(self, sink: SmtpSink, fault: Fault | None) -> None:
        self._sink = sink
        self._fault = fault

    async def handle_EHLO(  # noqa: N802 -- aiosmtpd looks the hook up by this name
        self, _: SMTP, session: Session, _envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        return [*answers[:-1], "250-PIPELINING", answers[-1]]

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd looks the hook up by this name
        self, _: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self._fault is Fault.REFUSE_RECIPIENT or address in self._sink.refused:
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 -- aiosmtpd looks the hook up by this name
        self, conversation: Conversation, session: Session, envelope: Envelope
    ) -> str:
        if self._fault is Fault.DEFER:
            return "451 4.3.0 Try again later"
        mishap = conversation.mishap
        if mishap is not None and mishap.meets(Stage.TAKEN) and mishap.deed is Deed.REFUSE:
            return mishap.answer
        self._sink.messages.append(_received(self._sink, session, envelope))
        await conversation.befallen(Stage.TAKEN)
        if self._fault is Fault.DROP:
            conversation.hang_up()
        return "250 OK"


def _received(sink: SmtpSink, session: Session, envelope: Envelope) -> Received:
    content = envelope.original_content
    if content is None or envelope.mail_from is None:
        message = "A message arrived without content or without a sender."
        raise ValueError(message)
    return Received(
        sender=envelope.mail_from,
        recipients=tuple(envelope.rcpt_tos),
        raw=content,
        over_tls=sink.tls is Tls.IMPLICIT or session.ssl is not None,
        signed_in=bool(session.authenticated),
    )
