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
    news,
)
from letters.domain.journal import Fact
from letters.domain.policy import RequestPolicy
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

AUTOMATIC, SELECTED_ONLY = RequestPolicy.AUTOMATIC, RequestPolicy.SELECTED
SUBMITTED, SELECTED = ApplicationStatus.SUBMITTED, ApplicationStatus.SELECTED
WITHDRAWN = ApplicationStatus.WITHDRAWN
DAY = timedelta(days=1)
DECLINES = (Fact.NOTICE_DECLINED, Fact.REQUEST_DECLINED)


def sections(policy: RequestPolicy, *changes: Change) -> list[Section]:
    """Return the sections that these entries fill."""
    return [found.section for found in news(policy, changes, [])]


# --- which section ----------------------------------------------------------------------------


@pytest.mark.parametrize("policy", RequestPolicy)
def test_no_entries_make_no_digest(policy: RequestPolicy) -> None:
    assert news(policy, [], []) == ()


@pytest.mark.parametrize(("policy", "status"), list(product(RequestPolicy, ApplicationStatus)))
def test_a_submission_is_waiting_until_it_is_selected_and_only_where_the_policy_wants_that(
    policy: RequestPolicy, status: ApplicationStatus
) -> None:
    waiting = policy is SELECTED_ONLY and status is SUBMITTED
    change = application_change(Fact.APPLICATION_SUBMITTED, status)
    assert sections(policy, change) == ([Section.WAITING] if waiting else [])


@pytest.mark.parametrize("policy", RequestPolicy)
@pytest.mark.parametrize("request_status", RequestStatus)
def test_a_letter_that_came_in_is_told_of_unless_it_was_returned_since(
    policy: RequestPolicy, request_status: RequestStatus
) -> None:
    told = [Section.LETTERS_IN] if request_status is RequestStatus.RECEIVED else []
    assert sections(policy, request_change(Fact.LETTER_RECEIVED, request_status)) == told


@pytest.mark.parametrize("fact", DECLINES)
@pytest.mark.parametrize("policy", RequestPolicy)
@pytest.mark.parametrize("request_status", RequestStatus)
def test_a_decline_is_told_of_early_or_late_unless_it_was_taken_back_since(
    fact: Fact, policy: RequestPolicy, request_status: RequestStatus
) -> None:
    told = [Section.DECLINED] if request_status is RequestStatus.DECLINED else []
    assert sections(policy, request_change(fact, request_status)) == told


def test_a_referee_who_declined_early_and_again_later_stands_there_once() -> None:
    changes = [
        request_change(fact, RequestStatus.DECLINED, at=NOW + days * DAY)
        for days, fact in enumerate(DECLINES)
    ]
    (found,) = news(SELECTED_ONLY, changes, [])
    assert (found.total, found.lines[0].at) == (1, NOW + DAY)


@pytest.mark.parametrize("policy", RequestPolicy)
@pytest.mark.parametrize("complete", [True, False])
def test_an_application_that_became_complete_is_told_of_if_it_still_is(
    policy: RequestPolicy, complete: bool
) -> None:
    change = application_change(Fact.APPLICATION_COMPLETED, SELECTED, complete=complete)
    assert sections(policy, change) == ([Section.COMPLETE] if complete else [])


@pytest.mark.parametrize("policy", RequestPolicy)
@pytest.mark.parametrize("status", ApplicationStatus)
@pytest.mark.parametrize("request_status", RequestStatus)
def test_a_mail_that_was_given_up_is_told_of_whatever_happened_since(
    policy: RequestPolicy, status: ApplicationStatus, request_status: RequestStatus
) -> None:
    of_request = request_change(Fact.MAIL_GIVEN_UP, request_status, status)
    of_application = application_change(Fact.MAIL_GIVEN_UP, status)
    assert sections(policy, of_request) == [Section.MAIL_GIVEN_UP]
    assert sections(policy, of_application) == [Section.MAIL_GIVEN_UP]


@pytest.mark.parametrize("policy", RequestPolicy)
@pytest.mark.parametrize(
    "change",
    [
        application_change(Fact.APPLICATION_SUBMITTED, WITHDRAWN),
        application_change(Fact.APPLICATION_COMPLETED, WITHDRAWN, complete=True),
        request_change(Fact.LETTER_RECEIVED, RequestStatus.RECEIVED, WITHDRAWN),
        request_change(Fact.NOTICE_DECLINED, RequestStatus.DECLINED, WITHDRAWN),
        request_change(Fact.REQUEST_DECLINED, RequestStatus.DECLINED, WITHDRAWN),
    ],
    ids=lambda change: str(change.fact),
)
def test_a_withdrawn_application_is_no_news(policy: RequestPolicy, change: Change) -> None:
    assert news(policy, [change], []) == ()


@pytest.mark.parametrize("fact", sorted(set(Fact) - NEWSWORTHY))
def test_all_other_facts_are_no_news(fact: Fact) -> None:
    for policy, status, request in product(RequestPolicy, ApplicationStatus, RequestStatus):
        assert sections(policy, request_change(fact, request, status)) == []
        assert sections(policy, application_change(fact, status, complete=True)) == []


@pytest.mark.parametrize(
    ("fact", "change"),
    [
        (Fact.APPLICATION_SUBMITTED, application_change(Fact.APPLICATION_SUBMITTED)),
        (
            Fact.APPLICATION_COMPLETED,
            application_change(Fact.APPLICATION_COMPLETED, complete=True),
        ),
        (Fact.LETTER_RECEIVED, request_change(Fact.LETTER_RECEIVED, RequestStatus.RECEIVED)),
        (Fact.NOTICE_DECLINED, request_change(Fact.NOTICE_DECLINED, RequestStatus.DECLINED)),
        (Fact.REQUEST_DECLINED, request_change(Fact.REQUEST_DECLINED, RequestStatus.DECLINED)),
        (Fact.MAIL_GIVEN_UP, application_change(Fact.MAIL_GIVEN_UP)),
    ],
)
def test_every_newsworthy_fact_can_be_told_of(fact: Fact, change: Change) -> None:
    assert fact in NEWSWORTHY
    assert len(sections(SELECTED_ONLY, change)) == 1


