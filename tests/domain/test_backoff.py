"""When a failed delivery is tried again, and when it is given up."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.backoff import next_attempt, pause
from tests.domain.builders import BLINK, NOW

FIVE_DAYS = timedelta(days=5)
JITTER = st.floats(0, 1)
ATTEMPTS = st.integers(1, 10_000)

WAITS = [
    (1, timedelta(seconds=30)),
    (2, timedelta(minutes=2)),
    (3, timedelta(minutes=5)),
    (4, timedelta(minutes=15)),
    (5, timedelta(hours=1)),
    (6, timedelta(hours=3)),
    (7, timedelta(hours=6)),
    (8, timedelta(hours=6)),
    (500, timedelta(hours=6)),
]


def tried_again(attempts: int, jitter: float = 0.0, now: datetime = NOW) -> datetime:
    """Return when a mail that was first due at NOW is tried again."""
    again = next_attempt(NOW, attempts, now, jitter)
    assert again is not None
    return again


@pytest.mark.parametrize(("attempts", "wait"), WAITS)
def test_each_failure_is_followed_by_its_wait(attempts: int, wait: timedelta) -> None:
    assert tried_again(attempts) == NOW + wait


@pytest.mark.parametrize(("attempts", "wait"), WAITS)
def test_jitter_adds_at_most_a_quarter_of_the_wait(attempts: int, wait: timedelta) -> None:
    assert tried_again(attempts, 0.5) == NOW + wait * 1.125
    assert tried_again(attempts, 1.0) == NOW + wait * 1.25


@given(ATTEMPTS, JITTER)
def test_the_next_attempt_lies_between_the_wait_and_a_quarter_more(
    attempts: int, jitter: float
) -> None:
    assert tried_again(attempts) <= tried_again(attempts, jitter) <= tried_again(attempts, 1.0)


@given(ATTEMPTS, JITTER, JITTER)
def test_more_jitter_never_means_sooner(attempts: int, one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert tried_again(attempts, less) <= tried_again(attempts, more)


@given(ATTEMPTS, JITTER)
def test_the_waits_never_grow_shorter(attempts: int, jitter: float) -> None:
    assert tried_again(attempts, jitter) <= tried_again(attempts + 1, jitter)


@pytest.mark.parametrize("attempts", [1, 6, 7, 500])
@pytest.mark.parametrize(
    ("age", "given_up"),
    [
        (timedelta(0), False),
        (FIVE_DAYS - BLINK, False),
        (FIVE_DAYS, True),
        (FIVE_DAYS + BLINK, True),
        (timedelta(days=365), True),
    ],
)
def test_a_mail_is_given_up_five_days_after_it_was_first_due(
    attempts: int, age: timedelta, given_up: bool
) -> None:
    assert (next_attempt(NOW, attempts, NOW + age, 0.0) is None) is given_up


@given(st.data())
def test_a_mail_that_always_fails_is_tried_for_five_days_and_then_no_more(
    data: st.DataObject,
) -> None:
    now, attempts = NOW, 1
    while True:
        again = next_attempt(NOW, attempts, now, data.draw(JITTER))
        if again is None:
            break
        assert again > now
        now, attempts = again, attempts + 1
    assert FIVE_DAYS <= now - NOW <= FIVE_DAYS + timedelta(hours=7.5)
    assert 23 <= attempts <= 27


# --- a server that fails as a whole -----------------------------------------------------------

SECONDS = [5, 15, 30, 60, 120, 240, 240, 240]


def test_a_server_is_left_alone_for_longer_and_longer_up_to_some_minutes() -> None:
    pauses = [pause(failures, NOW, 0.0) for failures in range(1, 9)]
    assert [(one.until - NOW).total_seconds() for one in pauses] == SECONDS
    assert [one.failures for one in pauses] == list(range(1, 9))


@given(ATTEMPTS, JITTER)
def test_a_pause_lies_between_its_step_and_a_quarter_more(failures: int, jitter: float) -> None:
    step = timedelta(seconds=SECONDS[min(failures, len(SECONDS)) - 1])
    assert step <= pause(failures, NOW, jitter).until - NOW <= step * 1.25


def test_a_pause_ends_on_time_and_when_the_clock_is_set_back() -> None:
    five_seconds = pause(1, NOW, 0.0)
    moments = (NOW, five_seconds.until - BLINK, five_seconds.until, NOW - BLINK)
    assert [five_seconds.lasts(at) for at in moments] == [True, True, False, False]
