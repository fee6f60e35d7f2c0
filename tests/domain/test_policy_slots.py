"""What a referee can do behind the upload link, in every state that there can be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import product

import pytest

from letters.domain.errors import (
    AnswerTooLate,
    DeclineNotPossible,
    ExtensionNotPossible,
    LettersError,
    MoreTimeNotPossible,
    NotRequestedYet,
    ProgramClosed,
    RequestCancelled,
    RequestDeclined,
    UploadClosed,
)
from letters.domain.policy import RequestPolicy, Terms
from letters.domain.slots import (
    LONGEST_EXTENSION,
    TAKES_A_LETTER,
    Slot,
    check_awaited,
    check_decline,
    check_extension,
    check_more_time,
    check_take_back,
    check_upload,
    confirmation_still_helps,
    more_time_still_matters,
    request_mail_still_helps,
    slot,
)
from letters.domain.status import ApplicationStatus, Event, RequestStatus, can
from tests.domain.builders import BLINK, CLOSES, CONTACT, DUE, GRACE, NOW, raised, terms

DRAFT = ApplicationStatus.DRAFT
SUBMITTED = ApplicationStatus.SUBMITTED
SELECTED = ApplicationStatus.SELECTED
WITHDRAWN = ApplicationStatus.WITHDRAWN

NAMED = RequestStatus.NAMED
REQUESTED = RequestStatus.REQUESTED
RECEIVED = RequestStatus.RECEIVED
DECLINED = RequestStatus.DECLINED
CANCELLED = RequestStatus.CANCELLED

OPEN_INSTANTS = (NOW, DUE - BLINK, DUE, DUE + BLINK, CLOSES - BLINK, CLOSES)
CLOSED_INSTANTS = (CLOSES + BLINK, datetime.max.replace(tzinfo=NOW.tzinfo))

SLOTS: dict[tuple[RequestStatus, ApplicationStatus], tuple[Slot, Slot]] = {
    # (request, application): (until the closing instant, after it)
    (NAMED, DRAFT): (Slot.NOT_REQUESTED, Slot.NOT_REQUESTED),
    (NAMED, SUBMITTED): (Slot.NOT_REQUESTED, Slot.NOT_REQUESTED),
    (NAMED, SELECTED): (Slot.NOT_REQUESTED, Slot.NOT_REQUESTED),
    (NAMED, WITHDRAWN): (Slot.CANCELLED, Slot.CANCELLED),
    (REQUESTED, DRAFT): (Slot.OPEN, Slot.CLOSED),
    (REQUESTED, SUBMITTED): (Slot.OPEN, Slot.CLOSED),
    (REQUESTED, SELECTED): (Slot.OPEN, Slot.CLOSED),
    (REQUESTED, WITHDRAWN): (Slot.CANCELLED, Slot.CANCELLED),
    (RECEIVED, DRAFT): (Slot.RECEIVED, Slot.RECEIVED_FINAL),
    (RECEIVED, SUBMITTED): (Slot.RECEIVED, Slot.RECEIVED_FINAL),
    (RECEIVED, SELECTED): (Slot.RECEIVED, Slot.RECEIVED_FINAL),
    (RECEIVED, WITHDRAWN): (Slot.RECEIVED_FINAL, Slot.RECEIVED_FINAL),
    (DECLINED, DRAFT): (Slot.DECLINED, Slot.DECLINED_FINAL),
    (DECLINED, SUBMITTED): (Slot.DECLINED, Slot.DECLINED_FINAL),
    (DECLINED, SELECTED): (Slot.DECLINED, Slot.DECLINED_FINAL),
    (DECLINED, WITHDRAWN): (Slot.CANCELLED, Slot.CANCELLED),
    (CANCELLED, DRAFT): (Slot.CANCELLED, Slot.CANCELLED),
    (CANCELLED, SUBMITTED): (Slot.CANCELLED, Slot.CANCELLED),
    (CANCELLED, SELECTED): (Slot.CANCELLED, Slot.CANCELLED),
    (CANCELLED, WITHDRAWN): (Slot.CANCELLED, Slot.CANCELLED),
}


@pytest.mark.parametrize("policy", RequestPolicy)
@pytest.mark.parametrize(("status", "application"), list(product(RequestStatus, ApplicationStatus)))
def test_the_slot_follows_from_both_statuses_and_the_closing_instant(
    policy: RequestPolicy, status: RequestStatus, application: ApplicationStatus
) -> None:
    while_open, once_closed = SLOTS[status, application]
    assert [slot(terms(policy), application, status, now) for now in OPEN_INSTANTS] == [
        while_open for _ in OPEN_INSTANTS
    ]
    assert [slot(terms(policy), application, status, now) for now in CLOSED_INSTANTS] == [
        once_closed for _ in CLOSED_INSTANTS
    ]


def test_there_is_no_slot_that_nothing_leads_to() -> None:
    assert {found for pair in SLOTS.values() for found in pair} == set(Slot)


def test_extending_the_due_date_of_a_request_opens_its_slot_again() -> None:
    late = CLOSES + BLINK
    assert slot(terms(), SELECTED, REQUESTED, late) is Slot.CLOSED
    assert slot(terms().for_request(DUE + BLINK), SELECTED, REQUESTED, late) is Slot.OPEN


# --- what each slot allows --------------------------------------------------------------------

Refusal = type[LettersError] | None

ALLOWED: dict[Slot, tuple[Refusal, Refusal, Refusal]] = {
    # slot: (sending a letter, declining, taking a decline back)
    Slot.NOT_REQUESTED: (NotRequestedYet, NotRequestedYet, NotRequestedYet),
    Slot.OPEN: (None, None, DeclineNotPossible),
    Slot.RECEIVED: (None, DeclineNotPossible, DeclineNotPossible),
    Slot.RECEIVED_FINAL: (UploadClosed, DeclineNotPossible, DeclineNotPossible),
    Slot.DECLINED: (RequestDeclined, DeclineNotPossible, None),
    Slot.DECLINED_FINAL: (UploadClosed, DeclineNotPossible, AnswerTooLate),
    Slot.CANCELLED: (RequestCancelled, RequestCancelled, RequestCancelled),
    Slot.CLOSED: (UploadClosed, AnswerTooLate, AnswerTooLate),
}


@pytest.mark.parametrize("at", Slot)
def test_a_letter_is_taken_while_the_slot_is_open_or_to_replace_one(at: Slot) -> None:
    assert raised(lambda: check_upload(at, terms())) is ALLOWED[at][0]


@pytest.mark.parametrize("at", Slot)
def test_a_referee_declines_only_what_is_open(at: Slot) -> None:
    assert raised(lambda: check_decline(at, terms())) is ALLOWED[at][1]


@pytest.mark.parametrize("at", Slot)
def test_a_referee_takes_back_only_a_decline_and_only_in_time(at: Slot) -> None:
    assert raised(lambda: check_take_back(at, terms())) is ALLOWED[at][2]


def test_the_slots_that_take_a_letter_are_those_where_sending_one_is_not_refused() -> None:
    taking = {at for at in Slot if raised(partial(check_upload, at, terms())) is None}
    assert taking == TAKES_A_LETTER == {Slot.OPEN, Slot.RECEIVED}


@pytest.mark.parametrize(
    ("check", "at"),
    [
        (check_upload, Slot.CLOSED),
        (check_upload, Slot.RECEIVED_FINAL),
        (check_upload, Slot.DECLINED_FINAL),
        (check_decline, Slot.CLOSED),
        (check_take_back, Slot.CLOSED),
        (check_take_back, Slot.DECLINED_FINAL),
    ],
)
def test_what_comes_too_late_names_whom_to_write_to(
    check: Callable[[Slot, Terms], None], at: Slot
) -> None:
    with pytest.raises(UploadClosed) as refused:
        check(at, terms())
    assert refused.value.values == {"contact": CONTACT}


@pytest.mark.parametrize(("status", "application"), list(product(RequestStatus, ApplicationStatus)))
@pytest.mark.parametrize("now", [NOW, CLOSES + BLINK])
def test_what_the_slot_allows_the_table_of_moves_can_do(
    status: RequestStatus, application: ApplicationStatus, now: datetime
) -> None:
    at = slot(terms(), application, status, now)
    if raised(lambda: check_upload(at, terms())) is None:
        assert can(status, Event.REPLACE if at is Slot.RECEIVED else Event.RECEIVE) is True
    if raised(lambda: check_decline(at, terms())) is None:
        assert can(status, Event.DECLINE) is True
    if raised(lambda: check_take_back(at, terms())) is None:
        assert can(status, Event.TAKE_BACK) is True


# --- more time --------------------------------------------------------------------------------

NO_MORE_TIME: dict[Slot, Refusal] = {
    Slot.NOT_REQUESTED: NotRequestedYet,
    Slot.OPEN: None,
    Slot.RECEIVED: MoreTimeNotPossible,
    Slot.RECEIVED_FINAL: MoreTimeNotPossible,
    Slot.DECLINED: MoreTimeNotPossible,
    Slot.DECLINED_FINAL: MoreTimeNotPossible,
    Slot.CANCELLED: RequestCancelled,
    Slot.CLOSED: None,
}


@pytest.mark.parametrize("at", Slot)
def test_more_time_is_for_a_letter_that_is_awaited_also_when_it_is_late(at: Slot) -> None:
    assert raised(lambda: check_awaited(at)) is NO_MORE_TIME[at]
    assert raised(lambda: check_more_time(at, terms())) is NO_MORE_TIME[at]
    extension = raised(lambda: check_extension(at, terms(), DUE + GRACE, NOW))
    assert extension is NO_MORE_TIME[at]
    assert more_time_still_matters(at) is (NO_MORE_TIME[at] is None)


@pytest.mark.parametrize("at", Slot)
def test_no_date_lets_a_letter_into_a_program_that_was_closed_by_hand(at: Slot) -> None:
    closed = replace(terms(), closed_by_hand=True)
    expected = NO_MORE_TIME[at] or ProgramClosed
    assert raised(lambda: check_more_time(at, closed)) is expected
    assert raised(lambda: check_extension(at, closed, DUE + GRACE, NOW)) is expected
    assert raised(lambda: check_awaited(at)) is NO_MORE_TIME[at]


@pytest.mark.parametrize("due_at", [NOW - GRACE, NOW, NOW + GRACE])
@pytest.mark.parametrize("at", [Slot.OPEN, Slot.CLOSED])
def test_the_new_date_lies_after_the_old_one_and_after_now_and_within_a_year(
    at: Slot, due_at: datetime
) -> None:
    own, latest = terms(due_at=due_at), max(due_at, NOW)
    allowed = {
        latest - BLINK: False,
        latest: False,
        latest + BLINK: True,
        NOW + LONGEST_EXTENSION: True,
        NOW + LONGEST_EXTENSION + BLINK: False,
    }
    for until, possible in allowed.items():
        refused = raised(partial(check_extension, at, own, until, NOW))
        assert refused is (None if possible else ExtensionNotPossible)


# --- a mail that was promised and not sent yet ------------------------------------------------


@pytest.mark.parametrize("at", Slot)
def test_a_letter_request_is_dropped_once_it_was_answered_or_is_over(at: Slot) -> None:
    assert request_mail_still_helps(at, asked_for_link=False) is (at is Slot.OPEN)


@pytest.mark.parametrize("at", Slot)
def test_who_asked_for_the_link_again_gets_it_as_long_as_a_letter_is_taken(at: Slot) -> None:
    assert request_mail_still_helps(at, asked_for_link=True) is (at in {Slot.OPEN, Slot.RECEIVED})


@pytest.mark.parametrize("at", Slot)
def test_a_question_about_a_letter_is_dropped_once_it_is_answered_or_changes_nothing(
    at: Slot,
) -> None:
    for current, confirmed in product([True, False], repeat=2):
        helps = at is Slot.RECEIVED and current and not confirmed
        assert confirmation_still_helps(at, current=current, confirmed=confirmed) is helps
