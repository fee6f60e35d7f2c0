"""The rules of acts on many applications, and how a refusal is put away and read again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letters.domain.bulk import (
    Estimate,
    Refusal,
    check_extend,
    check_goes_on,
    check_remind,
)
from letters.domain.errors import (
    DueLaterAlready,
    LettersMissing,
    NobodyAwaited,
    NotSubmitted,
    RemindedEnough,
    Withdrawn,
)
from letters.domain.status import ApplicationStatus
from tests.domain.builders import raised

VALUES = st.dictionaries(st.text(max_size=5), st.text(max_size=9) | st.integers(), max_size=3)


@pytest.mark.parametrize("status", ApplicationStatus)
def test_letters_are_awaited_between_submission_and_withdrawal(status: ApplicationStatus) -> None:
    refusals = {
        ApplicationStatus.DRAFT: NotSubmitted,
        ApplicationStatus.WITHDRAWN: Withdrawn,
    }
    assert raised(lambda: check_goes_on(status)) is refusals.get(status)


def test_one_who_may_be_reminded_is_enough() -> None:
    assert raised(lambda: check_remind(awaited=0, possible=0)) is NobodyAwaited
    assert raised(lambda: check_remind(awaited=2, possible=0)) is RemindedEnough
    check_remind(awaited=2, possible=1)


def test_one_who_gains_time_is_enough() -> None:
    assert raised(lambda: check_extend(awaited=0, earlier=0)) is NobodyAwaited
    assert raised(lambda: check_extend(awaited=2, earlier=0)) is DueLaterAlready
    check_extend(awaited=2, earlier=1)


def test_mails_are_counted_by_who_gets_them() -> None:
    assert Estimate(2, 1) + Estimate(3) == Estimate(5, 1)


def test_two_refusals_are_the_same_where_they_say_the_same() -> None:
    assert Refusal.of(Withdrawn()) == Refusal.of(Withdrawn())
    one, two = (Refusal.of(LettersMissing(received=n, min_letters=2)) for n in (0, 1))
    assert one != two


@given(VALUES)
@settings(max_examples=50)
def test_a_refusal_that_was_put_away_says_what_it_said(values: dict[str, str | int]) -> None:
    refusal = Refusal("A sentence.", tuple(sorted(values.items())))
    assert Refusal.from_text(refusal.sentence, refusal.values_as_text) == refusal
