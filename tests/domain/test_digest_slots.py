"""When a digest is due: once per local day, also when the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.digest import DEFAULT_HOUR, Frequency, days_of, is_due, last_slot
from tests.domain.builders import BLINK

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
ZURICH, CHICAGO, LORD_HOWE = "Europe/Zurich", "America/Chicago", "Australia/Lord_Howe"

CHANGES = [
    # The day on which the clocks are put forward or back, three days around it.
    pytest.param(ZURICH, date(2025, 3, 30), id="Zurich forward"),
    pytest.param(ZURICH, date(2025, 10, 26), id="Zurich back"),
    pytest.param(CHICAGO, date(2025, 3, 9), id="Chicago forward"),
    pytest.param(CHICAGO, date(2025, 11, 2), id="Chicago back"),
    pytest.param(LORD_HOWE, date(2025, 10, 5), id="Lord Howe forward, half an hour"),
    pytest.param(LORD_HOWE, date(2025, 4, 6), id="Lord Howe back, half an hour"),
    pytest.param("Africa/Cairo", date(2023, 4, 28), id="Cairo forward, at midnight"),
    pytest.param("America/Havana", date(2022, 3, 13), id="Havana forward, at midnight"),
    pytest.param("America/Havana", date(2022, 11, 6), id="Havana back, to midnight"),
    pytest.param("America/Sao_Paulo", date(2018, 2, 18), id="Sao Paulo back, into the day before"),
    pytest.param("Asia/Kathmandu", date(2025, 3, 30), id="Kathmandu, never"),
    pytest.param("UTC", date(2025, 3, 30), id="UTC, never"),
]
ZONES = st.sampled_from([ZURICH, CHICAGO, LORD_HOWE, "Asia/Kathmandu", "Pacific/Auckland", "UTC"])
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- the zone is the third argument
HOURS = st.integers(0, 23)


def utc(text: str) -> datetime:
    """Return an instant written as ISO 8601 with its offset."""
    return datetime.fromisoformat(text).astimezone(UTC)


# --- on an ordinary day -----------------------------------------------------------------------


def test_a_digest_comes_at_seven_unless_the_coordinator_says_otherwise() -> None:
    assert DEFAULT_HOUR == 7


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2025-06-10T06:59:59.999999+02:00", "2025-06-09T07:00:00+02:00"),
        ("2025-06-10T07:00:00+02:00", "2025-06-10T07:00:00+02:00"),
        ("2025-06-10T07:00:00.000001+02:00", "2025-06-10T07:00:00+02:00"),
        ("2025-06-10T23:59:00+02:00", "2025-06-10T07:00:00+02:00"),
        ("2025-06-11T00:00:00+02:00", "2025-06-10T07:00:00+02:00"),
        ("2025-01-01T03:00:00+01:00", "2024-12-31T07:00:00+01:00"),
    ],
)
def test_the_slot_of_a_day_begins_at_its_hour_and_lasts_until_the_next(now: str, slot: str) -> None:
    assert last_slot(utc(now), ZURICH, 7) == utc(slot)


def test_the_hour_is_that_of_the_coordinators_zone() -> None:
    now = utc("2025-06-10T12:30:00+00:00")
    assert last_slot(now, ZURICH, 7) == utc("2025-06-10T07:00:00+02:00")
    assert last_slot(now, CHICAGO, 7) == utc("2025-06-10T07:00:00-05:00")
    assert last_slot(now, "Asia/Kathmandu", 7) == utc("2025-06-10T07:00:00+05:45")
    assert last_slot(now, LORD_HOWE, 7) == utc("2025-06-10T07:00:00+10:30")


def test_a_slot_is_an_instant_in_the_zone_of_the_clock() -> None:
    assert last_slot(utc("2025-06-10T12:00:00+00:00"), CHICAGO, 7).tzinfo is UTC


# --- when the clocks change -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "hour", "now", "slot"),
    [
        # 2:00 to 3:00 is skipped: what would come at two comes an hour later.
        (ZURICH, 2, "2025-03-30T01:59:59+01:00", "2025-03-29T02:00:00+01:00"),
        (ZURICH, 2, "2025-03-30T03:00:00+02:00", "2025-03-30T03:00:00+02:00"),
        (ZURICH, 2, "2025-03-31T01:00:00+02:00", "2025-03-30T03:00:00+02:00"),
        (ZURICH, 7, "2025-03-30T07:00:00+02:00", "2025-03-30T07:00:00+02:00"),
        (CHICAGO, 2, "2025-03-09T03:00:00-05:00", "2025-03-09T03:00:00-05:00"),
        (CHICAGO, 7, "2025-03-09T06:59:59-05:00", "2025-03-08T07:00:00-06:00"),
        (LORD_HOWE, 2, "2025-10-05T02:30:00+11:00", "2025-10-05T02:30:00+11:00"),
        (LORD_HOWE, 2, "2025-10-05T01:59:59+10:30", "2025-10-04T02:00:00+10:30"),
        # 2:00 to 3:00 (in Chicago 1:00 to 2:00, on Lord Howe 1:30 to 2:00) comes twice.
        (ZURICH, 2, "2025-10-26T02:00:00+02:00", "2025-10-26T02:00:00+02:00"),
        (ZURICH, 2, "2025-10-26T02:00:00+01:00", "2025-10-26T02:00:00+02:00"),
        (ZURICH, 2, "2025-10-26T02:59:59+01:00", "2025-10-26T02:00:00+02:00"),
        (ZURICH, 2, "2025-10-27T01:59:59+01:00", "2025-10-26T02:00:00+02:00"),
        (CHICAGO, 1, "2025-11-02T01:00:00-05:00", "2025-11-02T01:00:00-05:00"),
        (CHICAGO, 1, "2025-11-02T01:30:00-06:00", "2025-11-02T01:00:00-05:00"),
        (CHICAGO, 7, "2025-11-02T07:00:00-06:00", "2025-11-02T07:00:00-06:00"),
        (LORD_HOWE, 1, "2025-04-06T01:45:00+10:30", "2025-04-06T01:00:00+11:00"),
        (LORD_HOWE, 2, "2025-04-06T01:45:00+10:30", "2025-04-05T02:00:00+11:00"),
        (LORD_HOWE, 2, "2025-04-06T02:00:00+10:30", "2025-04-06T02:00:00+10:30"),
    ],
)
def test_a_skipped_hour_falls_later_and_of_a_repeated_one_the_first_counts(
    zone: str, hour: int, now: str, slot: str
) -> None:
    assert last_slot(utc(now), zone, hour) == utc(slot)


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_there_is_exactly_one_slot_per_local_day_around_a_clock_change(
    zone: str, day: date, hour: int
) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    quarters = [noon + n * HOUR / 4 for n in range(-2 * 96, 2 * 96)]
    slots = sorted({last_slot(now, zone, hour) for now in quarters})
    days = [slot.astimezone(ZoneInfo(zone)).date() for slot in slots]
    assert days == [days[0] + n * DAY for n in range(len(days))]
    assert days[0] <= day - DAY
    assert days[-1] >= day + DAY


# --- at any time ------------------------------------------------------------------------------


@given(INSTANTS, ZONES, HOURS)
def test_a_slot_is_never_after_now_and_at_most_a_long_day_ago(
    now: datetime, zone: str, hour: int
) -> None:
    assert timedelta(0) <= now - last_slot(now, zone, hour) < 25 * HOUR + BLINK


@given(INSTANTS, ZONES, HOURS)
def test_the_slot_of_a_slot_is_itself(now: datetime, zone: str, hour: int) -> None:
    slot = last_slot(now, zone, hour)
    assert last_slot(slot, zone, hour) == slot
    assert last_slot(slot - BLINK, zone, hour) < slot


@given(INSTANTS, ZONES, HOURS, st.timedeltas(timedelta(0), 3 * DAY))
def test_slots_never_go_back(now: datetime, zone: str, hour: int, later: timedelta) -> None:
    assert last_slot(now, zone, hour) <= last_slot(now + later, zone, hour)


@given(INSTANTS, ZONES, HOURS)
def test_the_slot_belongs_to_this_local_day_or_to_the_one_before(
    now: datetime, zone: str, hour: int
) -> None:
    here = ZoneInfo(zone)
    today, slot = now.astimezone(here), last_slot(now, zone, hour).astimezone(here)
    hour_has_come = slot.date() == today.date()
    assert today.date() - slot.date() == (timedelta(0) if hour_has_come else DAY)
    if today.hour > hour + 1:
        assert hour_has_come is True
    if today.hour < hour:
        assert hour_has_come is False


# --- whether one is due -----------------------------------------------------------------------

SEVEN = utc("2025-06-10T07:00:00+02:00")


@pytest.mark.parametrize(
    ("last_at", "now", "due"),
    [
        (SEVEN - DAY, SEVEN - BLINK, False),
        (SEVEN - DAY, SEVEN, True),
        (SEVEN - BLINK, SEVEN, True),
        (SEVEN, SEVEN, False),
        (SEVEN + BLINK, SEVEN + HOUR, False),
        (SEVEN, SEVEN + DAY - BLINK, False),
        (SEVEN, SEVEN + DAY, True),
        (SEVEN + HOUR, SEVEN, False),
    ],
)
def test_a_digest_is_due_when_a_slot_has_come_since_the_last(
    last_at: datetime, now: datetime, due: bool
) -> None:
    assert is_due(last_at, now, ZURICH, 7) is due


@given(INSTANTS, ZONES, HOURS)
def test_after_a_week_without_a_worker_one_digest_is_due_and_not_seven(
    now: datetime, zone: str, hour: int
) -> None:
    assert is_due(now - WEEK, now, zone, hour) is True
    assert is_due(now, now, zone, hour) is False


@given(INSTANTS, ZONES, HOURS)
def test_a_worker_that_looks_every_quarter_of_an_hour_digests_once_per_local_day(
    start: datetime, zone: str, hour: int
) -> None:
    here, last_at, days = ZoneInfo(zone), start, []
    for now in (start + n * HOUR / 4 for n in range(1, 4 * 96)):
        if is_due(last_at, now, zone, hour):
            last_at = now
            days.append(last_slot(now, zone, hour).astimezone(here).date())
    assert days == [days[0] + n * DAY for n in range(len(days))]
    # Where the clocks go forward, four days less a quarter of an hour can touch five days.
    assert len(days) in {3, 4, 5}


# --- on weekdays, weekly, never ---------------------------------------------------------------

WEEKDAY = st.integers(0, 6)
COMES = st.sampled_from([Frequency.DAILY, Frequency.WEEKDAYS, Frequency.WEEKLY])


@pytest.mark.parametrize(
    ("frequency", "days"),
    [
        (Frequency.DAILY, {0, 1, 2, 3, 4, 5, 6}),
        (Frequency.WEEKDAYS, {0, 1, 2, 3, 4}),
        (Frequency.WEEKLY, {3}),
        (Frequency.OFF, set()),
    ],
)
def test_a_frequency_has_its_days(frequency: Frequency, days: set[int]) -> None:
    assert days_of(frequency, 3) == days


@given(INSTANTS, INSTANTS, ZONES, HOURS, WEEKDAY)
def test_what_is_off_is_never_due(
    last_at: datetime, now: datetime, zone: str, hour: int, weekday: int
) -> None:
    assert is_due(last_at, now, zone, hour, days_of(Frequency.OFF, weekday)) is False


@given(INSTANTS, ZONES, HOURS, COMES, WEEKDAY)
def test_each_of_its_days_has_one_slot_also_where_the_clocks_change(
    start: datetime, zone: str, hour: int, frequency: Frequency, weekday: int
) -> None:
    days = days_of(frequency, weekday)
    here, last_at, seen = ZoneInfo(zone), start, []
    for now in (start + n * HOUR / 2 for n in range(1, 15 * 48)):
        if is_due(last_at, now, zone, hour, days):
            last_at = now
            seen.append(last_slot(now, zone, hour, days).astimezone(here).date())
    every_day = [seen[0] + n * DAY for n in range((seen[-1] - seen[0]).days + 1)]
    assert seen == [one for one in every_day if one.weekday() in days]
    assert len(seen) >= 2 * len(days)


@pytest.mark.parametrize("frequency", [Frequency.WEEKDAYS, Frequency.WEEKLY])
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 7, 23])
@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_around_a_clock_change_no_day_is_left_out_and_none_comes_twice(
    zone: str, day: date, hour: int, frequency: Frequency
) -> None:
    days = days_of(frequency, day.weekday())
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    last_at, seen = noon - 8 * DAY, []
    for now in (noon + n * HOUR / 2 for n in range(-8 * 48, 8 * 48)):
        if is_due(last_at, now, zone, hour, days):
            last_at = now
            seen.append(last_slot(now, zone, hour, days).astimezone(ZoneInfo(zone)).date())
    window = [day + n * DAY for n in range(-7, 8)]
    wanted = {one for one in window[1:-1] if one.weekday() in days}
    assert len(seen) == len(set(seen))
    assert wanted <= set(seen)


@given(INSTANTS, ZONES, HOURS, COMES, WEEKDAY)
def test_a_gap_of_weeks_is_covered_by_one_digest(
    now: datetime, zone: str, hour: int, frequency: Frequency, weekday: int
) -> None:
    days = days_of(frequency, weekday)
    assert is_due(now - 2 * WEEK, now, zone, hour, days) is True
    assert is_due(now, now, zone, hour, days) is False
