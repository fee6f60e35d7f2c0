"""Mail into a folder, for a demo and for development: nothing leaves the machine."""

import hashlib
import os
import secrets
from contextlib import suppress
from datetime import UTC
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from letters.adapters.mailer.message import Mailbox, compose
from letters.domain.errors import DeliveryDeferred
from letters.ports import Message


class FileMailer:
    """A Mailer that writes each message as one `.eml` file (0600) into a folder.

    The names of the files sort by the messages' dates. One message handed over twice is one file.
    """

    def __init__(self, folder: Path, sender: str) -> None:
        """Take the folder, which is made (0700) when needed, and the sender.

        Raises ValueError when `sender` has no address.
        """
        self._folder = folder
        self._sender = Mailbox.read("the sender", sender)

    @classmethod
    def from_url(cls, url: str, sender: str) -> Self:
        """Read `file:FOLDER`, relative to the present folder, or `file:///FOLDER`.

        Raises ValueError for anything else.
        """
        parts = urlsplit(url)
        folder = unquote(parts.path)
        if parts.scheme == "file" and parts.netloc in {"", "localhost"} and folder.strip("/"):
            return cls(Path(folder), sender)
        error = "mail into a folder needs file:FOLDER or file:///FOLDER"
        raise ValueError(error)

    def send(self, message: Message) -> None:
        """Write the message. Raises DeliveryDeferred, and ValueError as `compose` does."""
        finished = compose(message, self._sender)
        moment = message.date.astimezone(UTC)
        unique = hashlib.sha256(message.message_id.encode("ascii")).hexdigest()[:16]
        self._write(f"{moment:%Y%m%dT%H%M%S.%fZ}-{unique}.eml", finished)

    def check(self) -> None:
        """Write and remove a probe. Raises DeliveryDeferred."""
        probe = f"probe-{secrets.token_hex(16)}"
        self._write(probe, b"")
        with suppress(OSError):
            (self._folder / probe).unlink()

    def rest(self) -> None:
        """A folder is not held open."""

    def close(self) -> None:
        """A folder is not held open."""

    def _write(self, name: str, content: bytes) -> None:
        passing = self._folder / f".{secrets.token_hex(16)}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(passing, "xb", opener=_private) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            passing.replace(self._folder / name)
        except OSError as error:
            with suppress(OSError):
                passing.unlink()
            raise DeliveryDeferred(reason=str(error)) from error


def read_folder(folder: Path) -> list[EmailMessage]:
    """Return the messages that a FileMailer wrote into `folder`, newest last."""
    return [read_mail(file) for file in mail_files(folder)]


def mail_files(folder: Path) -> list[Path]:
    """Return the files of those messages, the newest one last. None of them ever changes."""
    return sorted(folder.glob("*.eml"))


def read_mail(file: Path) -> EmailMessage:
    """Return the message in one of them."""
    return message_from_bytes(file.read_bytes(), policy=policy.default)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
