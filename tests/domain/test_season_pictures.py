"""Letters by day and how long they took: each counted once, on the day that it was there."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letters.domain.season_pictures import (
    AT_LEAST,
    EARLIEST,
    HEIGHT,
    LATEST,
    SLOT,
    Took,
    by_day,
    days_of,
    median,
    took,
)

DUE = datetime(2027, 4, 1, 21, 59, tzinfo=UTC)  # 23:59 in Zurich
MIDNIGHT = datetime(2027, 4, 1, 22, 0, tzinfo=UTC)


def slots(*instants: datetime) -> dict[int, int]:
    return {int(at.timestamp() // SLOT.total_seconds()): 1 for at in instants}


@pytest.mark.parametrize("due_at", [DUE, MIDNIGHT])
def test_a_day_is_one_of_the_programs_zone(due_at: datetime) -> None:
    first, last = datetime(2027, 3, 31, 22, 0, tzinfo=UTC), datetime(2027, 4, 1, 21, 45, tzinfo=UTC)
    around = slots(first - SLOT, first, last, last + SLOT)
    assert by_day(around, due_at, "Europe/Zurich") == {-1: 1, 0: 2, 1: 1}


def test_a_day_of_a_clock_change_is_one_day() -> None:
    # On 28 March the clocks go forward: the day begins at 23:00 and ends at 22:00 UTC.
    begins, ends = (
        datetime(2027, 3, 27, 23, 0, tzinfo=UTC),
        datetime(2027, 3, 28, 22, 0, tzinfo=UTC),
    )
    around = slots(begins - SLOT, begins, ends - SLOT, ends)
    assert by_day(around, DUE, "Europe/Zurich") == {-5: 1, -4: 2, -3: 1}


def test_zones_off_by_a_quarter_have_days_too() -> None:
    begins = datetime(2027, 3, 31, 18, 15, tzinfo=UTC)  # midnight in Kathmandu
    due = datetime(2027, 4, 1, 18, 0, tzinfo=UTC)
    assert by_day(slots(begins - SLOT, begins), due, "Asia/Kathmandu") == {-1: 1, 0: 1}


def test_two_seasons_are_drawn_over_the_same_days() -> None:
    days = days_of({-20: 2, 0: 4}, {-30: 1, 3: 2})
    assert (days.first, len(days.now), days.most) == (-30, 34, 4)
    assert days.rows == [(-30, 0, 1), (-20, 2, 0), (0, 4, 0), (3, 0, 2)]
    assert [(c.x, c.y, c.height) for c in days.columns] == [(10.1, 50, 50), (30.1, 0, 100)]
    assert days.line.split()[0] == "0.5,75.0"
    assert days.due_x == 31


def test_without_letters_there_is_nothing_to_draw() -> None:
    days = days_of({}, None)
    assert (days.first, days.most, days.columns, days.line, days.rows) == (-AT_LEAST, 0, [], "", [])


def test_a_former_season_without_letters_lies_on_the_ground() -> None:
    assert set(days_of({0: 1}, {}).line.split()) >= {"0.5,100.0"}


Season = st.dictionaries(st.integers(-400, 400), st.integers(1, 1000), max_size=8)


@settings(max_examples=60)
@given(Season, st.none() | Season)
def test_every_letter_is_drawn_or_counted_outside_and_all_fits(
    now: dict[int, int], before: dict[int, int] | None
) -> None:
    days = days_of(now, before)
    assert sum(days.now) + days.outside == sum(now.values())
    assert days.first >= EARLIEST
    assert days.first + len(days.now) - 1 <= LATEST
    for column in days.columns:
        assert 0 <= column.x < column.x + column.width <= len(days.now)
        assert 0 <= column.y <= HEIGHT
        assert column.y + column.height == pytest.approx(HEIGHT)


# --- how long ---------------------------------------------------------------------------------


def test_a_letter_is_counted_by_how_long_it_took() -> None:
    days = dict.fromkeys((-1, 0, 1, 2, 3, 6, 7, 13, 14, 29, 30, 59, 60, 400), 1)
    assert took(days) == dict.fromkeys(Took, 2)


@pytest.mark.parametrize(
    ("days", "half"),
    [
        ({}, None),
        ({3: 1}, 3),
        ({1: 1, 5: 1}, 1),
        ({1: 1, 5: 2}, 5),
        ({-1: 3}, 0),
        ({2: 5, 9: 5}, 2),
    ],
)
def test_the_median_is_when_half_were_in(days: dict[int, int], half: int | None) -> None:
    assert median(days) == half


def test_a_slot_is_a_quarter_of_an_hour() -> None:
    assert timedelta(minutes=15) == SLOT
