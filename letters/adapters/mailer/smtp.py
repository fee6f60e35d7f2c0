"""Mail over SMTP: what a server's answers mean, and one connection for many mails."""

import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from letters.adapters.mailer.message import Mailbox, checked_address, compose
from letters.domain.errors import (
    AddressRefused,
    DeliveryDeferred,
    DeliveryRefused,
    MailServerUnavailable,
)
from letters.mail_server import Server
from letters.ports import Message, TimeIsUp

if TYPE_CHECKING:
    from letters.adapters.mailer.connection import Connection, Finished

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
    """A Mailer over SMTP (RFC 5321), with one recipient for each mail. It belongs to one thread.

    One connection serves many mails, until something is refused or goes wrong on it, it has been
    idle for some seconds, or it has served for long enough. If the server ended it meanwhile, the
    mail goes on another one.

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
        that is said for one mail once connected. Raises ValueError when `url` or `sender` cannot
        work.
        """
        self._sender = Mailbox.read("the sender", sender)
        self._server = Server.from_url(url)
        self._timeout = timeout
        self._overall = overall
        self._kept: Connection | None = None

    def send(self, message: Message) -> None:
        """Return once the server has taken the mail.

        Raises AddressRefused when the server says for good that nobody is reached at the address,
        and DeliveryRefused when it refuses the mail for good for another reason.
        Everything else is DeliveryDeferred: a temporary refusal, silence, a lost connection. It is
        MailServerUnavailable where that says nothing about this mail: what fails before its
        recipient is named, TLS that cannot be trusted, and what the operator can mend (signing in,
        the sender's address).
        Raises ValueError as `compose` does. TimeIsUp passes through, and says then whether nothing
        of the mail has left.
        """
        from letters.adapters.mailer.connection import Finished  # noqa: PLC0415 -- takes Flask along

        comes_back_to = message.envelope_from or self._sender.address
        envelope_from = checked_address("the envelope's sender", comes_back_to)
        finished = Finished(compose(message, self._sender), envelope_from, message)
        connection = self._kept_for(finished) or self._opened_for(finished)
        with self._closed_on_trouble(connection):
            connection.hand_over(finished)
        self._kept = connection

    def check(self) -> None:
        """Connect and sign in without sending. Raises MailServerUnavailable."""
        connection = self._new()
        with _of_the_server(), self._closed_on_trouble(connection), connection:
            return

    def rest(self) -> None:
        """Close the connection if it was not used for some seconds."""
        if self._kept is not None and self._kept.has_had_its_day():
            self.close()

    def close(self) -> None:
        """Close the connection, if there is one; the next mail opens another."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _new(self) -> "Connection":
        from letters.adapters.mailer.connection import Connection  # noqa: PLC0415 -- likewise

        return Connection(self._server, self._sender.domain, self._timeout, self._overall)

    def _opened_for(self, finished: "Finished") -> "Connection":
        """Open a connection and announce the mail on it. Raises MailServerUnavailable."""
        connection = self._new()
        with _of_the_server(), self._closed_on_trouble(connection):
            connection.__enter__()
            connection.announce(finished)
        return connection

    def _kept_for(self, finished: "Finished") -> "Connection | None":
        """Return the connection of the last mail, if the server takes this one on it too.

        It may have ended the connection, or want no more mails on it: another one tells. Nothing
        of the mail has left by then.
        """
        if self._kept is None:
            return None
        kept, self._kept = self._kept, None
        if kept.has_had_its_day():
            kept.close()
            return None
        try:
            kept.announce(finished)
        except OSError:
            kept.close()
            return None
        except BaseException as error:
            kept.abandon()
            if isinstance(error, TimeIsUp):
                error.nothing_left = True
            raise
        return kept

    @contextmanager
    def _closed_on_trouble(self, connection: "Connection") -> Iterator[None]:
        """Close the connection when anything goes wrong, and say so in our own errors.

        Whatever a server refused, it is not asked for more on that connection: many slow down or
        hang up after refusals, which would be at the cost of the next mail.
        """
        try:
            yield
        except smtplib.SMTPRecipientsRefused as error:
            connection.close()
            ((code, text),) = error.recipients.values()
            raise self._verdict_on_address(code, text) from error
        except smtplib.SMTPDataError as error:
            connection.close()
            raise self._verdict(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPResponseException as error:
            connection.close()
            raise self._deferred(error.smtp_code, error.smtp_error) from error
        except OSError as error:
            connection.abandon()
            if connection.watch.ended:
                raise self._deferred(f"not done after {self._overall:g} seconds") from error
            raise self._deferred(str(error) or type(error).__name__) from error
        except BaseException as error:
            connection.abandon()
            if isinstance(error, TimeIsUp):
                error.nothing_left = not connection.begun
            raise

    def _verdict_on_address(self, code: int, text: bytes) -> DeliveryRefused | DeliveryDeferred:
        verdict = self._verdict(code, text)
        if isinstance(verdict, DeliveryRefused) and not _ABOUT_US.match(text):
            return AddressRefused(**verdict.values)
        return verdict

    def _verdict(self, code: int, text: bytes | str) -> DeliveryRefused | DeliveryDeferred:
        if code in _OURS_TO_MEND:
            return MailServerUnavailable(reason=self._reason(code, text))
        if code in _PERMANENT:
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


@contextmanager
def _of_the_server() -> Iterator[None]:
    """Lay what fails on the server as a whole."""
    try:
        yield
    except DeliveryDeferred as error:
        raise MailServerUnavailable(**error.values) from error
