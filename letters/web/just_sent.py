"""Which letters this browser has just sent: it alone may see their first page, for half an hour."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import session

from letters.records import Letter

SHOWN_FOR = timedelta(minutes=30)
KEY = "sent"
MOST = 10
"""So many letters are remembered; a cookie has little room."""


def remember(letter: Letter) -> None:
    """Remember that this browser sent `letter`."""
    newest = [*_remembered().items(), (str(letter.id), int(letter.received_at.timestamp()))]
    session[KEY] = dict(newest[-MOST:])


def may_look(letter_id: UUID, now: datetime) -> bool:
    """Say whether this browser sent the letter, and not too long ago."""
    sent = _remembered().get(str(letter_id))
    if sent is None:
        return False
    return now < datetime.fromtimestamp(sent, tz=UTC) + SHOWN_FOR


def _remembered() -> dict[str, int]:
    return dict(session.get(KEY, {}))
