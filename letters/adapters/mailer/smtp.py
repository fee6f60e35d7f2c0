"""Mail over SMTP, through Flask-Mail.

Flask-Mail holds the configuration and the connection; neither needs a Flask application. Added here
is what it lacks: time limits, verified TLS, and a connection that is closed whatever happens.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from types import TracebackType
from typing import Self

import flask_mail

from letters.adapters.mailer.message import Mailbox, compose
from letters.adapters.mailer.server import Protection, Server
from letters.domain.errors import AddressRefused, DeliveryDeferred, DeliveryRefused
from letters.ports import Message

SECONDS_PER_ANSWER = 20.0
SECONDS_PER_MAIL = 60.0
LONGEST_REASON = 300

_PERMANENT = range(500, 600)
_OURS_TO_MEND = frozenset({530, 534, 535, 538})
"""Answers about signing in and TLS (RFC 4954, section 6), whichever command they follow."""

_ABOUT_US = re.compile(rb"5\.7\.")
"""A recipient that is refused for reasons of policy (RFC 3463) may be an address that works."""

_LINK = re.compile(r"\S*(?:://|www\.)\S*|\S*/[\w.~-]{20,}\S*")


class SmtpMailer:
    """A Mailer over SMTP (RFC 5321), with one connection and one recipient for each mail.

    `smtp://[user:password@]host[:port][?tls=starttls|none][&ca=FILE]`, or `smtps://` for TLS from
    the first byte (RFC 8314). `smtp://` means STARTTLS (RFC 3207), and no mail where the server
    does not offer it; only for a loopback host without `ca` is the default `none`. Certificates are
    verified with the system's authorities, or with none but those in the PEM file `ca`. The port is
    587 for `smtp://`, 25 on a loopback host, 465 for `smtps://`. User and password are
    percent-encoded, and never sent in the clear to another machine.
    """

    def __init__(
        self,
        url: str,
        sender: str,
        *,
        timeout: float = SECONDS_PER_ANSWER,
        overall: float = SECONDS_PER_MAIL,
    ) -> None:
        """Take the server's URL and the sender, like `Letters <letters@localhost>`.

        `timeout` bounds, in seconds, connecting and each wait for the server; `overall` bounds all
        that follows once connected. Raises ValueError when `url` or `sender` cannot work.
        """
        self._sender = Mailbox.read("the sender", sender)
        self._server = Server.from_url(url)
        self._timeout = timeout
        self._overall = overall

    def send(self, message: Message) -> None:
        """Return once the server has taken the mail.

        Raises AddressRefused when the server says for good that nobody is reached at the address,
        and DeliveryRefused when it refuses the mail for good for another reason.
        Everything else is DeliveryDeferred: a temporary refusal, silence, a lost connection, TLS
        that cannot be trusted, and what the operator can mend (signing in, the sender's address).
        Raises ValueError as `compose` does.
        """
        finished = _Finished(compose(message, self._sender), self._sender.address, message)
        with self._connected() as connection:
            connection.send(finished)

    def check(self) -> None:
        """Connect and sign in without sending. Raises DeliveryDeferred."""
        with self._connected():
            return

    @contextmanager
    def _connected(self) -> Iterator["_Connection"]:
        with _Watch(self._overall) as watch:
            try:
                with _Connection(self._server, self._sender, self._timeout, watch) as connection:
                    yield connection
            except smtplib.SMTPRecipientsRefused as error:
                ((code, text),) = error.recipients.values()
                raise self._verdict_on_address(code, text) from error
            except smtplib.SMTPDataError as error:
                raise self._verdict(error.smtp_code, error.smtp_error) from error
            except smtplib.SMTPResponseException as error:
                raise self._deferred(error.smtp_code, error.smtp_error) from error
            except OSError as error:
                if watch.ended:
                    raise self._deferred(f"not done after {self._overall:g} seconds") from error
                raise self._deferred(str(error) or type(error).__name__) from error

    def _verdict_on_address(self, code: int, text: bytes) -> DeliveryRefused | DeliveryDeferred:
        verdict = self._verdict(code, text)
        if isinstance(verdict, DeliveryRefused) and not _ABOUT_US.match(text):
            return AddressRefused(**verdict.values)
        return verdict

    def _verdict(self, code: int, text: bytes | str) -> DeliveryRefused | DeliveryDeferred:
        if code in _PERMANENT and code not in _OURS_TO_MEND:
            return DeliveryRefused(reason=self._reason(code, text))
        return self._deferred(code, text)

    def _deferred(self, *answer: int | bytes | str) -> DeliveryDeferred:
        return DeliveryDeferred(reason=self._reason(*answer))

    def _reason(self, *answer: int | bytes | str) -> str:
        """Return one line that may be kept and shown: without the password, without links."""
        texts = [p.decode(errors="replace") if isinstance(p, bytes) else str(p) for p in answer]
        line = " ".join("".join(c if c.isprintable() else " " for c in text) for text in texts)
        if self._server.password:
            line = line.replace(self._server.password, "***")
        return " ".join(_LINK.sub("[link]", line).split())[:LONGEST_REASON]


class _Finished(flask_mail.Message):
    """A message whose bytes are settled."""

    def __init__(self, content: bytes, sender: str, message: Message) -> None:
        super().__init__(message.subject, recipients=[message.to], sender=sender)
        self.msgId = message.message_id
        self._content = content

    def as_bytes(self) -> bytes:
        return self._content


class _Connection(flask_mail.Connection):
    """A connection to one server for one mail."""

    def __init__(self, server: Server, sender: Mailbox, timeout: float, watch: "_Watch") -> None:
        super().__init__(_configured(server))
        self._trust = server.trust
        self._own_name = sender.domain
        self._timeout = timeout
        self._watch = watch

    def configure_host(self) -> smtplib.SMTP:
        """Connect, greet, and sign in where that is asked for; what fails is closed again."""
        host = self._greeted()
        try:
            if self.mail.use_tls:
                host.starttls(context=self._trust)
            host.ehlo_or_helo_if_needed()
            if self.mail.username:
                host.login(self.mail.username, self.mail.password)
        except BaseException:
            host.close()
            raise
        return host

    def send(
        self, message: flask_mail.Message, envelope_from: str | tuple[str, str] | None = None
    ) -> None:
        """Hand the message over as it is, without the signal that needs an application."""
        if self.host is None:
            raise smtplib.SMTPServerDisconnected
        sender = str(envelope_from or message.sender)
        self.host.sendmail(sender, [str(to) for to in message.send_to], message.as_bytes())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection. How the server takes leave says nothing about the mail."""
        if self.host is None:
            return
        if error is None:
            with suppress(OSError):
                self.host.quit()
        self.host.close()

    def _greeted(self) -> smtplib.SMTP:
        where = (self._watch, self.mail.server, self.mail.port)
        if self.mail.use_ssl:
            return _TlsSession(*where, self._own_name, self._timeout, self._trust)
        return _Session(*where, self._own_name, self._timeout)


def _configured(server: Server) -> flask_mail.Mail:
    mail = flask_mail.Mail()
    mail.state = mail.init_mail(
        {
            "MAIL_SERVER": server.host,
            "MAIL_PORT": server.port,
            "MAIL_USERNAME": server.user,
            "MAIL_PASSWORD": server.password,
            "MAIL_USE_TLS": server.protection is Protection.STARTTLS,
            "MAIL_USE_SSL": server.protection is Protection.IMPLICIT,
        }
    )
    return mail


class _Watch:
    """Ends a conversation that takes too long, whatever is being waited for.

    A time limit on a socket starts anew with every byte, so that a server which trickles keeps the
    connection for ever. This one holds a second handle on the connection, which outlives the change
    to TLS, and shuts it down.
    """

    def __init__(self, seconds: float) -> None:
        self.ended = False
        self._timer = Timer(seconds, self._end)
        self._connection: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._connection is None:
            return
        self._timer.cancel()
        self._timer.join()
        self._connection.close()

    def over(self, connection: socket.socket) -> None:
        """Begin to watch."""
        self._connection = connection.dup()
        self._timer.start()

    def _end(self) -> None:
        self.ended = True
        if self._connection is not None:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)


class _Session(smtplib.SMTP):
    """An SMTP session that is watched from its first byte."""

    def __init__(self, watch: _Watch, host: str, port: int, own_name: str, timeout: float) -> None:
        self._watch = watch
        super().__init__(host, port, local_hostname=own_name, timeout=timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # -- the stubs lack it
        self._watch.over(connection)
        return connection


class _TlsSession(smtplib.SMTP_SSL, _Session):
    """The same over TLS: SMTP_SSL asks the next class for the socket that it wraps."""

    def __init__(
        self,
        watch: _Watch,
        host: str,
        port: int,
        own_name: str,
        timeout: float,
        trust: ssl.SSLContext,
    ) -> None:
        self._watch = watch
        smtplib.SMTP_SSL.__init__(
            self, host, port, local_hostname=own_name, timeout=timeout, context=trust
        )
