"""The mails that a running instance has written, as their readers wait for them."""

import re
import time
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

from letters.adapters.mailer import mail_files, read_mail
from letters.demo.pages import Unexpected

SECONDS_TO_WAIT = 15.0
SECONDS_BETWEEN_LOOKS = 0.1
LINK = re.compile(r"https?://\S+")


class Mailbox:
    """Everybody's mail, in one folder. However often one looks, each is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, tuple[str, EmailMessage]] = {}

    def wait_for(self, address: str, words: str) -> EmailMessage:
        """Return the first mail to `address` with `words` in its text, once it is there.

        Raises Unexpected when it does not come.
        """
        deadline = time.monotonic() + SECONDS_TO_WAIT
        while True:
            for mail in self.all_to(address):
                if words in text_of(mail):
                    return mail
            if time.monotonic() > deadline:
                message = f"no mail to {address} says “{words}”"
                raise Unexpected(message)
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def all_to(self, address: str) -> Sequence[EmailMessage]:
        """Return the mails to `address` so far, oldest first."""
        mails = map(self._mail, mail_files(self._folder))
        return [mail for reader, mail in mails if reader == address]

    def count(self) -> int:
        """Say how many mails there are."""
        return len(mail_files(self._folder))

    def _mail(self, file: Path) -> tuple[str, EmailMessage]:
        """Return the mail in a file, and to whom it is."""
        if file not in self._read:
            mail = read_mail(file)
            self._read[file] = mail["To"], mail
        return self._read[file]


def text_of(mail: EmailMessage) -> str:
    """Return the plain text of a mail."""
    part = mail.get_body(("plain",))
    return "" if part is None else str(part.get_content())


def link_in(mail: EmailMessage, path: str) -> str:
    """Return the first link under `path` in a mail. Raises Unexpected."""
    for link in links_in(mail):
        if path in link:
            return link
    message = f"the mail “{mail['Subject']}” has no link to {path}"
    raise Unexpected(message)


def links_in(mail: EmailMessage) -> list[str]:
    """Return all links in the text of a mail."""
    return LINK.findall(text_of(mail))
