"""The terms of a program: what may be asked, and when it is overdue and closed."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.errors import ProgramClosed
from letters.domain.policy import (
    DEFAULT_MIN_LETTERS,
    LONGEST_GRACE_HOURS,
    MOST_LETTERS,
    RequestPolicy,
    Terms,
    check_open,
    is_closed,
    is_overdue,
    requested_on_submission,
    terms_problems,
)
from letters.domain.status import RequestStatus
from tests.domain.builders import BLINK, CLOSES, CONTACT, DUE, GRACE, NOW, raised, said, terms

LONGEST_GRACE = timedelta(hours=LONGEST_GRACE_HOURS)

TOO_FEW = ("min_letters", "Ask for at least one letter.")
UPSIDE_DOWN = ("max_letters", "The most letters cannot be fewer than the least.")
TOO_MANY = ("max_letters", "Ask for at most 10 letters.")
BAD_GRACE = ("grace_hours", "Choose a grace time from 0 to 2160 hours.")
PAST = ("due_at", "Choose a due date in the future.")


# --- what may be asked ------------------------------------------------------------------------


def test_two_letters_are_asked_for_unless_the_program_says_otherwise() -> None:
    assert DEFAULT_MIN_LETTERS == 2


@pytest.mark.parametrize("policy", RequestPolicy)
@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (terms(), []),
        (terms(min_letters=1, max_letters=1), []),
        (terms(min_letters=MOST_LETTERS, max_letters=MOST_LETTERS), []),
        (terms(min_letters=0), [TOO_FEW]),
        (terms(min_letters=-1), [TOO_FEW]),
        (terms(min_letters=3, max_letters=3), []),
        (terms(min_letters=3, max_letters=2), [UPSIDE_DOWN]),
        (terms(max_letters=MOST_LETTERS), []),
        (terms(max_letters=MOST_LETTERS + 1), [TOO_MANY]),
        (
            terms(min_letters=MOST_LETTERS + 2, max_letters=MOST_LETTERS + 1),
            [UPSIDE_DOWN, TOO_MANY],
        ),
        (terms(grace=timedelta(0)), []),
        (terms(grace=LONGEST_GRACE), []),
        (terms(grace=-BLINK), [BAD_GRACE]),
        (terms(grace=LONGEST_GRACE + BLINK), [BAD_GRACE]),
        (terms(due_at=NOW + BLINK), []),
        (terms(due_at=NOW), [PAST]),
        (terms(due_at=NOW - BLINK), [PAST]),
        (
            Terms(0, -1, RequestPolicy.SELECTED, NOW, -GRACE, CONTACT),
            [TOO_FEW, UPSIDE_DOWN, BAD_GRACE, PAST],
        ),
    ],
)
def test_all_that_is_wrong_with_new_terms_is_said_at_once(
    wrong: Terms, expected: list[tuple[str, str]], policy: RequestPolicy
) -> None:
    assert said(terms_problems(replace(wrong, request_policy=policy), NOW)) == expected


@given(
    st.integers(-3, MOST_LETTERS + 3),
    st.integers(-3, MOST_LETTERS + 3),
)
def test_terms_without_problems_ask_for_at_least_one_letter_and_at_most_ten(
    least: int, most: int
) -> None:
    accepted = terms_problems(terms(min_letters=least, max_letters=most), NOW) == []
    assert accepted is (1 <= least <= most <= 10)


# --- when -------------------------------------------------------------------------------------


def test_a_program_closes_when_the_grace_time_after_the_due_date_is_over() -> None:
    assert terms().closes_at == CLOSES


@pytest.mark.parametrize(
    ("now", "closed"),
    [
        (NOW, False),
        (DUE - BLINK, False),
        (DUE, False),
        (DUE + BLINK, False),
        (CLOSES - BLINK, False),
        (CLOSES, False),
        (CLOSES + BLINK, True),
        (CLOSES + timedelta(days=400), True),
    ],
)
def test_the_closing_instant_itself_is_still_open(now: datetime, closed: bool) -> None:
    assert is_closed(terms(), now) is closed
    assert raised(lambda: check_open(terms(), now)) is (ProgramClosed if closed else None)


@pytest.mark.parametrize(
    ("now", "closed"), [(DUE - BLINK, False), (DUE, False), (DUE + BLINK, True)]
)
def test_without_a_grace_time_the_due_instant_is_the_closing_instant(
    now: datetime, closed: bool
) -> None:
    assert is_closed(terms(grace=timedelta(0)), now) is closed


def test_a_closed_program_names_whom_to_write_to() -> None:
    with pytest.raises(ProgramClosed) as refused:
        check_open(terms(), CLOSES + BLINK)
    assert refused.value.values == {"contact": CONTACT}


@pytest.mark.parametrize("status", RequestStatus)
@pytest.mark.parametrize(
    ("now", "past_due"),
    [
        (NOW, False),
        (DUE - BLINK, False),
        (DUE, False),
        (DUE + BLINK, True),
        (CLOSES, True),
        (CLOSES + BLINK, True),
    ],
)
def test_only_a_letter_that_is_awaited_is_overdue_and_the_due_instant_is_in_time(
    status: RequestStatus, now: datetime, past_due: bool
) -> None:
    expected = past_due and status is RequestStatus.REQUESTED
    assert is_overdue(terms(), status, now) is expected


# --- one request's own due date ---------------------------------------------------------------


def test_a_request_without_a_date_of_its_own_has_the_terms_of_the_program() -> None:
    assert terms().for_request(None) == terms()


@pytest.mark.parametrize("policy", RequestPolicy)
def test_an_extended_request_keeps_all_but_the_due_date_and_has_the_grace_time_again(
    policy: RequestPolicy,
) -> None:
    extended = DUE + timedelta(days=7)
    own = terms(policy).for_request(extended)
    assert own == terms(policy, due_at=extended)
    assert own.closes_at == CLOSES + timedelta(days=7)


def test_a_program_that_moved_its_date_past_the_extended_one_gives_that_time() -> None:
    extended = DUE + timedelta(days=7)
    moved = terms(due_at=DUE + timedelta(days=8))
    assert moved.for_request(extended) == moved
    assert terms(due_at=extended).for_request(extended).due_at == extended


# --- the request policy -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "at_once"), [(RequestPolicy.AUTOMATIC, True), (RequestPolicy.SELECTED, False)]
)
def test_submitting_requests_letters_under_automatic_only(
    policy: RequestPolicy, at_once: bool
) -> None:
    assert requested_on_submission(terms(policy)) is at_once


def test_there_are_two_request_policies() -> None:
    assert [policy.value for policy in RequestPolicy] == ["automatic", "selected"]


def test_a_program_that_was_closed_by_hand_is_closed_whatever_the_time() -> None:
    by_hand = replace(terms(), closed_by_hand=True)
    assert is_closed(by_hand, NOW)
    assert is_closed(by_hand.for_request(DUE + timedelta(days=30)), NOW)
    with pytest.raises(ProgramClosed):
        check_open(by_hand, NOW)
