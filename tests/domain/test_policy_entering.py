"""When a coordinator may enter a letter that came in another way."""

from itertools import product

import pytest

from letters.domain.errors import (
    LetterIsIn,
    LettersError,
    LettersNotRequested,
    NotSubmitted,
    RequestEnded,
    Withdrawn,
)
from letters.domain.policy import RequestPolicy, check_enter
from letters.domain.status import ApplicationStatus, RequestStatus
from tests.domain.builders import raised, terms

AUTOMATIC, SELECTED_ONLY = RequestPolicy.AUTOMATIC, RequestPolicy.SELECTED
ASKED = ((AUTOMATIC, ApplicationStatus.SUBMITTED), (SELECTED_ONLY, ApplicationStatus.SELECTED))


@pytest.mark.parametrize(("where", "request_status"), list(product(ASKED, RequestStatus)))
def test_it_is_entered_where_letters_may_be_requested_and_none_is_in(
    where: tuple[RequestPolicy, ApplicationStatus], request_status: RequestStatus
) -> None:
    policy, application = where
    expected: dict[RequestStatus, type[LettersError]] = {
        RequestStatus.RECEIVED: LetterIsIn,
        RequestStatus.CANCELLED: RequestEnded,
    }
    own = terms(policy=policy)
    assert raised(
        lambda: check_enter(own, application, request_status, replaced=False)
    ) is expected.get(request_status)


@pytest.mark.parametrize(
    ("policy", "application", "expected"),
    [
        (AUTOMATIC, ApplicationStatus.DRAFT, NotSubmitted),
        (SELECTED_ONLY, ApplicationStatus.DRAFT, NotSubmitted),
        (SELECTED_ONLY, ApplicationStatus.SUBMITTED, LettersNotRequested),
        (AUTOMATIC, ApplicationStatus.WITHDRAWN, Withdrawn),
    ],
)
def test_nowhere_else(
    policy: RequestPolicy, application: ApplicationStatus, expected: type[LettersError]
) -> None:
    own = terms(policy=policy)
    for status in RequestStatus:
        assert raised(lambda: check_enter(own, application, status, replaced=False)) is expected  # noqa: B023 -- called at once


def test_not_for_whom_somebody_else_was_named() -> None:
    own = terms(policy=AUTOMATIC)
    submitted, declined = ApplicationStatus.SUBMITTED, RequestStatus.DECLINED
    assert raised(lambda: check_enter(own, submitted, declined, replaced=True)) is RequestEnded
