"""Calendar files (RFC 5545).

The event is written here, for icalendar takes as long for it as all the words of a mail take; the
clock changes of a zone, which are remembered, are icalendar's.
"""

import unicodedata
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from letters.ports import DueDate

MOST_ZONES = 512
MAKER = "-//Letters//Due dates//EN"
ALARMS_BEFORE = ("P7D", "P1D")
"""A week and a day, as durations are written (section 3.3.6)."""
LONGEST_PIECE = 74
"""The octets of a line (section 3.1), less the space that begins what goes on in the next one."""
ESCAPES = (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n"))
AMID_A_CHARACTER = range(0x80, 0xC0)
"""The octets of UTF-8 that no character begins with."""
JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
"""The invisible characters that Persian and Hindi names cannot be written without."""


class CalendarFiles:
    """Writes due dates as calendar files; `domain` makes their UIDs unique in the world."""

    def __init__(self, domain: str) -> None:
        self._domain = domain

    def due_date(self, event: DueDate) -> bytes:
        """Return an .ics file with one event, an alarm a week and a day before it, and its zone."""
        due = _in_zone(event.due_at, event.timezone)
        head = ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{MAKER}", "METHOD:PUBLISH")
        zone = _zone(_zone_named(due), event.due_at.year)
        return _written(*head) + zone + _written(*self._event(event, due), "END:VCALENDAR")

    def _event(self, event: DueDate, due: datetime) -> tuple[str, ...]:
        summary = _escaped(_line(event.summary))
        return (
            "BEGIN:VEVENT",
            f"SUMMARY:{summary}",
            f"DTSTART{_instant(due)}",
            f"DTSTAMP{_instant(event.stamped_at.astimezone(UTC))}",
            f"UID:{event.request_id}@{self._domain}",
            f"SEQUENCE:{event.sequence}",
            f"DESCRIPTION:{_escaped(_lines(event.description))}",
            # The hour before a letter is due is not taken.
            "TRANSP:TRANSPARENT",
            f"URL:{event.url}",
            *(line for before in ALARMS_BEFORE for line in _alarm(before, summary)),
            "END:VEVENT",
        )


@lru_cache(maxsize=MOST_ZONES)
def _zone(name: str, year: int) -> bytes:
    """Return the clock changes of a zone as a calendar file has them; of UTC there are none.

    The rules of the years around the date are enough; all since 1970 are ten times as long.
    """
    if not name:
        return b""
    from icalendar import Timezone  # noqa: PLC0415 -- large, and most processes write no calendars

    zone: bytes = Timezone.from_tzinfo(
        ZoneInfo(name), first_date=date(year - 1, 1, 1), last_date=date(year + 2, 1, 1)
    ).to_ical()
    return zone


def _alarm(before: str, text: str) -> tuple[str, ...]:
    return (
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{text}",
        f"TRIGGER:-{before}",
        "END:VALARM",
    )


def _in_zone(at: datetime, zone: str) -> datetime:
    """Return an instant as the zone's clocks show it.

    When clocks are put back they show an hour twice, and a calendar file can only name the first
    of the two: an instant in the second stays in UTC.
    """
    local = at.astimezone(ZoneInfo(zone))
    return at.astimezone(UTC) if local.fold else local


def _instant(local: datetime) -> str:
    """Return an instant as the value of a property, after the zone where it names one."""
    zone = _zone_named(local)
    return f";TZID={zone}:{local:%Y%m%dT%H%M%S}" if zone else f":{local:%Y%m%dT%H%M%SZ}"


def _zone_named(local: datetime) -> str:
    """Return the name of the zone of a time; empty for UTC, which a file need not name."""
    from icalendar.timezone import is_utc  # noqa: PLC0415 -- likewise

    return "" if is_utc(local) else str(local.tzinfo)


def _line(text: str) -> str:
    """Return `text` as one line that holds nothing invisible."""
    return " ".join(_visible(text).split())


def _lines(text: str) -> str:
    return "\n".join(map(_line, text.splitlines()))


def _escaped(text: str) -> str:
    """Return `text` as a value (section 3.3.11)."""
    for character, escape in ESCAPES:
        text = text.replace(character, escape)
    return text


def _written(*lines: str) -> bytes:
    return b"".join(_folded(line.encode("utf-8")) for line in lines)


def _folded(line: bytes) -> bytes:
    """Return a line in pieces of the length that is allowed: no character, no escape is torn."""
    pieces = []
    while len(line) > LONGEST_PIECE:
        end = LONGEST_PIECE
        while line[end] in AMID_A_CHARACTER:
            end -= 1
        backslashes = end - len(line[:end].rstrip(b"\\"))
        end -= backslashes % 2
        pieces.append(line[:end])
        line = line[end:]
    return b"\r\n ".join([*pieces, line]) + b"\r\n"


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c for c in text if c in JOINERS or c.isspace() or not _is_control(c))


def _is_control(character: str) -> bool:
    return unicodedata.category(character).startswith("C")
