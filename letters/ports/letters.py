"""Letters at rest: encrypted, and kept in a store."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Sealed:
    """An encrypted letter: the ciphertext, and its data key wrapped by the master key."""

    ciphertext: bytes
    wrapped_key: bytes


class Envelope(Protocol):
    """Encrypts letters, each with a data key of its own."""

    def seal(self, plain: bytes, associated: bytes) -> Sealed:
        """Encrypt `plain`, bound to `associated`."""
        ...

    def open(self, sealed: Sealed, associated: bytes) -> bytes:
        """Return the plain bytes.

        Raises LetterUnreadable when the key, the bytes or `associated` do not fit.
        """
        ...

    def is_newest(self, wrapped_key: bytes) -> bool:
        """Say whether the newest master key opens it, so that there is nothing to rewrap."""
        ...

    def rewrap(self, wrapped_key: bytes) -> bytes:
        """Return the same data key wrapped by the newest master key.

        Raises LetterUnreadable when no present master key opens it.
        """
        ...


class LetterStore(Protocol):
    """Keeps encrypted letters under names that the service chose."""

    def put(self, name: str, content: bytes) -> None:
        """Store `content` durably under `name`, which must not exist.

        Raises StoreUnavailable or StoreFull; nothing is left under `name` then, unless the answer
        of a remote store was lost. The caller deletes it, or sweeping does.
        """
        ...

    def get(self, name: str) -> bytes:
        """Return the content. Raises LetterUnreadable if it is missing, StoreUnavailable."""
        ...

    def delete(self, name: str) -> None:
        """Remove `name`; a missing one is fine."""
        ...

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Yield each stored name and the instant (UTC) it was stored."""
        ...

    def sweep(self, older_than: datetime) -> int:
        """Remove temporary leftovers from before `older_than`; return how many."""
        ...

    def check(self) -> None:
        """Write, read and delete a probe. Raises StoreUnavailable with the reason."""
        ...
