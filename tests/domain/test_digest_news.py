"""What is new for a coordinator: which sections, which lines, in which order."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.digest import (
    LINES_SHOWN,
    NEWSWORTHY,
    Change,
    Late,
    Line,
    Section,
    SectionLines,
    needs_raised,
    news,
)
from letters.domain.journal import Fact
from letters.domain.needs import Need
from letters.domain.status import ApplicationStatus, RequestStatus
from tests.domain.builders import DUE, NOW
from tests.domain.changes import (
    APPLICATION,
    INES,
    MINA,
    application_change,
    late,
    request_change,
)

SELECTED = ApplicationStatus.SELECTED
WITHDRAWN = ApplicationStatus.WITHDRAWN
DAY = timedelta(days=1)
DECLINES = (Fact.NOTICE_DECLINED, Fact.REQUEST_DECLINED)


def sections(*changes: Change) -> list[Section]:
    """Return the sections that these entries fill."""
    return [found.section for found in news(changes, [])]


# --- which section ----------------------------------------------------------------------------


def test_no_entries_make_no_digest() -> None:
    assert news([], []) == ()


@pytest.mark.parametrize("status", ApplicationStatus)
def test_a_submission_is_told_of_unless_it_was_withdrawn_since(status: ApplicationStatus) -> None:
    told = [] if status is WITHDRAWN else [Section.SUBMITTED]
    assert sections(application_change(Fact.APPLICATION_SUBMITTED, status)) == told


@pytest.mark.parametrize("request_status", RequestStatus)
def test_a_letter_that_came_in_is_told_of_unless_it_was_returned_since(
    request_status: RequestStatus,
) -> None:
    told = [Section.LETTERS_IN] if request_status is RequestStatus.RECEIVED else []
    assert sections(request_change(Fact.LETTER_RECEIVED, request_status)) == told


@pytest.mark.parametrize("fact", DECLINES)
@pytest.mark.parametrize("request_status", RequestStatus)
def test_a_decline_is_told_of_early_or_late_unless_it_was_taken_back_since(
    fact: Fact, request_status: RequestStatus
) -> None:
    told = [Section.DECLINED] if request_status is RequestStatus.DECLINED else []
    assert sections(request_change(fact, request_status)) == told


def test_of_a_referee_who_declined_and_was_replaced_only_that_is_told() -> None:
    changes = [
        replace(request_change(fact, RequestStatus.DECLINED), replaced=True)
        for fact in (Fact.REQUEST_DECLINED, Fact.REFEREE_REPLACED)
    ]
    assert sections(*changes) == [Section.REPLACED]


def test_a_referee_who_declined_early_and_again_later_stands_there_once() -> None:
    changes = [
        request_change(fact, RequestStatus.DECLINED, at=NOW + days * DAY)
        for days, fact in enumerate(DECLINES)
    ]
    (found,) = news(changes, [])
    assert (found.total, found.lines[0].at) == (1, NOW + DAY)


@pytest.mark.parametrize("complete", [True, False])
def test_an_application_that_became_complete_is_told_of_if_it_still_is(complete: bool) -> None:
    change = application_change(Fact.APPLICATION_COMPLETED, SELECTED, complete=complete)
    assert sections(change) == ([Section.COMPLETE] if complete else [])


@pytest.mark.parametrize("fact", sorted(NEWSWORTHY))
def test_of_a_withdrawn_application_only_that_is_told(fact: Fact) -> None:
    told = [Section.WITHDRAWN] if fact is Fact.APPLICATION_WITHDRAWN else []
    for request in RequestStatus:
        assert sections(request_change(fact, request, WITHDRAWN)) == told
    assert sections(application_change(fact, WITHDRAWN, complete=True)) == told


@pytest.mark.parametrize("fact", sorted(set(Fact) - NEWSWORTHY))
def test_all_other_facts_are_no_news(fact: Fact) -> None:
    for status, request in product(ApplicationStatus, RequestStatus):
        assert sections(request_change(fact, request, status)) == []
        assert sections(application_change(fact, status, complete=True)) == []


def test_what_somebody_has_to_look_at_raises_a_need() -> None:
    assert {fact: needs_raised([application_change(fact)]) for fact in Fact} == {
        fact: frozenset() for fact in Fact
    } | {
        Fact.APPLICATION_SUBMITTED: {Need.WAITING},
        Fact.MORE_TIME_ASKED: {Need.MORE_TIME},
        Fact.ADDRESS_BOUNCED: {Need.BOUNCED},
        Fact.LETTER_MARKED: {Need.MARKED},
        Fact.SIGNAL_FOUND: {Need.SIGNALS},
        Fact.MAIL_GIVEN_UP: {Need.GIVEN_UP},
    }


# --- which lines ------------------------------------------------------------------------------


def test_a_line_says_who_and_when() -> None:
    submitted = application_change(Fact.APPLICATION_SUBMITTED)
    declined = request_change(Fact.REQUEST_DECLINED, RequestStatus.DECLINED)
    assert news([submitted, declined], [late(7)]) == (
        SectionLines(Section.OVERDUE, 1, (Line(UUID(int=7), MINA, f"{INES} 7", DUE),)),
        SectionLines(Section.DECLINED, 1, (Line(APPLICATION, f"{MINA} 1", f"{INES} 1", NOW),)),
        SectionLines(Section.SUBMITTED, 1, (Line(APPLICATION, f"{MINA} 1", None, NOW),)),
    )


def test_the_most_urgent_section_comes_first() -> None:
    changes = [
        request_change(Fact.LETTER_RECEIVED, RequestStatus.RECEIVED),
        application_change(Fact.APPLICATION_COMPLETED, SELECTED, complete=True, number=2),
        request_change(Fact.REQUEST_DECLINED, RequestStatus.DECLINED, number=3),
        application_change(Fact.APPLICATION_SUBMITTED, number=4),
        request_change(Fact.REFEREE_REPLACED, RequestStatus.CANCELLED, number=5),
        application_change(Fact.APPLICATION_WITHDRAWN, WITHDRAWN, number=6),
    ]
    assert [found.section for found in news(changes, [late()])] == [
        Section.OVERDUE,
        Section.DECLINED,
        Section.REPLACED,
        Section.SUBMITTED,
        Section.COMPLETE,
        Section.LETTERS_IN,
        Section.WITHDRAWN,
    ]


def test_lines_stand_in_the_order_in_which_things_happened() -> None:
    changes = [
        request_change(Fact.LETTER_RECEIVED, RequestStatus.RECEIVED, number=n, at=NOW + n * DAY)
        for n in range(1, 4)
    ]
    (found,) = news(changes, [])
    assert [line.at for line in found.lines] == [NOW + n * DAY for n in range(1, 4)]


def test_what_happened_twice_to_a_request_is_one_line_with_the_newest_entry_in_its_place() -> None:
    def declined(number: int, days: int) -> Change:
        return request_change(
            Fact.REQUEST_DECLINED, RequestStatus.DECLINED, number=number, at=NOW + days * DAY
        )

    (found,) = news([declined(1, 0), declined(2, 1), declined(1, 2)], [])
    assert found.total == 2
    assert [(line.referee_name, line.at) for line in found.lines] == [
        (f"{INES} 2", NOW + DAY),
        (f"{INES} 1", NOW + 2 * DAY),
    ]


def test_two_requests_of_one_application_are_two_lines() -> None:
    changes = [
        request_change(Fact.LETTER_RECEIVED, RequestStatus.RECEIVED, number=n) for n in (1, 2)
    ]
    (found,) = news(changes, [])
    assert [line.referee_name for line in found.lines] == [f"{INES} 1", f"{INES} 2"]


def test_one_application_may_stand_in_several_sections() -> None:
    changes = [
        request_change(Fact.LETTER_RECEIVED, RequestStatus.RECEIVED),
        application_change(Fact.APPLICATION_COMPLETED, SELECTED, complete=True),
        application_change(Fact.APPLICATION_SUBMITTED, SELECTED),
    ]
    assert [(found.section, found.total) for found in news(changes, [])] == [
        (Section.SUBMITTED, 1),
        (Section.COMPLETE, 1),
        (Section.LETTERS_IN, 1),
    ]


def test_late_letters_stand_soonest_due_first_and_then_by_applicant() -> None:
    found = news(
        [],
        [
            late(1, DUE + DAY, "Ada"),
            late(2, DUE, "Zoe"),
            late(3, DUE, "Ben"),
            late(4, DUE - DAY, "Max"),
        ],
    )
    assert [(line.applicant_name, line.at) for line in found[0].lines] == [
        ("Max", DUE - DAY),
        ("Ben", DUE),
        ("Zoe", DUE),
        ("Ada", DUE + DAY),
    ]


# --- cut at ten -------------------------------------------------------------------------------


def test_a_digest_shows_ten_lines_of_a_section() -> None:
    assert LINES_SHOWN == 10


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (9, 9), (10, 10), (11, 10), (300, 10)])
def test_a_long_section_shows_its_first_lines_and_says_how_many_there_are(
    count: int, shown: int
) -> None:
    waiting = [
        application_change(Fact.APPLICATION_SUBMITTED, number=n) for n in range(1, count + 1)
    ]
    (found,) = news(waiting, [])
    assert found.total == count
    assert [line.applicant_name for line in found.lines] == [
        f"{MINA} {n}" for n in range(1, shown + 1)
    ]
    (overdue,) = news([], [late(n) for n in range(1, count + 1)])
    assert (overdue.total, len(overdue.lines)) == (count, shown)


CHANGES = st.lists(
    st.builds(
        lambda fact, status, request, complete, number: replace(
            request_change(fact, request, status, number=number), complete=complete
        ),
        st.sampled_from(Fact),
        st.sampled_from(ApplicationStatus),
        st.sampled_from(RequestStatus),
        st.booleans(),
        st.integers(1, 15),
    ),
    max_size=40,
)


@given(CHANGES, st.lists(st.integers(1, 9).map(late), max_size=15))
def test_whatever_happened_no_section_is_empty_and_none_stands_twice(
    changes: list[Change], overdue: list[Late]
) -> None:
    found = news(changes, overdue)
    order = list(Section)
    places = [order.index(each.section) for each in found]
    assert places == sorted(set(places))
    assert [len(each.lines) for each in found] == [min(each.total, 10) for each in found]
    assert 0 not in [each.total for each in found]
    assert (Section.OVERDUE in [each.section for each in found]) is (overdue != [])
