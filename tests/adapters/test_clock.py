"""The two clocks: the machine's, and the one that tests move."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from letters.adapters.clock import SystemClock
from letters.ports import Clock
from tests.support.clock import TestClock

NOON = datetime(2031, 5, 4, 12, tzinfo=UTC)


def test_the_machine_s_clock_shows_aware_instants_in_utc() -> None:
    clock: Clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_test_clock_stands_still_until_it_is_moved() -> None:
    clock = TestClock(NOON)
    assert clock.now() == clock.now() == NOON
    assert clock.advance(timedelta(hours=1)) == NOON + timedelta(hours=1) == clock.now()
    clock.set(NOON - timedelta(days=1))
    assert clock.now() == NOON - timedelta(days=1)


def test_the_test_clock_shows_utc_whatever_zone_it_was_set_in() -> None:
    clock = TestClock(NOON.astimezone(timezone(timedelta(hours=9))))
    assert clock.now().isoformat() == "2031-05-04T12:00:00+00:00"


def test_the_test_clock_refuses_naive_instants() -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match="no time zone"):
        TestClock(naive)
    with pytest.raises(ValueError, match="no time zone"):
        TestClock(NOON).set(naive)
