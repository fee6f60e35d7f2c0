"""Files for people's calendars."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class DueDate:
    """What a calendar is to say of a letter's due date. Instants are aware.

    A `sequence` that is higher than before makes calendars take the event for a newer one.
    """

    request_id: UUID
    sequence: int
    stamped_at: datetime
    due_at: datetime
    timezone: str
    summary: str
    description: str
    url: str


class CalendarWriter(Protocol):
    """Writes calendar files."""

    def due_date(self, event: DueDate) -> bytes:
        """Return an .ics file (RFC 5545); the same request always has the same UID in it."""
        ...
