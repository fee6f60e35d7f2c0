"""A connection to a mail server, through Flask-Mail.

Flask-Mail holds the configuration and the connection; neither needs a Flask application. Added here
is what it lacks: time limits, verified TLS, and a connection that is closed whatever happens.
"""

import smtplib
import time
from contextlib import suppress
from types import TracebackType

import flask_mail

from letters.adapters.mailer.session import Session, TlsSession, Watch
from letters.mail_server import Protection, Server
from letters.ports import Message

MOST_MAILS = 100
LONGEST_LIFE = 300.0
LONGEST_IDLE = 10.0
"""Seconds; servers end connections that are idle, old, or were used for many mails."""
SECONDS_TO_TAKE_LEAVE = 2.0

TAKEN = 250
FORWARDED = 251
"""The answers to MAIL, RCPT and a message that mean yes (RFC 5321, section 4.3.2)."""
DATA = "data"
GO_ON = 354
"""The answer to DATA that means yes."""


class Finished(flask_mail.Message):
    """A message whose bytes are settled.

    Only what a connection asks of it is set: the base would make a Message-ID that nobody uses, and
    for that ask the network for this machine's name, for each mail.
    """

    def __init__(self, content: bytes, sender: str, message: Message) -> None:
        self.subject = message.subject
        self.recipients = [message.to]
        self.cc, self.bcc = [], []
        self.sender = sender
        self.msgId = message.message_id
        self._content = content

    def as_bytes(self) -> bytes:
        return self._content


class Connection(flask_mail.Connection):
    """A connection to one server, for one mail after the other.

    What stands on a mail's envelope is said at once where the server takes several commands so
    (RFC 2920), and its answers are read one by one all the same. `begun` says whether any of the
    last mail's content may have left.
    """

    def __init__(self, server: Server, own_name: str, timeout: float, overall: float) -> None:
        super().__init__(_configured(server))
        self.watch = Watch(overall)
        self.begun = False
        self._said: list[str] = []
        self._trust = server.trust
        self._own_name = own_name
        self._timeout = timeout
        self._since = self._used_at = time.monotonic()

    def configure_host(self) -> smtplib.SMTP:
        """Connect, greet, and sign in where that is asked for; what fails is closed again."""
        try:
            return self._signed_in()
        except BaseException:
            self.watch.close()
            raise

    def send(
        self, message: flask_mail.Message, envelope_from: str | tuple[str, str] | None = None
    ) -> None:
        """Hand the message over as it is, without the signal that needs an application.

        Raises the errors of smtplib and of sockets.
        """
        self.announce(message, envelope_from)
        self.hand_over(message)

    def announce(
        self, message: flask_mail.Message, envelope_from: str | tuple[str, str] | None = None
    ) -> None:
        """Say whose mail comes next (MAIL). Raises SMTPSenderRefused, SMTPServerDisconnected."""
        self.begun = False
        self.watch.begin()
        host, sender = self._in_use(), str(envelope_from or message.sender)
        size = f" size={len(message.as_bytes())}" if host.has_extn("size") else ""
        announcement = f"mail FROM:<{sender}>{size}"
        if host.has_extn("pipelining"):
            self._say(announcement, *(_naming(str(each)) for each in message.send_to), DATA)
        code, text = self._answer(announcement)
        if code != TAKEN:
            raise smtplib.SMTPSenderRefused(code, text, sender)

    def hand_over(self, message: flask_mail.Message) -> None:
        """Say to whom it goes, and the rest (RCPT, DATA), of a message that was announced.

        Raises SMTPRecipientsRefused, SMTPDataError, SMTPServerDisconnected.
        """
        for recipient in message.send_to:
            self._name_recipient(str(recipient))
        self.begun = True
        code, text = self._answer(DATA)
        if code != GO_ON:
            raise smtplib.SMTPDataError(code, text)
        self._hand_over_content(message.as_bytes())
        self.watch.pause()
        self.num_emails += 1
        self._used_at = time.monotonic()

    def has_had_its_day(self) -> bool:
        """Say whether the next mail should rather have another connection."""
        now = time.monotonic()
        return (
            self.num_emails >= MOST_MAILS
            or now - self._since > LONGEST_LIFE
            or now - self._used_at > LONGEST_IDLE
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection, with a word where nothing went wrong."""
        if error is None:
            self.close()
        else:
            self.abandon()

    def close(self) -> None:
        """Take leave and close. How the server answers that says nothing about the mail.

        While it still has to answer something else, it may take our leave for a mail's content.
        """
        self.watch.pause()
        if self.host is not None and self.host.sock is not None and not self._said:
            self.watch.begin(SECONDS_TO_TAKE_LEAVE)
            with suppress(OSError):
                self.host.quit()
        self.abandon()

    def abandon(self) -> None:
        """Close without a word."""
        if self.host is not None:
            self.host.close()
            self.host = None
        self.watch.close()

    def _name_recipient(self, address: str) -> None:
        code, text = self._answer(_naming(address))
        if code not in {TAKEN, FORWARDED}:
            raise smtplib.SMTPRecipientsRefused({address: (code, text)})

    def _hand_over_content(self, content: bytes) -> None:
        """Send lines that end in CRLF, and a dot (RFC 5321, section 4.5.2)."""
        host = self._in_use()
        host.send(content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        code, text = host.getreply()
        if code != TAKEN:
            raise smtplib.SMTPDataError(code, text)

    def _say(self, *commands: str) -> None:
        """Say several commands, whose answers are read later."""
        self._said = list(commands)
        self._in_use().send("".join(f"{command}\r\n" for command in commands))

    def _answer(self, command: str) -> tuple[int, bytes]:
        """Return the answer to a command, which is said now if it was not said already."""
        if command not in self._said:
            return self._in_use().docmd(command)
        self._said.remove(command)
        return self._in_use().getreply()

    def _in_use(self) -> smtplib.SMTP:
        if self.host is None:
            raise smtplib.SMTPServerDisconnected
        return self.host

    def _signed_in(self) -> smtplib.SMTP:
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

    def _greeted(self) -> smtplib.SMTP:
        where = (self.watch, self.mail.server, self.mail.port)
        if self.mail.use_ssl:
            return TlsSession(*where, self._own_name, self._timeout, self._trust)
        return Session(*where, self._own_name, self._timeout)


def _naming(address: str) -> str:
    return f"rcpt TO:<{address}>"


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
