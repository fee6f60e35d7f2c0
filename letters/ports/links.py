"""Signed links: what they are for, and who mints and reads them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Purpose(StrEnum):
    """What a link is for. The value is the salt of its signature."""

    UPLOAD = "referee-upload"
    OVERVIEW = "referee-overview"
    NOTICE = "advance-notice"
    STATUS = "application-status"
    APPLICATIONS = "applicant-applications"
    SIGN_IN = "sign-in"
    INVITATION = "invitation"
    DIGEST = "digest-settings"


@dataclass(frozen=True)
class LinkPayload:
    """What a genuine link says: a row and the generation its link had when it was minted."""

    row_id: UUID
    generation: int


class LinkSigner(Protocol):
    """Mints and reads signed links."""

    def mint(self, purpose: Purpose, row_id: UUID, generation: int) -> str:
        """Return a URL-safe token for `purpose`."""
        ...

    def url(self, purpose: Purpose, row_id: UUID, generation: int) -> str:
        """Return the whole address of a page, under the configured base URL."""
        ...

    def read(self, purpose: Purpose, token: str) -> LinkPayload:
        """Return what `token` says.

        Raises LinkInvalid when it was not minted for `purpose` with one of the present keys.
        """
        ...

    def masked(self, text: str) -> str:
        """Return `text` with every token of a link in it left out, so that no link opens."""
        ...
