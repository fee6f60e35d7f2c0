"""What happened with a referee, as the applicant sees it: each step at its time, in order."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.applicant_view import applicant_view
from letters.domain.policy import RequestPolicy
from letters.domain.progress import RequestFacts
from letters.domain.referee_line import Moment, MomentKind
from letters.domain.status import ApplicationStatus, RequestStatus
from tests.domain.builders import (
    ANSWERED_AT,
    BLINK,
    CLOSES,
    NAMED_AT,
    NOTICED_AT,
    NOW,
    REQUESTED_AT,
    request,
    terms,
)

NAMED = RequestStatus.NAMED
REQUESTED = RequestStatus.REQUESTED
RECEIVED = RequestStatus.RECEIVED
DECLINED = RequestStatus.DECLINED
CANCELLED = RequestStatus.CANCELLED

CLOSED = CLOSES + BLINK


def timeline(facts: RequestFacts) -> tuple[Moment, ...]:
    """Return what the applicant sees of a referee of an application that was selected."""
    found = applicant_view(terms(RequestPolicy.SELECTED), ApplicationStatus.SELECTED, [facts], NOW)
    return found.referees[0].moments


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (request(NAMED), [(MomentKind.NAMED, NAMED_AT)]),
        (
            request(NAMED, noticed=True),
            [(MomentKind.NAMED, NAMED_AT), (MomentKind.ALERTED, NOTICED_AT)],
        ),
        (
            request(REQUESTED, noticed=True),
            [
                (MomentKind.NAMED, NAMED_AT),
                (MomentKind.ALERTED, NOTICED_AT),
                (MomentKind.REQUESTED, REQUESTED_AT),
            ],
        ),
        (
            request(RECEIVED),
            [
                (MomentKind.NAMED, NAMED_AT),
                (MomentKind.REQUESTED, REQUESTED_AT),
                (MomentKind.RECEIVED, ANSWERED_AT),
            ],
        ),
        (
            request(DECLINED),
            [
                (MomentKind.NAMED, NAMED_AT),
                (MomentKind.REQUESTED, REQUESTED_AT),
                (MomentKind.DECLINED, ANSWERED_AT),
            ],
        ),
        (
            request(CANCELLED),
            [(MomentKind.NAMED, NAMED_AT), (MomentKind.CANCELLED, ANSWERED_AT)],
        ),
    ],
)
def test_a_timeline_holds_what_happened_and_when(
    facts: RequestFacts, expected: list[tuple[MomentKind, datetime]]
) -> None:
    assert timeline(facts) == tuple(Moment(kind, at) for kind, at in expected)


def test_a_timeline_is_in_the_order_of_time() -> None:
    asked_again = replace(request(REQUESTED), declined_at=REQUESTED_AT - timedelta(days=1))
    kinds = [moment.kind for moment in timeline(asked_again)]
    assert kinds == [MomentKind.NAMED, MomentKind.DECLINED, MomentKind.REQUESTED]


MOMENTS = (
    *("named_at", "noticed_at", "welcomed_at", "corrected_at", "requested_at", "bounced_at"),
    *("reminded_at", "received_at", "declined_at", "cancelled_at", "replaced_at"),
)


def _at(facts: RequestFacts, moments: Mapping[str, datetime | None]) -> RequestFacts:
    return replace(facts, **moments)  # type: ignore[arg-type]  # the names are those of moments


def test_steps_of_one_instant_stand_in_the_order_in_which_they_can_happen() -> None:
    at_once = _at(request(RECEIVED), {**dict.fromkeys(MOMENTS, NOW), "replaced_at": None})
    kinds = [moment.kind for moment in timeline(at_once)]
    not_here = {MomentKind.REPLACED, MomentKind.REMINDER_TO_COME}
    assert kinds == [kind for kind in MomentKind if kind not in not_here]


@pytest.mark.parametrize(
    ("status", "last"),
    [(REQUESTED, MomentKind.REMINDER_TO_COME), (RECEIVED, MomentKind.RECEIVED)],
)
def test_a_reminder_that_waits_is_to_come_while_the_letter_is_awaited(
    status: RequestStatus, last: MomentKind
) -> None:
    waits = replace(request(status), reminded_at=NOW + timedelta(hours=9), reminders=1)
    assert timeline(waits)[-1].kind is last


INSTANT = st.datetimes(NOW.replace(tzinfo=None), CLOSED.replace(tzinfo=None)).map(
    lambda naive: naive.replace(tzinfo=NOW.tzinfo)
)


@given(st.fixed_dictionaries({**dict.fromkeys(MOMENTS, st.none() | INSTANT), "named_at": INSTANT}))
def test_a_timeline_leaves_nothing_out_and_never_runs_backwards(
    moments: dict[str, datetime | None],
) -> None:
    facts = _at(request(REQUESTED), moments)
    instants = [moment.at for moment in timeline(facts)]
    if facts.replaced_at is not None:
        moments = {**moments, "cancelled_at": None}
    assert instants == sorted(at for at in moments.values() if at is not None)
