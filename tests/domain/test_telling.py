"""What an applicant is told by mail: which mails, how many of them, and what of the time left."""

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.journal import OWED, MessageKind
from letters.domain.policy import Terms
from letters.domain.progress import RequestFacts
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.domain.telling import (
    BETWEEN_NEWS,
    FACT_OF,
    NEWS,
    TOLD_WITHIN,
    MailChoice,
    TimeLeft,
    Word,
    held_until,
    is_new,
    is_wanted,
    may_have_word,
    word_due,
)
from tests.domain.builders import BLINK, CLOSES, DUE, NOW, request, terms

# --- which mails ------------------------------------------------------------------------------

NOT_WANTED = {
    MailChoice.EACH: set(),
    MailChoice.COMPLETE: {MessageKind.LETTER_ARRIVED},
    MailChoice.PROBLEMS: {
        MessageKind.LETTER_ARRIVED,
        MessageKind.REQUESTS_SENT,
        MessageKind.ALL_IN,
    },
}


@pytest.mark.parametrize("choice", MailChoice)
def test_an_applicant_gets_the_mails_they_chose_and_all_problems(choice: MailChoice) -> None:
    unwanted = {kind for kind in MessageKind if not is_wanted(kind, choice)}
    assert unwanted == NOT_WANTED[choice]


@pytest.mark.parametrize("kind", MessageKind)
def test_news_come_an_hour_apart_and_what_was_asked_for_at_once(kind: MessageKind) -> None:
    waits = kind in NEWS and kind is not MessageKind.REQUESTS_SENT
    assert held_until(kind, None, NOW) is None
    assert held_until(kind, NOW - BETWEEN_NEWS, NOW) is None
    until = held_until(kind, NOW - BETWEEN_NEWS + BLINK, NOW)
    assert until == (NOW + BLINK if waits else None)


@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=20))
def test_however_they_fall_due_news_are_never_closer_than_an_hour(minutes: list[int]) -> None:
    sent: list[datetime] = []
    for due_at in sorted(NOW + timedelta(minutes=minute) for minute in minutes):
        until = due_at
        while later := held_until(MessageKind.ALL_IN, sent[-1] if sent else None, until):
            until = later
        sent.append(max([until, *sent[-1:]]))
    gaps = [later - earlier for earlier, later in pairwise(sent)]
    assert min(gaps) >= BETWEEN_NEWS


# --- the time that is left --------------------------------------------------------------------

WEEK, DAY = timedelta(days=7), timedelta(days=1)
OPEN = request(RequestStatus.REQUESTED)
IN = request(RequestStatus.RECEIVED)
DECLINED = request(RequestStatus.DECLINED)
NAMED = request(RequestStatus.NAMED)
OF_WEEK, OF_DAY = Word(TimeLeft.WEEK, DUE), Word(TimeLeft.DAY, DUE)
OF_END = Word(TimeLeft.CLOSED, DUE)


def asked(at: datetime, own: Terms | None = None) -> RequestFacts:
    """Return a request that was made at `at`."""
    return RequestFacts(
        id=UUID(int=1),
        referee_name="Prof. Ines Halvorsen",
        status=RequestStatus.REQUESTED,
        terms=own or terms(),
        named_at=at,
        requested_at=at,
    )


def word(
    now: datetime,
    *requests: RequestFacts,
    status: ApplicationStatus = ApplicationStatus.SELECTED,
) -> Word | None:
    return word_due(terms(), status, requests or (OPEN, IN), now)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (DUE - WEEK - BLINK, None),
        (DUE - WEEK, OF_WEEK),
        (DUE - DAY - BLINK, OF_WEEK),
        (DUE - DAY, OF_DAY),
        (DUE - BLINK, OF_DAY),
        (DUE, None),
        (CLOSES, None),
        (CLOSES + BLINK, OF_END),
        (CLOSES + TOLD_WITHIN, OF_END),
        (CLOSES + TOLD_WITHIN + BLINK, None),
    ],
)
def test_a_word_has_its_time(now: datetime, expected: Word | None) -> None:
    assert word(now) == expected
    assert word(now, OPEN, OPEN) == expected


@pytest.mark.parametrize("now", [DUE - WEEK, DUE - DAY, CLOSES + BLINK])
def test_nothing_is_said_where_nothing_is_missing_or_was_asked_for(now: datetime) -> None:
    assert word(now, IN, IN) is None
    assert word(now, IN, IN, OPEN) is None
    assert word(now, NAMED, NAMED) is None
    assert word(now, OPEN, IN, status=ApplicationStatus.WITHDRAWN) is None


def test_the_due_date_is_no_news_where_nobody_is_awaited_and_the_end_is() -> None:
    assert word(DUE - DAY, IN, DECLINED) is None
    assert word(CLOSES + BLINK, IN, DECLINED) == OF_END


@pytest.mark.parametrize(("before", "expected"), [(WEEK, OF_WEEK), (DAY, OF_DAY)])
def test_who_was_asked_later_than_that_is_not_counted_down(
    before: timedelta, expected: Word
) -> None:
    begins = DUE - before
    assert word(begins, asked(begins), IN) is None
    assert word(begins, asked(begins - BLINK), IN) == expected
    assert word(begins, asked(begins), asked(begins - BLINK)) == expected


def test_a_letter_with_a_later_date_of_its_own_moves_the_end_only() -> None:
    later = terms(due_at=DUE + WEEK)
    own = request(RequestStatus.REQUESTED, own=later)
    assert word(DUE - DAY, own, IN) is None
    assert word(DUE - DAY, own, OPEN) == OF_DAY
    assert word(CLOSES + BLINK, own, OPEN) is None
    assert word(CLOSES + WEEK + BLINK, own, OPEN) == Word(TimeLeft.CLOSED, DUE + WEEK)


@given(st.timedeltas(timedelta(days=-20), timedelta(days=20)))
def test_a_program_is_in_sight_whenever_there_is_a_word_about_its_dates(offset: timedelta) -> None:
    now = DUE + offset
    if word(now) is not None:
        assert may_have_word(terms(), now)


def test_each_stage_is_told_once_and_never_an_earlier_one_after_it() -> None:
    new = {
        told: [w.stage for w in (OF_WEEK, OF_DAY, OF_END) if is_new(w, told, told and DUE)]
        for told in (None, *TimeLeft)
    }
    assert new == {
        None: [TimeLeft.WEEK, TimeLeft.DAY, TimeLeft.CLOSED],
        TimeLeft.WEEK: [TimeLeft.DAY, TimeLeft.CLOSED],
        TimeLeft.DAY: [TimeLeft.CLOSED],
        TimeLeft.CLOSED: [],
    }


def test_when_the_date_has_moved_it_begins_anew() -> None:
    assert is_new(OF_WEEK, TimeLeft.CLOSED, DUE - BLINK)


def test_every_stage_is_written_down_as_a_fact_that_owes_a_mail() -> None:
    assert set(FACT_OF) == set(TimeLeft)
    assert {kind for fact in FACT_OF.values() for kind in OWED[fact]} == {
        MessageKind.TIME_LEFT,
        MessageKind.CLOSED_INCOMPLETE,
    }
