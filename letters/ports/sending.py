"""What becomes of mails on their way, and of the queue that they wait in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from letters.domain.journal import MessageKind


class TimeIsUp(BaseException):
    """Raised by a signal handler in the middle of anything: what is under way has to end now.

    `nothing_left` is set where it is certain that nothing of a mail has left; without it, the
    server may have taken one.
    """

    nothing_left = False


class Outcome(StrEnum):
    """What became of a mail that a worker took on."""

    SENT = "sent"
    RETRIED = "retried"
    DEAD = "dead"
    CANCELLED = "cancelled"
    HELD_BACK = "held_back"
    """Other news for the same mailbox come first."""
    WAITS = "waits"
    """As many as may went out, in all or to its domain; it waits for its turn."""
    GIVEN_BACK = "given_back"
    """The worker was asked to stop before anything was sent."""
    LATE = "late"
    """Another worker had taken it on by the time it ended; nothing was recorded."""


@dataclass(frozen=True)
class MailQueue:
    """How the queue stands at `at`.

    `counts` has the states `queued`, `due`, `sending` and `dead`, by kind; nought is left out.
    `oldest_due_at` is since when the oldest mail that could go is due, if there is any.
    """

    at: datetime
    counts: Mapping[str, Mapping[MessageKind, int]]
    oldest_due_at: datetime | None


class Metrics(Protocol):
    """Puts figures into words for a program that keeps watch."""

    @property
    def content_type(self) -> str:
        """What the words are, as an HTTP header says it."""
        ...

    def of_queue(self, queue: MailQueue) -> bytes:
        """Return how the queue stands."""
        ...
