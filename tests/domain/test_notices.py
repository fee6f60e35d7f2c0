"""What a referee who was alerted can do, in every state that there can be."""

from datetime import datetime
from itertools import product

import pytest

from letters.domain.errors import LettersError, RequestCancelled, RequestedSince, UploadClosed
from letters.domain.notices import (
    ANSWERABLE,
    Notice,
    check_answer,
    notice,
    notice_still_helps,
)
from letters.domain.status import ApplicationStatus, Event, RequestStatus, can
from tests.domain.builders import (
    ANSWERED_AT,
    BLINK,
    CLOSES,
    CONTACT,
    DUE,
    NOW,
    REQUESTED_AT,
    raised,
    terms,
)

OPEN_INSTANTS = (NOW, DUE, DUE + BLINK, CLOSES)
CLOSED_INSTANTS = (CLOSES + BLINK, datetime.max.replace(tzinfo=NOW.tzinfo))
LIVE = tuple(status for status in ApplicationStatus if status is not ApplicationStatus.WITHDRAWN)
NOT_ASKED = (RequestStatus.NAMED, RequestStatus.DECLINED)


def at(
    request: RequestStatus,
    application: ApplicationStatus = ApplicationStatus.SUBMITTED,
    *,
    requested: bool = False,
    welcomed: bool = False,
    now: datetime = NOW,
) -> Notice:
    """Return what is possible for one referee."""
    return notice(
        terms(),
        application,
        request,
        requested_at=REQUESTED_AT if requested else None,
        welcomed_at=ANSWERED_AT if welcomed else None,
        now=now,
    )


@pytest.mark.parametrize("application", LIVE)
@pytest.mark.parametrize("now", OPEN_INSTANTS)
def test_before_the_request_a_referee_answers_and_changes_the_answer(
    application: ApplicationStatus, now: datetime
) -> None:
    named, declined = RequestStatus.NAMED, RequestStatus.DECLINED
    assert at(named, application, now=now) is Notice.OPEN
    assert at(named, application, welcomed=True, now=now) is Notice.WELCOMED
    assert at(declined, application, now=now) is Notice.DECLINED


@pytest.mark.parametrize(("application", "request_"), list(product(LIVE, NOT_ASKED)))
@pytest.mark.parametrize("now", CLOSED_INSTANTS)
@pytest.mark.parametrize("welcomed", [False, True])
def test_after_the_closing_instant_it_is_closed(
    application: ApplicationStatus, request_: RequestStatus, now: datetime, welcomed: bool
) -> None:
    assert at(request_, application, welcomed=welcomed, now=now) is Notice.CLOSED


@pytest.mark.parametrize(
    "request_", [RequestStatus.REQUESTED, RequestStatus.RECEIVED, RequestStatus.DECLINED]
)
@pytest.mark.parametrize("now", [*OPEN_INSTANTS, *CLOSED_INSTANTS])
def test_once_the_letter_was_requested_it_stays_so_whatever_came_of_it(
    request_: RequestStatus, now: datetime
) -> None:
    for application, welcomed in product(LIVE, [False, True]):
        found = at(request_, application, requested=True, welcomed=welcomed, now=now)
        assert found is Notice.REQUESTED


@pytest.mark.parametrize("request_", RequestStatus)
@pytest.mark.parametrize("now", [NOW, CLOSES + BLINK])
@pytest.mark.parametrize("requested", [False, True])
def test_what_was_withdrawn_or_cancelled_is_over(
    request_: RequestStatus, now: datetime, requested: bool
) -> None:
    gone = at(request_, ApplicationStatus.WITHDRAWN, requested=requested, now=now)
    assert gone is Notice.CANCELLED
    for application in ApplicationStatus:
        found = at(RequestStatus.CANCELLED, application, requested=requested, now=now)
        assert found is Notice.CANCELLED


REFUSED: dict[Notice, type[LettersError] | None] = {
    Notice.OPEN: None,
    Notice.WELCOMED: None,
    Notice.DECLINED: None,
    Notice.REQUESTED: RequestedSince,
    Notice.CANCELLED: RequestCancelled,
    Notice.CLOSED: UploadClosed,
}


@pytest.mark.parametrize("found", Notice)
def test_an_answer_is_taken_or_refused_with_what_it_is(found: Notice) -> None:
    assert raised(lambda: check_answer(found, terms())) is REFUSED[found]
    assert (found in ANSWERABLE) is (REFUSED[found] is None)


def test_what_comes_too_late_names_whom_to_write_to() -> None:
    with pytest.raises(UploadClosed) as refused:
        check_answer(Notice.CLOSED, terms())
    assert refused.value.values == {"contact": CONTACT}


@pytest.mark.parametrize("found", Notice)
def test_a_notice_is_mailed_while_the_referee_has_not_said_no_and_may_yet_be_asked(
    found: Notice,
) -> None:
    assert notice_still_helps(found) is (found in {Notice.OPEN, Notice.WELCOMED})


def test_what_the_notice_allows_the_table_of_moves_can_do() -> None:
    for status in NOT_ASKED:
        assert at(status) in ANSWERABLE
    assert can(RequestStatus.NAMED, Event.DECLINE)
    assert can(RequestStatus.DECLINED, Event.RECONSIDER)
    assert can(RequestStatus.NAMED, Event.REQUEST)