def test_the_newsworthy_facts_are_those_six() -> None:
    assert {
        Fact.APPLICATION_SUBMITTED,
        Fact.APPLICATION_COMPLETED,
        Fact.LETTER_RECEIVED,
        Fact.NOTICE_DECLINED,
        Fact.REQUEST_DECLINED,
        Fact.MAIL_GIVEN_UP,
    } == NEWSWORTHY


# --- which lines ------------------------------------------------------------------------------


def test_a_line_says_who_and_when() -> None:
    submitted = application_change(Fact.APPLICATION_SUBMITTED)
    declined = request_change(Fact.REQUEST_DECLINED, RequestStatus.DECLINED)
    assert news(SELECTED_ONLY, [submitted, declined], [late(7)]) == (
        SectionLines(Section.WAITING, 1, (Line(APPLICATION, f"{MINA} 1", None, NOW),)),
        SectionLines(Section.OVERDUE, 1, (Line(UUID(int=7), MINA, f"{INES} 7", DUE),)),
        SectionLines(Section.DECLINED, 1, (Line(APPLICATION, f"{MINA} 1", f"{INES} 1", NOW),)),
    )


def test_the_most_urgent_section_comes_first() -> None:
    changes = [
        request_change(Fact.LETTER_RECEIVED, RequestStatus.RECEIVED),
        application_change(Fact.APPLICATION_COMPLETED, SELECTED, complete=True, number=2),
        request_change(Fact.REQUEST_DECLINED, RequestStatus.DECLINED, number=3),
        application_change(Fact.APPLICATION_SUBMITTED, number=4),
        request_change(Fact.MAIL_GIVEN_UP, RequestStatus.REQUESTED, number=5),
    ]
    assert [found.section for found in news(SELECTED_ONLY, changes, [late()])] == [
        Section.MAIL_GIVEN_UP,
        Section.WAITING,
        Section.OVERDUE,
        Section.DECLINED,
        Section.COMPLETE,
        Section.LETTERS_IN,
    ]


def test_lines_stand_in_the_order_in_which_things_happened() -> None:
    changes = [
        request_change(Fact.LETTER_RECEIVED, RequestStatus.RECEIVED, number=n, at=NOW + n * DAY)
        for n in range(1, 4)
    ]
    (found,) = news(AUTOMATIC, changes, [])
    assert [line.at for line in found.lines] == [NOW + n * DAY for n in range(1, 4)]


def test_what_happened_twice_to_a_request_is_one_line_with_the_newest_entry_in_its_place() -> None:
    def declined(number: int, days: int) -> Change:
        return request_change(
            Fact.REQUEST_DECLINED, RequestStatus.DECLINED, number=number, at=NOW + days * DAY
        )

    (found,) = news(AUTOMATIC, [declined(1, 0), declined(2, 1), declined(1, 2)], [])
    assert found.total == 2
    assert [(line.referee_name, line.at) for line in found.lines] == [
        (f"{INES} 2", NOW + DAY),
        (f"{INES} 1", NOW + 2 * DAY),
    ]


def test_two_requests_of_one_application_are_two_lines() -> None:
    changes = [
        request_change(Fact.LETTER_RECEIVED, RequestStatus.RECEIVED, number=n) for n in (1, 2)
    ]
    (found,) = news(AUTOMATIC, changes, [])
    assert [line.referee_name for line in found.lines] == [f"{INES} 1", f"{INES} 2"]


def test_one_application_may_stand_in_several_sections() -> None:
    changes = [
        request_change(Fact.LETTER_RECEIVED, RequestStatus.RECEIVED),
        application_change(Fact.APPLICATION_COMPLETED, SELECTED, complete=True),
        request_change(Fact.MAIL_GIVEN_UP, RequestStatus.RECEIVED),
        application_change(Fact.MAIL_GIVEN_UP, SELECTED),
    ]
    assert [(found.section, found.total) for found in news(AUTOMATIC, changes, [])] == [
        (Section.MAIL_GIVEN_UP, 2),
        (Section.COMPLETE, 1),
        (Section.LETTERS_IN, 1),
    ]


@pytest.mark.parametrize("policy", RequestPolicy)
def test_late_letters_stand_soonest_due_first_and_then_by_applicant(policy: RequestPolicy) -> None:
    found = news(
        policy,
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
    (found,) = news(SELECTED_ONLY, waiting, [])
    assert found.total == count
    assert [line.applicant_name for line in found.lines] == [
        f"{MINA} {n}" for n in range(1, shown + 1)
    ]
    (overdue,) = news(SELECTED_ONLY, [], [late(n) for n in range(1, count + 1)])
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


@given(st.sampled_from(RequestPolicy), CHANGES, st.lists(st.integers(1, 9).map(late), max_size=15))
def test_whatever_happened_no_section_is_empty_and_none_stands_twice(
    policy: RequestPolicy, changes: list[Change], overdue: list[Late]
) -> None:
    found = news(policy, changes, overdue)
    order = list(Section)
    places = [order.index(each.section) for each in found]
    assert places == sorted(set(places))
    assert [len(each.lines) for each in found] == [min(each.total, 10) for each in found]
    assert 0 not in [each.total for each in found]
    assert (Section.OVERDUE in [each.section for each in found]) is (overdue != [])
