"""What the applicant may see: what happened, what happens next, and nothing of a letter."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from letters.domain.acts import Act
from letters.domain.applicant_view import ApplicantView, Outlook, applicant_view
from letters.domain.policy import RequestPolicy
from letters.domain.progress import RequestFacts, roll_up
from letters.domain.referee_line import Moment, MomentKind, Next, RefereeLine, Trouble
from letters.domain.schedule import NUDGE_SPACING
from letters.domain.status import ApplicationStatus, RequestStatus
from tests.domain.builders import (
    ANSWERED_AT,
    BLINK,
    CLOSES,
    DUE,
    NAMED_AT,
    NOTICED_AT,
    NOW,
    REQUESTED_AT,
    request,
    terms,
)

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
INSTANTS = (NOW, DUE, LATE, CLOSES, CLOSED)


def view(
    status: ApplicationStatus,
    *requests: RequestFacts,
    now: datetime = NOW,
    policy: RequestPolicy = SELECTED_ONLY,
) -> ApplicantView:
    """Return what the applicant of this application sees."""
    return applicant_view(terms(policy), status, requests, now)


# --- whether letters are asked for ------------------------------------------------------------

OUTLOOKS = {
    # (policy, status): (while the program is open, once it has closed); nothing asked for so far
    (AUTOMATIC, DRAFT): (Outlook.WILL_ON_SUBMISSION, Outlook.NOT_REQUESTED),
    (AUTOMATIC, SUBMITTED): (Outlook.NOBODY_TO_ASK, Outlook.NOT_REQUESTED),
    (AUTOMATIC, SELECTED): (Outlook.WILL_ON_SUBMISSION, Outlook.NOT_REQUESTED),
    (AUTOMATIC, WITHDRAWN): (Outlook.NOT_REQUESTED, Outlook.NOT_REQUESTED),
    (SELECTED_ONLY, DRAFT): (Outlook.MAY_IF_SELECTED, Outlook.NOT_REQUESTED),
    (SELECTED_ONLY, SUBMITTED): (Outlook.MAY_IF_SELECTED, Outlook.NOT_REQUESTED),
    (SELECTED_ONLY, SELECTED): (Outlook.NOBODY_TO_ASK, Outlook.NOT_REQUESTED),
    (SELECTED_ONLY, WITHDRAWN): (Outlook.NOT_REQUESTED, Outlook.NOT_REQUESTED),
}


@pytest.mark.parametrize(("policy", "status"), list(product(RequestPolicy, ApplicationStatus)))
@pytest.mark.parametrize("requests", [(), (request(NAMED), request(NAMED, noticed=True))])
def test_the_applicant_is_always_told_whether_letters_will_be_asked_for(
    policy: RequestPolicy, status: ApplicationStatus, requests: tuple[RequestFacts, ...]
) -> None:
    while_open, once_closed = OUTLOOKS[policy, status]
    for now in (NOW, LATE, CLOSES):
        assert view(status, *requests, now=now, policy=policy).outlook is while_open
    assert view(status, *requests, now=CLOSED, policy=policy).outlook is once_closed


@pytest.mark.parametrize(("policy", "status"), list(product(RequestPolicy, ApplicationStatus)))
@pytest.mark.parametrize("now", INSTANTS)
@pytest.mark.parametrize("asked", [REQUESTED, RECEIVED, DECLINED])
def test_once_asked_for_letters_were_asked_for_for_good(
    policy: RequestPolicy, status: ApplicationStatus, now: datetime, asked: RequestStatus
) -> None:
    found = view(status, request(NAMED), request(asked), now=now, policy=policy)
    assert (found.outlook, found.requested_at) == (Outlook.WERE_REQUESTED, REQUESTED_AT)


def test_letters_were_asked_for_when_the_first_of_them_was() -> None:
    later = replace(request(REQUESTED), requested_at=REQUESTED_AT + timedelta(days=3))
    found = view(SELECTED, later, request(NAMED), request(REQUESTED), later)
    assert found.requested_at == REQUESTED_AT


def test_as_long_as_nothing_was_asked_for_there_is_no_day_on_which_it_was() -> None:
    assert view(SUBMITTED, request(NAMED), request(CANCELLED)).requested_at is None


def test_there_is_a_test_for_every_outlook() -> None:
    seen = {outlook for pair in OUTLOOKS.values() for outlook in pair}
    assert seen | {Outlook.WERE_REQUESTED} == set(Outlook)


def test_nothing_may_be_requested_any_more_where_all_declined_the_notice_before_the_selection() -> (
    None
):
    early = replace(request(DECLINED, noticed=True), requested_at=None)
    found = view(SELECTED, early, early)
    assert (found.outlook, found.progress.short) == (Outlook.NOBODY_TO_ASK, True)
    assert found.problems == found.referees


# --- where something is to be done ------------------------------------------------------------


def test_who_declined_comes_before_who_is_late_and_the_others_are_no_problem() -> None:
    facts = [request(x, name=x.value) for x in (RECEIVED, REQUESTED, DECLINED, CANCELLED)]
    assert [line.name for line in view(SELECTED, *facts, now=LATE).problems] == [
        "declined",
        "requested",
    ]
    assert [line.name for line in view(SELECTED, *facts, now=DUE).problems] == ["declined"]


@pytest.mark.parametrize(
    ("status", "others", "now"),
    [
        (SELECTED, (RECEIVED, RECEIVED), LATE),
        (SELECTED, (RECEIVED, REQUESTED), CLOSED),
        (WITHDRAWN, (REQUESTED, REQUESTED), LATE),
    ],
    ids=["complete", "closed", "withdrawn"],
)
def test_where_all_is_settled_nothing_is_a_problem(
    status: ApplicationStatus, others: tuple[RequestStatus, ...], now: datetime
) -> None:
    requests = [request(DECLINED), *(request(x) for x in others)]
    assert view(status, *requests, now=now).problems == ()


def test_a_draft_that_was_left_until_the_close_has_no_problem_left() -> None:
    early = replace(request(DECLINED, noticed=True), requested_at=None)
    assert len(view(DRAFT, early).problems) == 1
    assert view(DRAFT, early, now=CLOSED).problems == ()


def test_awaited_are_those_whose_letters_can_still_come() -> None:
    facts = [request(x, name=x.value) for x in RequestStatus]
    assert [x.name for x in view(SELECTED, *facts, now=LATE).awaited] == ["requested"]
    assert view(SELECTED, *facts, now=CLOSED).awaited == ()


# --- what happens next with each referee ------------------------------------------------------

NEXT: dict[RequestStatus, tuple[Next, Next, Next]] = {
    # status: (until the due date, until the closing instant, after it)
    REQUESTED: (Next.LETTER_EXPECTED, Next.LETTER_LATE, Next.TOO_LATE),
    RECEIVED: (Next.NOTHING_MORE, Next.NOTHING_MORE, Next.NOTHING_MORE),
    DECLINED: (Next.DECLINED, Next.DECLINED, Next.DECLINED),
    CANCELLED: (Next.NO_LONGER_NEEDED, Next.NO_LONGER_NEEDED, Next.NO_LONGER_NEEDED),
}


@pytest.mark.parametrize("policy", RequestPolicy)
@pytest.mark.parametrize("application", [DRAFT, SUBMITTED, SELECTED])
@pytest.mark.parametrize("status", NEXT)
@pytest.mark.parametrize("noticed", [True, False])
def test_what_happens_next_follows_from_the_request_and_the_clock(
    policy: RequestPolicy, application: ApplicationStatus, status: RequestStatus, noticed: bool
) -> None:
    facts = request(status, own=terms(policy), noticed=noticed)
    for now, expected in zip((DUE, CLOSES, CLOSED), NEXT[status], strict=True):
        assert view(application, facts, now=now, policy=policy).referees[0].next is expected


@pytest.mark.parametrize("application", [DRAFT, SUBMITTED, SELECTED])
@pytest.mark.parametrize(
    ("policy", "noticed", "expected"),
    [
        (AUTOMATIC, False, Next.REQUEST_FOLLOWS),
        (AUTOMATIC, True, Next.REQUEST_FOLLOWS),
        (SELECTED_ONLY, False, Next.ALERT_FIRST),
        (SELECTED_ONLY, True, Next.REQUEST_MAY_FOLLOW),
    ],
)
def test_what_happens_next_with_a_named_referee_follows_from_the_policy(
    application: ApplicationStatus, policy: RequestPolicy, noticed: bool, expected: Next
) -> None:
    facts = request(NAMED, own=terms(policy), noticed=noticed)
    for now in (NOW, LATE, CLOSES):
        assert view(application, facts, now=now, policy=policy).referees[0].next is expected
    closed = view(application, facts, now=CLOSED, policy=policy)
    assert closed.referees[0].next is Next.TOO_LATE


@pytest.mark.parametrize("policy", RequestPolicy)
@pytest.mark.parametrize("now", INSTANTS)
@pytest.mark.parametrize("status", RequestStatus)
def test_nothing_more_is_needed_once_the_application_was_withdrawn(
    policy: RequestPolicy, now: datetime, status: RequestStatus
) -> None:
    expected = Next.NOTHING_MORE if status is RECEIVED else Next.NO_LONGER_NEEDED
    found = view(WITHDRAWN, request(status), now=now, policy=policy)
    assert found.referees[0].next is expected


def test_a_referee_with_more_time_is_neither_late_nor_too_late_on_the_programs_date() -> None:
    own = terms().for_request(DUE + timedelta(days=7))
    found = view(SELECTED, request(REQUESTED, own=own), request(REQUESTED), now=CLOSED)
    assert [line.next for line in found.referees] == [Next.LETTER_EXPECTED, Next.TOO_LATE]
    assert [line.due_at for line in found.referees] == [DUE + timedelta(days=7), DUE]
    assert [line.closes_at for line in found.referees] == [CLOSES + timedelta(days=7), CLOSES]


# --- the whole, and by construction -----------------------------------------------------------


def test_the_view_holds_the_roll_up_and_a_line_for_each_referee_in_the_given_order() -> None:
    facts = [
        request(RECEIVED, name="Prof. Ines Halvorsen", noticed=True),
        request(REQUESTED, name="Dr. Tomas Lindqvist"),
    ]
    found = view(SELECTED, *facts, now=LATE)
    assert found == ApplicantView(
        progress=roll_up(terms(), SELECTED, facts, LATE),
        outlook=Outlook.WERE_REQUESTED,
        requested_at=REQUESTED_AT,
        alerted=1,
        problems=(found.referees[1],),
        may_add=True,
        referees=(
            RefereeLine(
                id=UUID(int=1),
                name="Prof. Ines Halvorsen",
                status=RECEIVED,
                moments=(
                    Moment(MomentKind.NAMED, NAMED_AT),
                    Moment(MomentKind.ALERTED, NOTICED_AT),
                    Moment(MomentKind.REQUESTED, REQUESTED_AT),
                    Moment(MomentKind.RECEIVED, ANSWERED_AT),
                ),
                next=Next.NOTHING_MORE,
                requested_at=REQUESTED_AT,
                due_at=DUE,
                closes_at=CLOSES,
                replaced=False,
                reminders=0,
                next_nudge=None,
                notice=None,
                trouble=None,
                acts=(),
            ),
            RefereeLine(
                id=UUID(int=1),
                name="Dr. Tomas Lindqvist",
                status=REQUESTED,
                moments=(
                    Moment(MomentKind.NAMED, NAMED_AT),
                    Moment(MomentKind.REQUESTED, REQUESTED_AT),
                ),
                next=Next.LETTER_LATE,
                requested_at=REQUESTED_AT,
                due_at=DUE,
                closes_at=CLOSES,
                replaced=False,
                reminders=0,
                next_nudge=REQUESTED_AT + NUDGE_SPACING,
                notice=None,
                trouble=Trouble.LATE,
                acts=tuple(Act),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("shown", "names"),
    [
        (
            ApplicantView,
            ["progress", "outlook", "requested_at", "alerted", "referees", "problems", "may_add"],
        ),
        (
            RefereeLine,
            [
                *("id", "name", "status", "moments", "next", "requested_at", "due_at"),
                *("closes_at", "replaced", "reminders", "next_nudge", "notice", "trouble", "acts"),
            ],
        ),
        (Moment, ["kind", "at"]),
    ],
)
def test_there_is_no_room_for_anything_about_a_letter(
    shown: type[ApplicantView | RefereeLine | Moment], names: list[str]
) -> None:
    assert [field.name for field in fields(shown)] == names
