"""When an application may be submitted, selected, and have its referees given notice."""

from datetime import datetime
from functools import partial
from itertools import product

import pytest

from letters.domain.errors import (
    AlreadyRequested,
    LettersError,
    NotADraft,
    NoticeNotPossible,
    NotSubmitted,
    ProgramClosed,
    RequestedAutomatically,
    TooFewReferees,
    TooManyReferees,
    Withdrawn,
)
from letters.domain.policy import (
    RequestPolicy,
    check_notices,
    check_referee_count,
    check_select,
    check_submit,
    last_notice,
    may_notice,
    may_request,
)
from letters.domain.status import ApplicationStatus, RequestStatus
from tests.domain.builders import BLINK, CLOSES, CONTACT, DUE, NOTICED_AT, NOW, raised, terms

AUTOMATIC, SELECTED_ONLY = RequestPolicy.AUTOMATIC, RequestPolicy.SELECTED
DRAFT = ApplicationStatus.DRAFT
SUBMITTED = ApplicationStatus.SUBMITTED
SELECTED = ApplicationStatus.SELECTED
WITHDRAWN = ApplicationStatus.WITHDRAWN

Refusal = type[LettersError] | None


# --- how many referees ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "expected"), [(0, None), (1, None), (2, None), (4, None), (5, TooManyReferees)]
)
def test_a_draft_may_have_too_few_referees_and_never_too_many(
    count: int, expected: Refusal
) -> None:
    assert raised(lambda: check_referee_count(terms(), count)) is expected


@pytest.mark.parametrize("policy", RequestPolicy)
@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, TooFewReferees),
        (1, TooFewReferees),
        (2, None),
        (3, None),
        (4, None),
        (5, TooManyReferees),
    ],
)
def test_an_application_is_submitted_with_as_many_referees_as_the_program_asks_for(
    policy: RequestPolicy, count: int, expected: Refusal
) -> None:
    assert raised(lambda: check_submit(terms(policy), DRAFT, count, NOW)) is expected


def test_too_few_referees_says_how_many_are_asked_for_and_named() -> None:
    with pytest.raises(TooFewReferees) as refused:
        check_submit(terms(), DRAFT, 1, NOW)
    assert refused.value.values == {"min_letters": 2, "count": 1}
    assert str(refused.value) == (
        "This program asks for at least 2 letters and the application names 1. "
        "Add the missing referees, then submit."
    )


def test_too_many_referees_says_how_many_are_taken_and_named() -> None:
    with pytest.raises(TooManyReferees) as refused:
        check_submit(terms(), DRAFT, 5, NOW)
    assert refused.value.values == {"max_letters": 4, "count": 5}


# --- submitting -------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", RequestPolicy)
@pytest.mark.parametrize(
    ("status", "expected"),
    [(DRAFT, None), (SUBMITTED, NotADraft), (SELECTED, NotADraft), (WITHDRAWN, Withdrawn)],
)
def test_only_a_draft_can_be_submitted(
    policy: RequestPolicy, status: ApplicationStatus, expected: Refusal
) -> None:
    assert raised(lambda: check_submit(terms(policy), status, 2, NOW)) is expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [(DUE + BLINK, None), (CLOSES, None), (CLOSES + BLINK, ProgramClosed)],
)
def test_a_draft_can_be_submitted_until_the_program_closes(
    now: datetime, expected: Refusal
) -> None:
    assert raised(lambda: check_submit(terms(), DRAFT, 2, now)) is expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [(DRAFT, ProgramClosed), (SUBMITTED, NotADraft), (SELECTED, NotADraft), (WITHDRAWN, Withdrawn)],
)
def test_what_cannot_be_mended_is_said_before_what_can(
    status: ApplicationStatus, expected: Refusal
) -> None:
    assert raised(lambda: check_submit(terms(), status, 0, CLOSES + BLINK)) is expected


# --- selecting --------------------------------------------------------------------------------

SELECTING: dict[tuple[RequestPolicy, ApplicationStatus], tuple[Refusal, Refusal]] = {
    # (policy, status): (while the program is open, once it has closed)
    (SELECTED_ONLY, DRAFT): (NotSubmitted, NotSubmitted),
    (SELECTED_ONLY, SUBMITTED): (None, ProgramClosed),
    (SELECTED_ONLY, SELECTED): (AlreadyRequested, AlreadyRequested),
    (SELECTED_ONLY, WITHDRAWN): (Withdrawn, Withdrawn),
    (AUTOMATIC, DRAFT): (NotSubmitted, NotSubmitted),
    (AUTOMATIC, SUBMITTED): (RequestedAutomatically, RequestedAutomatically),
    (AUTOMATIC, SELECTED): (RequestedAutomatically, RequestedAutomatically),
    (AUTOMATIC, WITHDRAWN): (Withdrawn, Withdrawn),
}


