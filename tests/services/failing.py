"""Whatever can fail, failing as it is told: stores, mail servers, workers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from letters.domain.errors import DeliveryDeferred, DeliveryRefused, StoreUnavailable
from letters.house import House
from letters.ports import LetterStore

REFUSED = DeliveryRefused(reason="550 no such mailbox")
BUSY = DeliveryDeferred(reason="451 try again later")


class Died(BaseException):
    """A worker that is no more."""


@dataclass
class FailingStore:
    """A LetterStore that fails to take a letter; it may leave a part of it behind."""

    inner: LetterStore
    error: Exception
    leaves_something: bool = False

    def put(self, name: str, content: bytes) -> None:
        """Fail."""
        if self.leaves_something:
            self.inner.put(name, content[:10])
        raise self.error

    def get(self, name: str) -> bytes:
        """Return the content."""
        return self.inner.get(name)

    def delete(self, name: str) -> None:
        """Remove it."""
        self.inner.delete(name)

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Yield what is there."""
        return self.inner.names()

    def sweep(self, older_than: datetime) -> int:
        """Remove leftovers."""
        return self.inner.sweep(older_than)

    def check(self) -> None:
        """All is well."""


class UndeletableStore(FailingStore):
    """A store that cannot even take away what it left."""

    def delete(self, name: str) -> None:
        """Fail."""
        raise StoreUnavailable(reason=name)


@contextmanager
def away(house: House, error: Exception | None = None) -> Iterator[None]:
    """Let the database answer nothing for a while."""
    raised = error or OperationalError("SELECT", None, OSError("secret.example.org is down"))

    def fail(*_: object) -> None:
        raise raised

    event.listen(house.database.engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(house.database.engine, "before_cursor_execute", fail)
