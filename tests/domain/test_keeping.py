"""Until when a letter is kept."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.keeping import (
    DEFAULT_KEPT_DAYS,
    DEFAULT_WISHED_PAGES,
    LISTED_BEFORE,
    LONGEST_KEPT_DAYS,
    MOST_WISHED_PAGES,
    Keeping,
    erased_from,
    is_listed,
    is_to_be_listed,
    keeping,
    kept_until,
)
from tests.domain.builders import CLOSES, DUE, GRACE, terms


@pytest.mark.parametrize("days", [1, DEFAULT_KEPT_DAYS, LONGEST_KEPT_DAYS])
def test_a_letter_is_kept_for_so_many_days_after_its_closing_date(days: int) -> None:
    assert kept_until(terms(), days) == CLOSES + timedelta(days=days)


def test_a_request_with_its_own_due_date_has_its_own_end() -> None:
    later = DUE + timedelta(days=30)
    own = terms().for_request(later)
    assert kept_until(own, 1) == later + GRACE + timedelta(days=1)


def test_what_a_program_gets_without_asking_is_possible() -> None:
    assert 1 <= DEFAULT_KEPT_DAYS <= LONGEST_KEPT_DAYS
    assert 0 < DEFAULT_WISHED_PAGES <= MOST_WISHED_PAGES


# --- lists and holds --------------------------------------------------------------------------

KEPT = CLOSES + timedelta(days=30)
A_SECOND = timedelta(seconds=1)
WEEK_BEFORE = KEPT - LISTED_BEFORE


@pytest.mark.parametrize(
    ("listed_at", "now", "is_due"),
    [
        (None, WEEK_BEFORE, False),
        (None, WEEK_BEFORE + A_SECOND, True),
        (None, KEPT + 99 * LISTED_BEFORE, True),
        (WEEK_BEFORE, KEPT, False),
        (WEEK_BEFORE - A_SECOND, KEPT, True),
    ],
)
def test_a_letter_is_listed_once_in_its_last_week(
    listed_at: datetime | None, now: datetime, *, is_due: bool
) -> None:
    assert is_to_be_listed(KEPT, listed_at, now) is is_due


@pytest.mark.parametrize(
    ("listed_at", "now", "held", "expected"),
    [
        (None, KEPT, False, Keeping.KEPT),
        (WEEK_BEFORE, KEPT, True, Keeping.KEPT),
        (WEEK_BEFORE, KEPT + A_SECOND, False, Keeping.OVER),
        (WEEK_BEFORE, KEPT + A_SECOND, True, Keeping.HELD),
        (None, KEPT + A_SECOND, False, Keeping.UNLISTED),
        (WEEK_BEFORE - A_SECOND, KEPT + A_SECOND, False, Keeping.UNLISTED),
        (KEPT, KEPT + LISTED_BEFORE - A_SECOND, False, Keeping.UNLISTED),
        (KEPT, KEPT + LISTED_BEFORE, False, Keeping.OVER),
    ],
)
def test_where_a_letter_stands(
    listed_at: datetime | None, now: datetime, *, held: bool, expected: Keeping
) -> None:
    assert keeping(KEPT, listed_at, now, held=held) is expected


@given(
    listed=st.none() | st.integers(-60, 60),
    now=st.integers(-60, 60),
)
def test_nothing_is_over_that_was_not_on_a_list_for_a_week(listed: int | None, now: int) -> None:
    at = KEPT + timedelta(days=now)
    listed_at = None if listed is None else KEPT + timedelta(days=listed)
    if keeping(KEPT, listed_at, at, held=False) is Keeping.OVER:
        assert listed_at is not None
        assert is_listed(KEPT, listed_at)
        assert at - listed_at >= LISTED_BEFORE
        assert at > KEPT
    else:
        assert at <= KEPT or erased_from(KEPT, listed_at, at) > at
