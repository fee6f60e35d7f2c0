"""What a coordinator may do about letters: who may be released, and why not."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.errors import (
    LettersError,
    LettersMissing,
    NobodyToRelease,
    NotSubmitted,
    Withdrawn,
)
from letters.domain.letter_acts import check_release
from letters.domain.status import ApplicationStatus, RequestStatus
from tests.domain.builders import terms

NAMED, REQUESTED, RECEIVED, DECLINED, CANCELLED = RequestStatus
DRAFT, SUBMITTED, SELECTED, WITHDRAWN = ApplicationStatus


@pytest.mark.parametrize(
    "requests",
    [(RECEIVED, RECEIVED, REQUESTED), (RECEIVED, RECEIVED, NAMED), (RECEIVED,) * 3 + (REQUESTED,)],
)
@pytest.mark.parametrize("status", [SUBMITTED, SELECTED])
def test_whoever_is_left_once_enough_letters_are_in_may_be_released(
    status: ApplicationStatus, requests: Sequence[RequestStatus]
) -> None:
    check_release(terms(min_letters=2), status, requests)


@pytest.mark.parametrize(
    ("status", "requests", "refusal"),
    [
        (WITHDRAWN, (RECEIVED, RECEIVED, CANCELLED), Withdrawn),
        (DRAFT, (NAMED, NAMED), NotSubmitted),
        (SELECTED, (RECEIVED, REQUESTED, REQUESTED), LettersMissing),
        (SUBMITTED, (NAMED, NAMED), LettersMissing),
        (SELECTED, (RECEIVED, RECEIVED), NobodyToRelease),
        (SELECTED, (RECEIVED, RECEIVED, DECLINED, CANCELLED), NobodyToRelease),
    ],
)
def test_nobody_is_released_where_letters_are_needed_or_none_is_open(
    status: ApplicationStatus,
    requests: Sequence[RequestStatus],
    refusal: type[LettersError],
) -> None:
    with pytest.raises(refusal):
        check_release(terms(min_letters=2), status, requests)


@given(st.integers(1, 4), st.lists(st.sampled_from(RequestStatus), max_size=6))
def test_a_release_never_takes_a_letter_that_the_program_needs(
    wanted: int, requests: list[RequestStatus]
) -> None:
    received, left = requests.count(RECEIVED), {NAMED, REQUESTED} & set(requests)
    if received >= wanted and left:
        check_release(terms(min_letters=wanted), SELECTED, requests)
    else:
        with pytest.raises(LettersMissing if received < wanted else NobodyToRelease):
            check_release(terms(min_letters=wanted), SELECTED, requests)
