"""Until when a letter is kept."""

from datetime import timedelta

import pytest

from letters.domain.keeping import (
    DEFAULT_KEPT_DAYS,
    DEFAULT_WISHED_PAGES,
    LONGEST_KEPT_DAYS,
    MOST_WISHED_PAGES,
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
