"""When an applicant may nudge a referee: spacing, budget, and what is said when it is too soon."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.errors import NudgeNotPossible, NudgeTooSoon, RemindersUsedUp
from letters.domain.schedule import NUDGE_SPACING, Reminded, check_nudge, next_nudge
from tests.domain.builders import BLINK, CLOSES, NOW, raised

ASKED = Reminded(
    awaited=True,
    requested_at=NOW,
    reminded_at=None,
    reminders=0,
    most_reminders=5,
    closes_at=CLOSES,
)
AFTER = NOW + NUDGE_SPACING


def test_two_days_lie_between_the_request_and_a_nudge_and_between_two_nudges() -> None:
    again = replace(ASKED, reminded_at=AFTER, reminders=1)
    assert timedelta(hours=48) == NUDGE_SPACING
    assert (next_nudge(ASKED), next_nudge(again)) == (AFTER, AFTER + NUDGE_SPACING)
    assert raised(lambda: check_nudge(ASKED, AFTER)) is None
    assert raised(lambda: check_nudge(ASKED, AFTER - BLINK)) is NudgeTooSoon
    assert raised(lambda: check_nudge(again, AFTER)) is NudgeTooSoon


def test_who_is_too_early_is_told_when_it_is_possible() -> None:
    with pytest.raises(NudgeTooSoon) as refused:
        check_nudge(ASKED, NOW)
    assert refused.value.values == {"at": AFTER.isoformat()}


@pytest.mark.parametrize(
    ("reminded", "refusal"),
    [
        (replace(ASKED, awaited=False), NudgeNotPossible),
        (replace(ASKED, awaited=False, reminders=5), NudgeNotPossible),
        (replace(ASKED, requested_at=None), NudgeNotPossible),
        (replace(ASKED, closes_at=AFTER - BLINK), NudgeNotPossible),
        (replace(ASKED, reminders=5), RemindersUsedUp),
        (replace(ASKED, most_reminders=0), RemindersUsedUp),
    ],
)
def test_where_no_nudge_will_be_possible_none_is_promised(
    reminded: Reminded, refusal: type[Exception]
) -> None:
    assert next_nudge(reminded) is None
    assert raised(lambda: check_nudge(reminded, AFTER)) is refusal


HOURS = st.integers(0, 2000).map(lambda hours: NOW + timedelta(hours=hours))


@given(HOURS, st.none() | HOURS, st.integers(0, 7), HOURS, st.booleans())
def test_what_is_promised_is_what_is_allowed(
    requested_at: datetime,
    reminded_at: datetime | None,
    reminders: int,
    now: datetime,
    awaited: bool,
) -> None:
    reminded = Reminded(awaited, requested_at, reminded_at, reminders, 5, CLOSES)
    at = next_nudge(reminded)
    allowed = raised(lambda: check_nudge(reminded, now)) is None
    assert allowed is (at is not None and at <= now)
