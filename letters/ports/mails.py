"""Mails: their words, and who hands them to the outside world."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from letters.domain.journal import MessageKind


@dataclass(frozen=True)
class Attachment:
    """A file of text in UTF-8 that comes with a mail, such as `due.ics`, `text/calendar`.

    `parameters` are those of its media type, beside the charset.
    """

    file_name: str
    media_type: str
    content: bytes
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Message:
    """A mail ready to be handed over. `date` is aware; `message_id` includes the brackets.

    `envelope_from` is the address it comes back to; empty for that of the sender.
    """

    to: str
    from_name: str
    reply_to: str
    subject: str
    text: str
    html: str
    message_id: str
    date: datetime
    headers: Mapping[str, str]
    envelope_from: str = ""
    attachments: tuple[Attachment, ...] = ()


class Mailer(Protocol):
    """Hands mails to the outside world, one after the other."""

    def send(self, message: Message) -> None:
        """Return once the server has taken the mail.

        Raises DeliveryRefused when it never will, DeliveryDeferred when it may later, and
        MailServerUnavailable when it would take no other mail either.
        """
        ...

    def check(self) -> None:
        """Connect and sign in without sending. Raises DeliveryDeferred or DeliveryRefused."""
        ...

    def rest(self) -> None:
        """Let go of what was not used for some seconds; nothing is to be sent for now."""
        ...

    def close(self) -> None:
        """Let go of everything; what is sent after that begins anew."""
        ...


@dataclass(frozen=True)
class Rendered:
    """The words of a mail."""

    subject: str
    text: str
    html: str


class MessageRenderer(Protocol):
    """Turns facts into the words of a mail."""

    def render(self, kind: MessageKind, facts: Mapping[str, object], locale: str) -> Rendered:
        """Return subject, text and HTML of the mail `kind`."""
        ...

    def sentence(self, message: str, values: Mapping[str, object], locale: str) -> str:
        """Return a sentence that no template holds: a gettext message id, filled with `values`."""
        ...
