"""How far an application is, in one word and in figures."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.policy import RequestPolicy
from letters.domain.progress import Progress, RequestFacts, Standing, is_complete, roll_up
from letters.domain.status import ApplicationStatus, RequestStatus
from tests.domain.builders import BLINK, CLOSES, DUE, NOW, request, terms

AUTOMATIC, SELECTED_ONLY = RequestPolicy.AUTOMATIC, RequestPolicy.SELECTED
DRAFT = ApplicationStatus.DRAFT
SUBMITTED = ApplicationStatus.SUBMITTED
SELECTED = ApplicationStatus.SELECTED
WITHDRAWN = ApplicationStatus.WITHDRAWN

NAMED = RequestStatus.NAMED
REQUESTED = RequestStatus.REQUESTED
RECEIVED = RequestStatus.RECEIVED
DECLINED = RequestStatus.DECLINED
CANCELLED = RequestStatus.CANCELLED

LATE = DUE + BLINK
CLOSED = CLOSES + BLINK


def standing(
    status: ApplicationStatus,
    *requests: RequestStatus,
    now: datetime = NOW,
    policy: RequestPolicy = SELECTED_ONLY,
) -> Standing:
    """Return where an application with requests in these statuses stands; two are wanted."""
    facts = [request(each) for each in requests]
    return roll_up(terms(policy), status, facts, now).standing


# --- in one word ------------------------------------------------------------------------------


@pytest.mark.parametrize("now", [NOW, LATE, CLOSED])
@pytest.mark.parametrize("named", range(5))
def test_a_draft_is_a_draft_at_any_time(named: int, now: datetime) -> None:
    assert standing(DRAFT, *[NAMED] * named, now=now) is Standing.DRAFT


@pytest.mark.parametrize("now", [NOW, LATE, CLOSED])
@pytest.mark.parametrize("each", RequestStatus)
def test_what_was_withdrawn_stays_withdrawn_whatever_came_in(
    each: RequestStatus, now: datetime
) -> None:
    assert standing(WITHDRAWN, each, each, now=now) is Standing.WITHDRAWN


@pytest.mark.parametrize(
    ("policy", "status", "requests", "now", "expected"),
    [
        # Not asked for yet.
        (SELECTED_ONLY, SUBMITTED, (NAMED, NAMED), NOW, Standing.WAITING),
        (SELECTED_ONLY, SUBMITTED, (NAMED, NAMED), LATE, Standing.WAITING),
        (SELECTED_ONLY, SUBMITTED, (NAMED, NAMED), CLOSES, Standing.WAITING),
        (SELECTED_ONLY, SUBMITTED, (NAMED, NAMED), CLOSED, Standing.INCOMPLETE),
        # Asked for, nothing in.
        (SELECTED_ONLY, SELECTED, (REQUESTED, REQUESTED), NOW, Standing.REQUESTED),
        (AUTOMATIC, SUBMITTED, (REQUESTED, REQUESTED), NOW, Standing.REQUESTED),
        (AUTOMATIC, SUBMITTED, (REQUESTED, REQUESTED), DUE, Standing.REQUESTED),
        (AUTOMATIC, SUBMITTED, (REQUESTED, REQUESTED), LATE, Standing.OVERDUE),
        (AUTOMATIC, SUBMITTED, (REQUESTED, REQUESTED), CLOSES, Standing.OVERDUE),
        (AUTOMATIC, SUBMITTED, (REQUESTED, REQUESTED), CLOSED, Standing.INCOMPLETE),
        (SELECTED_ONLY, SELECTED, (REQUESTED, NAMED), NOW, Standing.REQUESTED),
        # Some of it in.
        (SELECTED_ONLY, SELECTED, (RECEIVED, REQUESTED), NOW, Standing.PARTLY),
        (AUTOMATIC, SUBMITTED, (RECEIVED, REQUESTED), DUE, Standing.PARTLY),
        (AUTOMATIC, SUBMITTED, (RECEIVED, REQUESTED), LATE, Standing.OVERDUE),
        (AUTOMATIC, SUBMITTED, (RECEIVED, REQUESTED), CLOSED, Standing.INCOMPLETE),
        (SELECTED_ONLY, SELECTED, (RECEIVED, NAMED), NOW, Standing.PARTLY),
        # Enough in: nothing that is still open matters any more.
        (SELECTED_ONLY, SELECTED, (RECEIVED, RECEIVED), NOW, Standing.COMPLETE),
        (AUTOMATIC, SUBMITTED, (RECEIVED, RECEIVED), CLOSED, Standing.COMPLETE),
        (AUTOMATIC, SUBMITTED, (RECEIVED, RECEIVED, REQUESTED), NOW, Standing.COMPLETE),
        (AUTOMATIC, SUBMITTED, (RECEIVED, RECEIVED, REQUESTED), LATE, Standing.COMPLETE),
        (AUTOMATIC, SUBMITTED, (RECEIVED, RECEIVED, DECLINED), CLOSED, Standing.COMPLETE),
        (AUTOMATIC, SUBMITTED, (RECEIVED, RECEIVED, RECEIVED), NOW, Standing.COMPLETE),
        # Declined and cancelled ones are awaited by nobody.
        (AUTOMATIC, SUBMITTED, (DECLINED, REQUESTED), NOW, Standing.REQUESTED),
        (AUTOMATIC, SUBMITTED, (DECLINED, DECLINED), NOW, Standing.REQUESTED),
        (AUTOMATIC, SUBMITTED, (DECLINED, DECLINED), LATE, Standing.REQUESTED),
        (AUTOMATIC, SUBMITTED, (DECLINED, RECEIVED), LATE, Standing.PARTLY),
        (AUTOMATIC, SUBMITTED, (DECLINED, DECLINED), CLOSED, Standing.INCOMPLETE),
        (AUTOMATIC, SUBMITTED, (CANCELLED, REQUESTED), LATE, Standing.OVERDUE),
    ],
)
def test_an_application_stands_where_its_letters_and_the_clock_put_it(
    policy: RequestPolicy,
    status: ApplicationStatus,
    requests: tuple[RequestStatus, ...],
    now: datetime,
    expected: Standing,
) -> None:
    assert standing(status, *requests, now=now, policy=policy) is expected


def test_every_standing_can_be_reached() -> None:
    reached = {
        standing(status, *requests, now=now)
        for status, requests, now in product(
            ApplicationStatus,
            combinations_with_replacement(RequestStatus, 2),
            (NOW, LATE, CLOSED),
        )
    }
    assert reached == set(Standing)


@pytest.mark.parametrize(
    ("received", "complete"), [(0, False), (1, False), (2, True), (3, True), (4, True)]
)
def test_an_application_is_complete_with_as_many_letters_as_the_program_asks_for(
    received: int, complete: bool
) -> None:
    assert is_complete(terms(), received) is complete


def test_a_program_may_be_content_with_one_letter() -> None:
    one = terms(min_letters=1)
    found = roll_up(one, SELECTED, [request(RECEIVED, own=one), request(REQUESTED, own=one)], NOW)
    assert found.standing is Standing.COMPLETE
    assert found.wanted == 1


# --- an extended due date ---------------------------------------------------------------------


def with_one_extended(now: datetime, *others: RequestStatus) -> Progress:
    """Roll up an application one of whose requests has a week more."""
    own = terms().for_request(DUE + timedelta(days=7))
    facts = [request(REQUESTED, own=own), *(request(each) for each in others)]
    return roll_up(terms(), SELECTED, facts, now)


def test_an_extended_request_is_not_late_on_the_programs_due_date() -> None:
    found = with_one_extended(LATE, RECEIVED)
    assert (found.standing, found.overdue) == (Standing.PARTLY, 0)


def test_a_closed_program_still_waits_for_an_extended_request() -> None:
    assert with_one_extended(CLOSED, RECEIVED).standing is Standing.PARTLY
    assert with_one_extended(CLOSED, REQUESTED).standing is Standing.OVERDUE


def test_an_application_is_incomplete_once_the_extended_request_is_closed_too() -> None:
    week = timedelta(days=7)
    assert with_one_extended(CLOSES + week, RECEIVED).standing is Standing.OVERDUE
    assert with_one_extended(CLOSED + week, RECEIVED).standing is Standing.INCOMPLETE


# --- in figures -------------------------------------------------------------------------------


def test_the_figures_count_each_request_by_its_status() -> None:
    requests = [NAMED, REQUESTED, REQUESTED, RECEIVED, DECLINED, DECLINED, DECLINED, CANCELLED]
    found = roll_up(terms(), SELECTED, [request(each) for each in requests], NOW)
    assert found == Progress(
        standing=Standing.PARTLY,
        wanted=2,
        received=1,
        open=2,
        overdue=0,
        declined=3,
        short=False,
    )


@pytest.mark.parametrize(("now", "overdue"), [(DUE, 0), (LATE, 2), (CLOSED, 2)])
def test_a_letter_that_is_awaited_after_the_due_date_counts_as_overdue(
    now: datetime, overdue: int
) -> None:
    requests = [NAMED, REQUESTED, REQUESTED, RECEIVED, DECLINED, CANCELLED]
    found = roll_up(terms(), SELECTED, [request(each) for each in requests], now)
    assert (found.open, found.overdue) == (2, overdue)


@pytest.mark.parametrize(
    ("status", "requests", "short"),
    [
        (SELECTED, (REQUESTED, REQUESTED), False),
        (SELECTED, (RECEIVED, REQUESTED), False),
        (SELECTED, (NAMED, REQUESTED), False),
        (SELECTED, (RECEIVED, RECEIVED, DECLINED), False),
        (SELECTED, (REQUESTED, REQUESTED, DECLINED), False),
        (SELECTED, (REQUESTED, DECLINED), True),
        (SELECTED, (RECEIVED, DECLINED), True),
        (SELECTED, (DECLINED, DECLINED), True),
        (SELECTED, (RECEIVED, CANCELLED), True),
        (SUBMITTED, (NAMED, DECLINED), True),
        (DRAFT, (NAMED,), False),
        (DRAFT, (), False),
        (WITHDRAWN, (CANCELLED, CANCELLED), True),
    ],
)
def test_an_application_is_short_when_those_who_are_left_cannot_make_the_minimum(
    status: ApplicationStatus, requests: tuple[RequestStatus, ...], short: bool
) -> None:
    assert roll_up(terms(), status, [request(each) for each in requests], NOW).short is short


REQUESTS = st.builds(
    lambda status, days: request(status, own=terms().for_request(DUE + timedelta(days=days))),
    st.sampled_from(RequestStatus),
    st.integers(-3, 3),
)
INSTANTS = st.sampled_from([NOW, DUE, LATE, CLOSES, CLOSED, CLOSED + timedelta(days=3)])


@given(
    st.sampled_from(RequestPolicy),
    st.sampled_from(ApplicationStatus),
    st.lists(REQUESTS, max_size=5),
    INSTANTS,
)
def test_whatever_the_state_the_figures_agree_with_each_other(
    policy: RequestPolicy, status: ApplicationStatus, requests: list[RequestFacts], now: datetime
) -> None:
    found = roll_up(terms(policy), status, requests, now)
    assert found.received + found.open + found.declined <= len(requests)
    assert 0 <= found.overdue <= found.open
    active = status in {SUBMITTED, SELECTED}
    assert (found.standing is Standing.COMPLETE) is (active and found.received >= found.wanted)
    assert (found.standing is Standing.DRAFT) is (status is DRAFT)
    assert (found.standing is Standing.WITHDRAWN) is (status is WITHDRAWN)
    if found.standing is Standing.OVERDUE:
        assert found.overdue > 0


@given(st.lists(REQUESTS, max_size=5), INSTANTS)
def test_the_order_of_the_requests_does_not_matter(
    requests: list[RequestFacts], now: datetime
) -> None:
    backwards = requests[::-1]
    assert roll_up(terms(), SELECTED, requests, now) == roll_up(terms(), SELECTED, backwards, now)


@given(st.lists(REQUESTS, max_size=5), INSTANTS)
def test_whether_a_notice_went_out_does_not_change_the_roll_up(
    requests: list[RequestFacts], now: datetime
) -> None:
    noticed = [replace(each, noticed_at=NOW) for each in requests]
    assert roll_up(terms(), SELECTED, noticed, now) == roll_up(terms(), SELECTED, requests, now)


# --- by construction --------------------------------------------------------------------------


def test_the_roll_up_knows_nothing_about_a_letter() -> None:
    assert [field.name for field in fields(RequestFacts)] == [
        "id",
        "referee_name",
        "status",
        "terms",
        "named_at",
        "noticed_at",
        "welcomed_at",
        "corrected_at",
        "corrections",
        "requested_at",
        "received_at",
        "declined_at",
        "cancelled_at",
        "bounced_at",
        "replaced_at",
        "reminded_at",
        "nudged_at",
        "reminders",
        "most_reminders",
        "takes_reminders",
    ]
    assert [field.name for field in fields(Progress)] == [
        "standing",
        "wanted",
        "received",
        "open",
        "overdue",
        "declined",
        "short",
    ]
