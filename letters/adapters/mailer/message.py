"""The bytes of a mail (RFC 5322), of which every header is known.

The headers are written here because neither Flask-Mail nor the standard library leaves them whole:
the first accepts control characters that start a new header and doubles a Message-ID, the second
decodes encoded words that a person typed and breaks long links into encoded words. Bodies are 7-bit
in lines that every server takes, where Flask-Mail's are 8-bit in lines of any length.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, getaddresses
from functools import lru_cache
from typing import Self

from letters.adapters.mailer.body import body, text_of
from letters.ports import Message

LONGEST_LINE = 998  # RFC 5322, section 2.1.1
LONGEST_PLAIN_TEXT = 500
MOST_REMEMBERED = 256
LONGEST_ENCODED_WORD = 75  # RFC 2047, section 2; by default the standard library makes 76

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = rf"{_ATOM}(?:\.{_ATOM})*"
_DOMAIN = r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
_ADDRESS = re.compile(f"{_LOCAL}@{_DOMAIN}")
_MESSAGE_ID = re.compile(f"<{_LOCAL}@{_DOMAIN}>")
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
_HEADER_VALUE = re.compile(r"[ -~]+")
_OTHER_CONTROLS = "\x7f-\x9f\u2028\u2029\ud800-\udfff"
_CONTROL = re.compile(f"[\x00-\x1f{_OTHER_CONTROLS}]")
"""All that some reader takes for the end of a line, and half characters (Cc, Zl, Zp, Cs)."""
_CONTROL_IN_A_BODY = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f{_OTHER_CONTROLS}]")
"""The same but for tabs and the ends of lines."""

_BODY_HEADERS = ("Content-Type", "MIME-Version")
_HEADERS = re.compile(rb"(?:[!-9;-~]+:[ -~]*\r\n(?: +[!-~][ -~]*\r\n)*)+\r\n")
"""Headers, some of them folded, and the empty line after them (RFC 5322, section 2.2)."""
_NAME = re.compile(rb"^([!-9;-~]+):", re.MULTILINE)
_NOT_TO_BE_ADDED = re.compile(
    r"(?:content|mime|resent)-.*|cc|bcc|sender|return-path", re.IGNORECASE
)


@dataclass(frozen=True)
class Mailbox:
    """A name, which may be empty, and an address in ASCII (RFC 5322, section 3.4)."""

    name: str
    address: str

    @classmethod
    def read(cls, what: str, text: str) -> Self:
        """Read `a@b.org` or `Ada <a@b.org>`. Raises ValueError, naming `what`, for all else."""
        refuse_controls(what, text)
        found = getaddresses([text])
        name, address = found[0] if len(found) == 1 else ("", text)
        return cls(name, checked_address(what, address))

    @property
    def domain(self) -> str:
        """What follows the @."""
        return self.address.rpartition("@")[2]

    def header(self, header: str) -> str:
        """Return the value of the header named `header` that says this mailbox."""
        if not self.name:
            return self.address
        if _is_plain(self.name):
            quoted = self.name.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{quoted}" <{self.address}>'
        return f"{_encoded_words(header, self.name)} <{self.address}>"


def compose(message: Message, sender: Mailbox) -> bytes:
    """Return the finished mail: lines of 7-bit text that end in CRLF.

    It comes from `sender`'s address under the name that the message gives. Raises ValueError for
    what no caller should hand over: control characters, an address that is none, a date without a
    zone, a header that is set here, an attachment that is no text.
    """
    headers = [*_own_headers(message, sender).items(), *_further_headers(message.headers).items()]
    block = "".join(f"{name}: {value}\r\n" for name, value in headers)
    _refuse_controls_in_the_body(message)
    finished = block.encode("ascii") + body(message)
    _look_again(finished, [*(name for name, _ in headers), *_BODY_HEADERS])
    return finished


def message_id(sender: str, unique: str) -> str:
    """Return `<unique@domain of sender>` (RFC 5322, section 3.6.4).

    Raises ValueError when `sender` has no address, or `unique` is not made of characters that a
    Message-ID may hold.
    """
    return _known_id(f"<{unique}@{Mailbox.read('the sender', sender).domain}>")


def checked_address(what: str, address: str) -> str:
    """Return `address`. Raises ValueError, naming `what`, if it is not one ASCII mail address."""
    if _ADDRESS.fullmatch(address):
        return address
    error = f"{what} is not one mail address: {address!r}"
    raise ValueError(error)


def refuse_controls(what: str, text: str) -> None:
    """Raise ValueError, naming `what`, if `text` holds any control character."""
    found = _CONTROL.search(text)
    if found:
        raise _control(what, found[0])


def _control(what: str, character: str) -> ValueError:
    return ValueError(f"{what} holds the control character {character!r}")


def _own_headers(message: Message, sender: Mailbox) -> dict[str, str]:
    refuse_controls("the sender's name", message.from_name)
    return {
        "From": Mailbox(message.from_name, sender.address).header("From"),
        "To": checked_address("the recipient", message.to),
        "Reply-To": _reply_to(message.reply_to),
        "Subject": _subject(message.subject),
        "Date": _date(message.date),
        "Message-ID": _known_id(message.message_id),
        "Auto-Submitted": "auto-generated",  # RFC 3834, section 5
        "X-Auto-Response-Suppress": "All",
    }


@lru_cache(maxsize=MOST_REMEMBERED)
def _reply_to(text: str) -> str:
    """Return where an answer goes: the same for all mails of a program, and slow to read."""
    return Mailbox.read("Reply-To", text).header("Reply-To")


def _further_headers(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or _NOT_TO_BE_ADDED.fullmatch(name):
            error = f"{name!r} is not a header that can be added to a mail"
            raise ValueError(error)
        if not _HEADER_VALUE.fullmatch(value):
            error = f"the header {name} may hold printable ASCII only, not {value!r}"
            raise ValueError(error)
    return dict(headers)


def _subject(text: str) -> str:
    refuse_controls("the subject", text)
    return text if _is_plain(text) else _encoded_words("Subject", text)


def _date(instant: datetime) -> str:
    if instant.tzinfo is None:
        error = "the date of a mail needs a time zone"
        raise ValueError(error)
    return format_datetime(instant.astimezone(UTC))


def _known_id(given: str) -> str:
    if _MESSAGE_ID.fullmatch(given):
        return given
    error = f"{given!r} is not a Message-ID in angle brackets"
    raise ValueError(error)


def _is_plain(text: str) -> bool:
    """Tell whether readers show `text` as it is: ASCII, short, and nothing like an encoded word."""
    return text.isascii() and "=?" not in text and len(text) <= LONGEST_PLAIN_TEXT


def _encoded_words(header: str, text: str) -> str:
    """Return `text` as folded encoded words (RFC 2047) that fit behind the name of `header`."""
    words = Header(text, "utf-8", header_name=header, maxlinelen=LONGEST_ENCODED_WORD)
    return words.encode(linesep="\r\n")


def _refuse_controls_in_the_body(message: Message) -> None:
    parts = [("the text", message.text), ("the HTML", message.html)]
    parts += [("the attachment", text_of(attachment)) for attachment in message.attachments]
    for what, text in parts:
        found = _CONTROL_IN_A_BODY.search(text)
        if found:
            raise _control(what, found[0])


def _look_again(finished: bytes, meant: list[str]) -> None:
    """Read the mail as its receiver will. Raises ValueError if it says more than was meant.

    Headers of this form, every receiver reads alike.
    """
    head = _HEADERS.match(finished)
    seen = [] if head is None else _NAME.findall(head[0].lower())
    wanted = {name.lower().encode("ascii") for name in meant}
    if len(set(seen)) != len(seen) or set(seen) != wanted:
        error = f"the finished mail would have other headers than were meant: {seen}"
        raise ValueError(error)
    if max(map(len, finished.split(b"\r\n"))) > LONGEST_LINE:
        error = "the finished mail would have a line that is too long for SMTP"
        raise ValueError(error)
