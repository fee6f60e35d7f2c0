"""Calendar files: the right instant in every zone, and nothing that a name could smuggle in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Alarm, Calendar, Event, vDDDTypes

from letters.adapters.calendars import CalendarFiles
from letters.ports import DueDate
from tests.support.thorough import often, rounds

REQUEST = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
DUE = DueDate(
    request_id=REQUEST,
    sequence=7,
    stamped_at=datetime(2027, 2, 1, 9, 0, tzinfo=UTC),
    due_at=datetime(2027, 4, 1, 21, 59, tzinfo=UTC),
    timezone="Europe/Zurich",
    summary="Letter due for Mira Lindqvist",
    description="Send it through the link in the mail.\nQuestions: write to us.",
    url="https://letters.example.org/programs/alpine-summer",
)
FILES = CalendarFiles("letters.example.org")
ZONES = (
    "Europe/Zurich",
    "America/Chicago",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Africa/Abidjan",
    "UTC",
)
CLOCK_CHANGES = {
    "Europe/Zurich": ("2027-03-28T01:00", "2027-10-31T01:00"),
    "America/Chicago": ("2027-03-14T08:00", "2027-11-07T07:00"),
    # Clocks are moved by half an hour there.
    "Australia/Lord_Howe": ("2027-04-03T15:00", "2027-10-02T15:30"),
    "Asia/Kolkata": (),
    "Africa/Abidjan": (),
    "UTC": (),
}


def _read(event: DueDate) -> tuple[Calendar, Event]:
    calendar = Calendar.from_ical(FILES.due_date(event))
    [entry] = calendar.events
    return calendar, entry


def _said(entry: Event, name: str) -> str:
    return str(entry[name])


def test_it_says_what_is_due_when_and_warns_twice() -> None:
    calendar, entry = _read(DUE)
    assert (str(calendar["METHOD"]), str(calendar["VERSION"])) == ("PUBLISH", "2.0")
    assert _said(entry, "UID") == f"{REQUEST}@letters.example.org"
    assert (entry.sequence, entry.DTSTAMP, entry.DTSTART) == (7, DUE.stamped_at, DUE.due_at)
    assert (_said(entry, "SUMMARY"), _said(entry, "DESCRIPTION")) == (DUE.summary, DUE.description)
    assert (_said(entry, "URL"), _said(entry, "TRANSP")) == (DUE.url, "TRANSPARENT")
    alarms = [cast("Alarm", alarm) for alarm in entry.walk("VALARM")]
    assert [str(alarm["ACTION"]) for alarm in alarms] == ["DISPLAY", "DISPLAY"]
    assert [alarm.TRIGGER for alarm in alarms] == [timedelta(days=-7), timedelta(days=-1)]


def test_a_date_that_moved_is_the_same_event_in_a_newer_form() -> None:
    _, moved = _read(replace(DUE, sequence=8, due_at=DUE.due_at + timedelta(days=7)))
    _, first = _read(DUE)
    assert _said(moved, "UID") == _said(first, "UID")
    assert moved.sequence > first.sequence


def test_the_instant_is_right_around_each_change_of_the_clocks(
    subtests: pytest.Subtests,
) -> None:
    for zone, changes in CLOCK_CHANGES.items():
        for change in (*changes, "2027-01-15T12:00", "2027-07-15T12:00"):
            with subtests.test(zone=zone, change=change):
                at = datetime.fromisoformat(change).replace(tzinfo=UTC)
                for minutes in range(-90, 91, 15):
                    due_at = at + timedelta(minutes=minutes)
                    _check_instant(replace(DUE, due_at=due_at, timezone=zone))


@often
@given(
    due_at=st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 -- Hypothesis wants naive bounds
    zone=st.sampled_from(ZONES),
)
def test_the_instant_is_right_at_any_time(due_at: datetime, zone: str) -> None:
    _check_instant(replace(DUE, due_at=due_at.replace(microsecond=0), timezone=zone))


def _check_instant(event: DueDate) -> None:
    """Read the instant by the name of its zone, and by the rules that came with the file."""
    calendar, entry = _read(event)
    start = cast("vDDDTypes", entry["DTSTART"])
    assert isinstance(start.dt, datetime)
    # Python never finds a time that clocks show twice equal to one of another zone.
    assert event.due_at == start.dt.astimezone(UTC)
    if "TZID" not in start.params:
        assert start.dt.utcoffset() == timedelta()
        return
    assert start.params["TZID"] == event.timezone
    [zone] = calendar.timezones
    assert zone.tz_name == event.timezone
    by_its_rules = start.dt.replace(tzinfo=zone.to_tz(lookup_tzid=False))
    assert by_its_rules.utcoffset() == start.dt.astimezone(ZoneInfo(event.timezone)).utcoffset()


@settings(max_examples=rounds(short=40, long=400))
@given(text=st.text(max_size=300))
@example(text="M\r\nBEGIN:VALARM\r\nEND:VALARM")
@example(text="a\x00\x07\x0b\x85\u2028b; c, \\n :d")
@example(text="Ünïcödé " * 30)
@example(text="\\" * 200)
@example(text="漢" * 90)
def test_no_name_can_break_out_of_its_line(text: str) -> None:
    event = replace(DUE, summary=text, description=f"{text}\n{text}")
    written = FILES.due_date(event)
    lines = written.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not [byte for byte in b"".join(lines) if byte < 32 or byte == 127]
    calendar = Calendar.from_ical(written)
    [entry] = calendar.events
    assert len(entry.walk("VALARM")) == 2
    summary = _said(entry, "SUMMARY")
    assert "\n" not in summary
    assert [c for c in summary if c.isalnum()] == [c for c in text if c.isalnum()]
