"""Mails that come back: the addresses they come to, and what they report."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from letters.domain.bounces import Report


@dataclass(frozen=True)
class ReturnTag:
    """Which mail an address belongs to that mails come back to, and which time of sending it."""

    mail_id: UUID
    claim: int


class ReturnAddresses(Protocol):
    """Gives each mail an address of its own to come back to (VERP)."""

    def mint(self, mail_id: UUID, claim: int) -> str:
        """Return the address for a mail that is sent for the `claim`-th time; empty for none."""
        ...

    def read(self, address: str) -> ReturnTag | None:
        """Return what an address says; None when it was not minted with one of the keys."""
        ...


class ReportReader(Protocol):
    """Reads what comes to an address for bounces."""

    def read(self, content: bytes) -> Report:
        """Return what a mail (RFC 5322) reports; what cannot be read reports nothing."""
        ...
