"""Calendar files (RFC 5545), by icalendar."""

import unicodedata
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone

from letters.ports import DueDate

BEGIN_OF_EVENT = b"BEGIN:VEVENT"
MOST_ZONES = 512
MAKER = "-//Letters//Due dates//EN"
ALARMS_BEFORE = (timedelta(days=7), timedelta(days=1))
JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
"""The invisible characters that Persian and Hindi names cannot be written without."""


class CalendarFiles:
    """Writes due dates as calendar files; `domain` makes their UIDs unique in the world."""

    def __init__(self, domain: str) -> None:
        self._domain = domain

    def due_date(self, event: DueDate) -> bytes:
        """Return an .ics file with one event, an alarm a week and a day before it, and its zone."""
        calendar = Calendar()
        calendar.add("prodid", MAKER)
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        entry = self._event(event)
        calendar.add_component(entry)
        content: bytes = calendar.to_ical()
        zone = entry["dtstart"].params.get("tzid", "")
        return content.replace(BEGIN_OF_EVENT, _zone(zone, event.due_at.year) + BEGIN_OF_EVENT, 1)

    def _event(self, event: DueDate) -> Event:
        entry = Event()
        entry.add("uid", f"{event.request_id}@{self._domain}")
        entry.add("sequence", event.sequence)
        entry.add("dtstamp", event.stamped_at.astimezone(UTC))
        entry.add("dtstart", _in_zone(event.due_at, event.timezone))
        entry.add("summary", _line(event.summary))
        entry.add("description", _lines(event.description))
        entry.add("url", event.url)
        # The hour before a letter is due is not taken.
        entry.add("transp", "TRANSPARENT")
        for before in ALARMS_BEFORE:
            entry.add_component(_alarm(before, event.summary))
        return entry


@lru_cache(maxsize=MOST_ZONES)
def _zone(name: str, year: int) -> bytes:
    """Return the clock changes of a zone as a calendar file has them; of UTC there are none.

    The rules of the years around the date are enough; all since 1970 are ten times as long.
    """
    if not name:
        return b""
    zone: bytes = Timezone.from_tzinfo(
        ZoneInfo(name), first_date=date(year - 1, 1, 1), last_date=date(year + 2, 1, 1)
    ).to_ical()
    return zone


def _alarm(before: timedelta, summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _line(summary))
    alarm.add("trigger", -before)
    return alarm


def _in_zone(at: datetime, zone: str) -> datetime:
    """Return an instant as the zone's clocks show it.

    When clocks are put back they show an hour twice, and a calendar file can only name the first
    of the two: an instant in the second stays in UTC.
    """
    local = at.astimezone(ZoneInfo(zone))
    return at.astimezone(UTC) if local.fold else local


def _line(text: str) -> str:
    """Return `text` as one line that holds nothing invisible."""
    return " ".join(_visible(text).split())


def _lines(text: str) -> str:
    return "\n".join(map(_line, text.splitlines()))


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c for c in text if c in JOINERS or c.isspace() or not _is_control(c))


def _is_control(character: str) -> bool:
    return unicodedata.category(character).startswith("C")
