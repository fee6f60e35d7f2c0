"""Statuses and moves: what the table says, and where a sequence of events can lead."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.errors import MoveNotAllowed
from letters.domain.status import (
    MOVES,
    ApplicationStatus,
    Event,
    RequestStatus,
    S,
    Status,
    advance,
    can,
)

APPLICATION_MOVES = {
    ApplicationStatus.DRAFT: {
        Event.SUBMIT: ApplicationStatus.SUBMITTED,
        Event.WITHDRAW: ApplicationStatus.WITHDRAWN,
    },
    ApplicationStatus.SUBMITTED: {
        Event.SELECT: ApplicationStatus.SELECTED,
        Event.WITHDRAW: ApplicationStatus.WITHDRAWN,
    },
    ApplicationStatus.SELECTED: {
        Event.WITHDRAW: ApplicationStatus.WITHDRAWN,
    },
    ApplicationStatus.WITHDRAWN: {},
}

REQUEST_MOVES = {
    RequestStatus.NAMED: {
        Event.REQUEST: RequestStatus.REQUESTED,
        Event.DECLINE: RequestStatus.DECLINED,
        Event.CANCEL: RequestStatus.CANCELLED,
    },
    RequestStatus.REQUESTED: {
        Event.RECEIVE: RequestStatus.RECEIVED,
        Event.DECLINE: RequestStatus.DECLINED,
        Event.CANCEL: RequestStatus.CANCELLED,
        Event.KEEP: RequestStatus.RECEIVED,
    },
    RequestStatus.RECEIVED: {
        Event.REPLACE: RequestStatus.RECEIVED,
        Event.RETURN: RequestStatus.REQUESTED,
    },
    RequestStatus.DECLINED: {
        Event.REQUEST: RequestStatus.REQUESTED,
        Event.TAKE_BACK: RequestStatus.REQUESTED,
        Event.RECONSIDER: RequestStatus.NAMED,
    },
    RequestStatus.CANCELLED: {
        Event.RESUME: RequestStatus.REQUESTED,
        Event.REINSTATE: RequestStatus.NAMED,
    },
}


def moved(status: S, event: Event) -> S | None:
    """Return the status after `event`, None where the move is refused."""
    try:
        return advance(status, event)
    except MoveNotAllowed:
        return None


# --- the whole product ------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "event"), list(product(ApplicationStatus, Event)))
def test_an_application_moves_as_the_table_says_and_not_otherwise(
    status: ApplicationStatus, event: Event
) -> None:
    expected = APPLICATION_MOVES[status].get(event)
    assert moved(status, event) is expected
    assert can(status, event) is (expected is not None)


@pytest.mark.parametrize(("status", "event"), list(product(RequestStatus, Event)))
def test_a_request_moves_as_the_table_says_and_not_otherwise(
    status: RequestStatus, event: Event
) -> None:
    expected = REQUEST_MOVES[status].get(event)
    assert moved(status, event) is expected
    assert can(status, event) is (expected is not None)


def test_the_table_has_no_move_beyond_those_expected() -> None:
    expected: dict[tuple[Status, Event], Status] = {}
    for application, moves in APPLICATION_MOVES.items():
        expected.update(((application, event), after) for event, after in moves.items())
    for request, steps in REQUEST_MOVES.items():
        expected.update(((request, event), after) for event, after in steps.items())
    assert dict(MOVES) == expected


def test_the_table_cannot_be_written_to() -> None:
    with pytest.raises(TypeError, match="does not support item assignment"):
        MOVES[(RequestStatus.NAMED, Event.RECEIVE)] = RequestStatus.RECEIVED  # type: ignore[index] # the point of the test


def test_applications_and_requests_share_no_word_so_that_one_table_holds_both() -> None:
    words = [status.value for status in (*ApplicationStatus, *RequestStatus)]
    assert sorted(set(words)) == sorted(words)


def test_a_refused_move_says_what_was_tried_and_where() -> None:
    with pytest.raises(MoveNotAllowed) as refused:
        advance(RequestStatus.NAMED, Event.RECEIVE)
    assert refused.value.values == {"event": "receive", "status": "named"}
    assert str(refused.value) == "“receive” is not possible while the status is “named”."


def test_only_withdrawn_is_the_end_of_the_road() -> None:
    dead_ends = [
        status
        for status in (*ApplicationStatus, *RequestStatus)
        if not any(can(status, event) for event in Event)
    ]
    assert dead_ends == [ApplicationStatus.WITHDRAWN]


def test_every_event_moves_something() -> None:
    assert {event for _, event in MOVES} == set(Event)


def test_every_status_but_that_of_a_draft_is_reached_by_some_move() -> None:
    first = {ApplicationStatus.DRAFT}
    assert set(MOVES.values()) == {*ApplicationStatus, *RequestStatus} - first


# --- sequences of events ----------------------------------------------------------------------

SEQUENCES = st.lists(st.sampled_from(Event), max_size=30)


def walk(status: S, events: list[Event]) -> list[tuple[S, Event, S]]:
    """Let the events happen one after the other, those refused being passed over."""
    steps = []
    for event in events:
        after = moved(status, event)
        if after is not None:
            steps.append((status, event, after))
            status = after
    return steps


@given(SEQUENCES)
def test_no_letter_is_received_that_was_not_requested(events: list[Event]) -> None:
    steps = walk(RequestStatus.NAMED, events)
    before_received = {before for before, _, after in steps if after is RequestStatus.RECEIVED}
    assert before_received <= {RequestStatus.REQUESTED, RequestStatus.RECEIVED}
    reached = [after for _, _, after in steps]
    if RequestStatus.RECEIVED in reached:
        assert RequestStatus.REQUESTED in reached[: reached.index(RequestStatus.RECEIVED)]


@given(SEQUENCES)
def test_a_request_once_asked_for_is_never_merely_named_again(events: list[Event]) -> None:
    """But for who reconsiders an early decline, or whose end is taken back.

    Rules above the table see to it that those had not been asked.
    """
    steps = walk(RequestStatus.NAMED, events)
    back = {(before, event) for before, event, after in steps if after is RequestStatus.NAMED}
    assert back <= {
        (RequestStatus.DECLINED, Event.RECONSIDER),
        (RequestStatus.CANCELLED, Event.REINSTATE),
    }


@given(SEQUENCES)
def test_an_application_is_only_selected_after_it_was_submitted(events: list[Event]) -> None:
    reached = [after for _, _, after in walk(ApplicationStatus.DRAFT, events)]
    if ApplicationStatus.SELECTED in reached:
        assert reached[: reached.index(ApplicationStatus.SELECTED)] == [ApplicationStatus.SUBMITTED]


@given(SEQUENCES)
def test_an_application_only_moves_forward(events: list[Event]) -> None:
    order = list(ApplicationStatus)
    for before, _, after in walk(ApplicationStatus.DRAFT, events):
        assert order.index(before) < order.index(after)


@given(SEQUENCES)
def test_nothing_happens_after_the_end_of_the_road(afterwards: list[Event]) -> None:
    assert walk(ApplicationStatus.WITHDRAWN, afterwards) == []


@given(SEQUENCES)
def test_whatever_happens_a_status_stays_of_its_kind(events: list[Event]) -> None:
    for _, _, application in walk(ApplicationStatus.DRAFT, events):
        assert type(application) is ApplicationStatus
    for _, _, request in walk(RequestStatus.NAMED, events):
        assert type(request) is RequestStatus
