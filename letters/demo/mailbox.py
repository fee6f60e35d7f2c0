"""The mails that a running instance has written, as their readers wait for them."""

import re
import time
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

from letters.adapters.mailer import read_folder
from letters.demo.pages import Unexpected

SECONDS_TO_WAIT = 15.0
SECONDS_BETWEEN_LOOKS = 0.1
LINK = re.compile(r"https?://\S+")


class Mailbox:
    """Everybody's mail, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

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
        return [mail for mail in read_folder(self._folder) if mail["To"] == address]

    def count(self) -> int:
        """Say how many mails there are."""
        return len(read_folder(self._folder))


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
