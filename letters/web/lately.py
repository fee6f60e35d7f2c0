"""Which letters this browser has sent or opened a moment ago: it alone is shown them, for a while.

It is remembered in the session's signed cookie, so that showing them writes nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import session

MOST = 10
"""So many letters are remembered; a cookie has little room."""


@dataclass(frozen=True)
class Lately:
    """Letters with which this browser did something, remembered under `key` for some time."""

    key: str
    lasts: timedelta

    def remember(self, letter_id: UUID, at: datetime) -> None:
        """Remember that this browser did it at `at`."""
        before = self._remembered()
        before.pop(str(letter_id), None)
        newest = [*before.items(), (str(letter_id), int(at.timestamp()))]
        session[self.key] = dict(newest[-MOST:])

    def includes(self, letter_id: UUID, now: datetime) -> bool:
        """Say whether this browser did it, and not too long ago."""
        at = self._remembered().get(str(letter_id))
        return at is not None and now < datetime.fromtimestamp(at, tz=UTC) + self.lasts

    def _remembered(self) -> dict[str, int]:
        return dict(session.get(self.key, {}))


SENT = Lately("sent", timedelta(minutes=30))
OPENED = Lately("viewed", timedelta(minutes=2))
