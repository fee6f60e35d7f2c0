"""A season in one bar: its parts fill it, and what is there is seen."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.season import Bar, days_left

COUNTS = st.integers(0, 5000)
BARS = st.builds(Bar, COUNTS, COUNTS, COUNTS, COUNTS)


@given(BARS, st.integers(4, 300))
def test_the_parts_fill_the_bar_and_none_of_somebody_is_nought(bar: Bar, width: int) -> None:
    counts = (bar.complete, bar.partly, bar.nothing, bar.not_asked)
    parts = bar.parts(width)
    assert sum(parts) == (width if bar.total else 0)
    assert [part > 0 for part in parts] == [count > 0 for count in counts]


def test_a_bar_of_nobody_is_empty() -> None:
    assert Bar().parts(100) == (0, 0, 0, 0)


def test_a_bar_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="3"):
        Bar(complete=1).parts(3)


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2027-04-01T23:59:00+02:00", 0),
        ("2027-04-01T00:00:00+02:00", 0),
        ("2027-03-31T23:59:59+02:00", 1),
        ("2027-03-27T12:00:00+01:00", 5),
        ("2027-04-02T00:00:00+02:00", -1),
    ],
)
def test_days_are_counted_as_people_there_do(now: str, left: int) -> None:
    due = datetime.fromisoformat("2027-04-01T23:59:00+02:00").astimezone(UTC)
    at = datetime.fromisoformat(now).astimezone(UTC)
    assert days_left(due, at, "Europe/Zurich") == left
    midnight = due + timedelta(minutes=1)
    assert days_left(midnight, at, "Europe/Zurich") == left