@pytest.mark.parametrize(("policy", "status"), list(product(RequestPolicy, ApplicationStatus)))
def test_only_a_submitted_application_of_an_open_program_is_selected_and_only_once(
    policy: RequestPolicy, status: ApplicationStatus
) -> None:
    while_open, once_closed = SELECTING[policy, status]
    for now in (NOW, DUE + BLINK, CLOSES):
        assert raised(partial(check_select, terms(policy), status, now)) is while_open
    closed = CLOSES + BLINK
    assert raised(lambda: check_select(terms(policy), status, closed)) is once_closed


def test_selecting_too_late_names_whom_to_write_to() -> None:
    with pytest.raises(ProgramClosed) as refused:
        check_select(terms(), SUBMITTED, CLOSES + BLINK)
    assert refused.value.values == {"contact": CONTACT}


# --- when a request may exist -----------------------------------------------------------------

REQUESTING = {
    (SELECTED_ONLY, DRAFT): False,
    (SELECTED_ONLY, SUBMITTED): False,
    (SELECTED_ONLY, SELECTED): True,
    (SELECTED_ONLY, WITHDRAWN): False,
    (AUTOMATIC, DRAFT): False,
    (AUTOMATIC, SUBMITTED): True,
    (AUTOMATIC, SELECTED): False,
    (AUTOMATIC, WITHDRAWN): False,
}


@pytest.mark.parametrize(("policy", "status"), list(product(RequestPolicy, ApplicationStatus)))
def test_a_request_exists_only_once_submitted_and_where_the_policy_wants_it_selected(
    policy: RequestPolicy, status: ApplicationStatus
) -> None:
    assert may_request(terms(policy), status) is REQUESTING[policy, status]


# --- advance notices --------------------------------------------------------------------------


@pytest.mark.parametrize("policy", RequestPolicy)
@pytest.mark.parametrize(("application", "status"), list(product(ApplicationStatus, RequestStatus)))
@pytest.mark.parametrize("noticed_at", [None, NOTICED_AT])
def test_the_advance_notice_goes_out_once_and_before_the_request(
    policy: RequestPolicy,
    application: ApplicationStatus,
    status: RequestStatus,
    noticed_at: datetime | None,
) -> None:
    expected = (
        application in {DRAFT, SUBMITTED, SELECTED}
        and status is RequestStatus.NAMED
        and noticed_at is None
    )
    assert may_notice(terms(policy), application, status, noticed_at, NOW) is expected


@pytest.mark.parametrize(
    ("noticed_at", "corrected_at", "last"),
    [
        (None, None, None),
        (None, NOW, None),
        (NOTICED_AT, None, NOTICED_AT),
        (NOTICED_AT, NOTICED_AT + BLINK, None),
        (NOTICED_AT, NOTICED_AT, NOTICED_AT),
        (NOTICED_AT + BLINK, NOTICED_AT, NOTICED_AT + BLINK),
    ],
)
def test_a_notice_to_an_address_that_was_corrected_since_does_not_count(
    noticed_at: datetime | None, corrected_at: datetime | None, last: datetime | None
) -> None:
    assert last_notice(noticed_at, corrected_at) == last


@pytest.mark.parametrize(("now", "expected"), [(CLOSES, True), (CLOSES + BLINK, False)])
def test_no_advance_notice_goes_out_once_the_program_has_closed(
    now: datetime, expected: bool
) -> None:
    assert may_notice(terms(), DRAFT, RequestStatus.NAMED, None, now) is expected


@pytest.mark.parametrize("policy", RequestPolicy)
@pytest.mark.parametrize(
    ("status", "possible", "now", "expected"),
    [
        (DRAFT, 1, NOW, None),
        (DRAFT, 3, CLOSES, None),
        (SUBMITTED, 1, NOW, None),
        (SELECTED, 1, NOW, None),
        (DRAFT, 0, NOW, NoticeNotPossible),
        (SUBMITTED, 0, NOW, NoticeNotPossible),
        (DRAFT, 1, CLOSES + BLINK, ProgramClosed),
        (DRAFT, 0, CLOSES + BLINK, ProgramClosed),
        (WITHDRAWN, 1, NOW, Withdrawn),
        (WITHDRAWN, 0, CLOSES + BLINK, Withdrawn),
    ],
)
def test_giving_notice_says_why_nobody_can_be_given_it(
    policy: RequestPolicy,
    status: ApplicationStatus,
    possible: int,
    now: datetime,
    expected: Refusal,
) -> None:
    assert raised(lambda: check_notices(terms(policy), status, possible, now)) is expected
