"""When the service reminds: each rung, what is passed over, the nights and the clock changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.errors import ReminderDateNotPossible
from letters.domain.ladder import (
    NOTHING,
    SPACING,
    Climb,
    Step,
    WhySkipped,
    comes_along,
    is_quiet,
    morning_after,
    next_step_at,
    not_at_night,
    rungs,
    step,
    wish,
)

ZURICH = ZoneInfo("Europe/Zurich")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def zurich(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=ZURICH).astimezone(UTC)


DUE = zurich(5, 20, 23, 59)
ASKED = Climb(
    requested_at=zurich(4, 1),
    due_at=DUE,
    closes_at=DUE + 2 * DAY,
    days=(14, 7, 2),
    zone="Europe/Zurich",
    handled_at=zurich(4, 1),
    reminded_at=None,
    left=5,
)
LADDER = (zurich(5, 6), zurich(5, 13), zurich(5, 18), zurich(5, 20), zurich(5, 22))


def reminded(climb: Climb, at: datetime) -> Climb:
    return replace(climb, handled_at=at, reminded_at=at, left=climb.left - 1)


# --- the rungs --------------------------------------------------------------------------------


def test_it_reminds_before_on_and_after_the_due_date() -> None:
    assert rungs(ASKED) == LADDER


def test_a_late_request_has_a_shorter_ladder() -> None:
    assert rungs(replace(ASKED, requested_at=zurich(5, 12))) == LADDER[2:]
    assert rungs(replace(ASKED, requested_at=zurich(5, 20, 12))) == ()


def test_a_date_in_the_morning_is_reminded_of_the_day_before() -> None:
    early = zurich(5, 20, 8)
    assert zurich(5, 19) in rungs(replace(ASKED, due_at=early, closes_at=early, days=()))


@pytest.mark.parametrize("due_at", [zurich(5, 21, 0), zurich(5, 21, 9), zurich(5, 21, 11, 59)])
def test_the_last_morning_is_not_lost_where_that_is_the_day_before(due_at: datetime) -> None:
    climb = replace(ASKED, due_at=due_at, closes_at=due_at)
    mornings = rungs(climb)
    assert mornings == (zurich(5, 7), zurich(5, 14), zurich(5, 18), zurich(5, 20))
    for at in mornings:
        assert step(climb, at) == Step(remind=True), "none is too close to the one before"
        climb = reminded(climb, at)
    a_day = replace(ASKED, due_at=due_at, closes_at=due_at, days=(1,))
    assert rungs(a_day) == (zurich(5, 20),)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "Pacific/Auckland"])
def test_the_last_morning_is_that_of_who_is_reminded(zone: str) -> None:
    midnight = zurich(5, 21, 0)
    climb = replace(ASKED, due_at=midnight, closes_at=midnight, zone=zone)
    two, one = (at.astimezone(ZoneInfo(zone)) for at in rungs(climb)[-2:])
    assert (one.day, one.hour, one - two) == (20, 9, 2 * DAY)


def test_a_short_grace_time_is_reminded_of_the_next_morning() -> None:
    assert rungs(replace(ASKED, closes_at=DUE + DAY))[-1] == zurich(5, 21)


def test_without_grace_there_is_nothing_after_the_due_date() -> None:
    assert rungs(replace(ASKED, closes_at=DUE)) == LADDER[:4]


def test_mornings_stay_mornings_where_the_clocks_change() -> None:
    due = zurich(4, 1, 23, 59)
    climb = replace(ASKED, requested_at=zurich(1, 1), due_at=due, closes_at=due)
    local = [at.astimezone(ZURICH) for at in rungs(climb)]
    assert [(at.month, at.day, at.hour) for at in local] == [
        (3, 18, 9),
        (3, 25, 9),
        (3, 30, 9),
        (4, 1, 9),
    ]


# --- what is to be done now -------------------------------------------------------------------


def test_nothing_is_done_before_the_first_rung() -> None:
    assert step(ASKED, LADDER[0] - HOUR) == NOTHING
    assert next_step_at(ASKED) == LADDER[0]


def test_a_rung_reminds_on_its_day() -> None:
    assert step(ASKED, LADDER[0]) == Step(remind=True)
    assert step(ASKED, LADDER[0] + 8 * HOUR) == Step(remind=True)


def test_what_was_sent_is_not_sent_again() -> None:
    climb = reminded(ASKED, LADDER[0])
    assert step(climb, LADDER[0] + HOUR) == NOTHING
    assert next_step_at(climb) == LADDER[1]


def test_a_missed_rung_is_made_up_for_while_it_is_of_use() -> None:
    assert step(ASKED, LADDER[0] + 4 * DAY) == Step(remind=True)


def test_a_missed_rung_is_passed_over_where_the_next_is_near() -> None:
    passed = Step(((LADDER[0], WhySkipped.MISSED),))
    assert step(ASKED, LADDER[1] - DAY) == passed


def test_of_several_missed_only_the_last_reminds() -> None:
    made_up = step(ASKED, LADDER[1] + DAY)
    assert made_up == Step(((LADDER[0], WhySkipped.MISSED),), remind=True)


def test_once_the_letter_is_closed_nothing_is_made_up_for() -> None:
    late = ASKED.closes_at + DAY
    assert not step(replace(ASKED, handled_at=LADDER[3]), late).remind


def test_a_reminder_by_a_person_keeps_the_distance() -> None:
    nudged = replace(ASKED, reminded_at=LADDER[0] - HOUR, left=4)
    assert step(nudged, LADDER[0]) == NOTHING
    assert next_step_at(nudged) == LADDER[0] - HOUR + SPACING
    assert step(nudged, LADDER[0] - HOUR + SPACING).remind


def test_where_the_distance_leads_to_the_next_rung_one_is_passed_over() -> None:
    climb = replace(ASKED, days=(3, 2), handled_at=LADDER[0])
    three, two = zurich(5, 17), zurich(5, 18)
    assert step(climb, three).remind
    assert step(reminded(climb, three), two).skipped == ((two, WhySkipped.TOO_CLOSE),)


def test_the_budget_ends_the_ladder() -> None:
    used_up = replace(ASKED, left=0)
    assert step(used_up, LADDER[0]).skipped == ((LADDER[0], WhySkipped.USED_UP),)
    assert next_step_at(used_up) == LADDER[0]


def test_nobody_is_reminded_at_night() -> None:
    made_up_at_night = zurich(5, 7, 23)
    assert step(ASKED, made_up_at_night) == NOTHING
    assert step(ASKED, zurich(5, 8, 8)).remind


def test_nobody_is_reminded_on_the_day_of_a_rung_when_the_letter_was_closed_meanwhile() -> None:
    closes_at = LADDER[4] + 3 * HOUR
    climb = replace(ASKED, closes_at=closes_at, handled_at=LADDER[3])
    assert step(climb, closes_at - 2 * HOUR).remind
    missed = Step(((LADDER[4], WhySkipped.MISSED),))
    assert step(climb, closes_at - HOUR) == missed
    assert step(climb, closes_at + HOUR) == missed


def test_who_wants_no_reminders_gets_none() -> None:
    off = replace(ASKED, off=True)
    assert (step(off, LADDER[2]), next_step_at(off)) == (NOTHING, None)


# --- the referee's own wish -------------------------------------------------------------------


def test_a_wish_stands_for_the_rungs_before_it_and_for_the_budget() -> None:
    wished = replace(ASKED, wished_at=zurich(5, 15), left=0)
    assert step(wished, LADDER[1]) == NOTHING
    assert (next_step_at(wished), step(wished, zurich(5, 15))) == (
        zurich(5, 15),
        Step(remind=True),
    )


@pytest.mark.parametrize("day", [date(2027, 5, 10), date(2027, 5, 22)])
def test_a_day_can_be_chosen_until_the_letter_is_closed(day: date) -> None:
    at = wish(day, "Europe/Zurich", closes_at=ASKED.closes_at, now=zurich(5, 9))
    assert at == zurich(5, day.day)


@pytest.mark.parametrize("day", [date(2027, 5, 9), date(2027, 5, 1), date(2027, 5, 23)])
def test_no_other_day_can_be_chosen(day: date) -> None:
    with pytest.raises(ReminderDateNotPossible):
        wish(day, "Europe/Zurich", closes_at=ASKED.closes_at, now=zurich(5, 9, 12))


# --- together with another letter -------------------------------------------------------------


def test_what_would_come_soon_comes_along() -> None:
    assert comes_along(ASKED, LADDER[0] - DAY)
    assert not comes_along(ASKED, LADDER[0] - 3 * DAY)
    assert not comes_along(reminded(ASKED, LADDER[3] - HOUR), LADDER[3])
    assert not comes_along(replace(ASKED, left=0), LADDER[0] - DAY)
    assert not comes_along(replace(ASKED, wished_at=LADDER[0]), LADDER[0] - DAY)


def test_nights_end_in_the_morning() -> None:
    assert not_at_night(zurich(5, 6, 23), "Europe/Zurich") == zurich(5, 7, 8)
    assert not_at_night(zurich(5, 6, 3), "Europe/Zurich") == zurich(5, 6, 8)
    assert not_at_night(zurich(5, 6, 12), "Europe/Zurich") == zurich(5, 6, 12)
    assert morning_after(zurich(5, 6, 23), "Europe/Zurich") == zurich(5, 7)


# --- whatever the season ----------------------------------------------------------------------

ZONES = st.sampled_from(
    ["Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]
)
DAYS = st.lists(st.integers(1, 60), max_size=6, unique=True)


@given(
    zone=ZONES,
    days=DAYS,
    due=st.datetimes(datetime(2027, 1, 1), datetime(2029, 12, 31)),  # noqa: DTZ001 -- made aware below
    asked_before=st.integers(0, 60 * 24),
    grace=st.integers(0, 200),
    looks=st.lists(st.integers(1, 80), min_size=1, max_size=50),
    left=st.integers(0, 6),
)
def test_reminders_keep_their_distance_their_budget_and_the_night(
    zone: str,
    days: list[int],
    due: datetime,
    asked_before: int,
    grace: int,
    looks: list[int],
    left: int,
) -> None:
    due_at = due.replace(tzinfo=UTC)
    asked = due_at - timedelta(hours=asked_before)
    climb = Climb(asked, due_at, due_at + grace * HOUR, tuple(days), zone, asked, None, left)
    now, sent = asked, [asked]
    for hours in looks:
        now += timedelta(hours=hours)
        done = step(climb, now)
        assert not (done.remind and is_quiet(now, zone))
        handled = [at for at, _ in done.skipped]
        if done.remind:
            assert now - sent[-1] >= SPACING
            assert now <= climb.closes_at
            sent.append(now)
            climb = replace(climb, reminded_at=now, left=climb.left - 1)
            handled.append(now)
        climb = replace(climb, handled_at=max([climb.handled_at, *handled]))
    assert len(sent) - 1 <= left
