"""What an applicant may do about each referee, in every state."""

from dataclasses import replace
from datetime import datetime
from itertools import product

import pytest

from letters.domain.acts import (
    MOST_CORRECTIONS,
    ROWS_PER_LETTER,
    Act,
    check_add,
    check_correct,
    check_replace,
)
from letters.domain.applicant_view import ApplicantView, applicant_view
from letters.domain.errors import (
    CorrectionNotPossible,
    EnoughReferees,
    LettersError,
    ProgramClosed,
    ReplacementNotPossible,
    StillADraft,
    TooManyChanges,
    Withdrawn,
)
from letters.domain.progress import RequestFacts
from letters.domain.referee_line import MomentKind, Next, NoticeState, RefereeLine, Trouble
from letters.domain.status import ApplicationStatus, RequestStatus
from tests.domain.builders import (
    ANSWERED_AT,
    BLINK,
    CLOSES,
    DUE,
    NOW,
    raised,
    request,
    terms,
)

DRAFT, SUBMITTED, SELECTED, WITHDRAWN = ApplicationStatus
NAMED, REQUESTED, RECEIVED, DECLINED, CANCELLED = RequestStatus
LATE, CLOSED = DUE + BLINK, CLOSES + BLINK
NO_ROOM = ROWS_PER_LETTER * terms().max_letters


def _one(
    facts: RequestFacts, status: ApplicationStatus = SELECTED, now: datetime = NOW
) -> RefereeLine:
    return applicant_view(terms(), status, [facts], now).referees[0]


def _view(*facts: RequestFacts, now: datetime = NOW) -> ApplicantView:
    return applicant_view(terms(), SELECTED, facts, now)


# --- the rules --------------------------------------------------------------------------------


def test_an_address_is_corrected_while_something_goes_there() -> None:
    for status, application in product(RequestStatus, ApplicationStatus):
        refusal: type[LettersError] | None = CorrectionNotPossible
        if application is WITHDRAWN:
            refusal = Withdrawn
        elif status in {NAMED, REQUESTED}:
            refusal = None
        assert _refuses_correcting(application, status) is refusal
    assert _refuses_correcting(SELECTED, NAMED, now=CLOSED) is ProgramClosed


def test_there_is_an_end_to_correcting() -> None:
    assert _refuses_correcting(SELECTED, REQUESTED, corrected=MOST_CORRECTIONS) is TooManyChanges
    assert _refuses_correcting(SELECTED, RECEIVED, corrected=9) is CorrectionNotPossible


def _refuses_correcting(
    application: ApplicationStatus,
    status: RequestStatus,
    *,
    corrected: int = MOST_CORRECTIONS - 1,
    now: datetime = CLOSES,
) -> type[LettersError] | None:
    return raised(lambda: check_correct(terms(), application, status, corrected=corrected, now=now))


@pytest.mark.parametrize("replaced", [False, True])
def test_a_referee_is_replaced_unless_the_letter_is_in(replaced: bool) -> None:
    for status, application in product(RequestStatus, ApplicationStatus):
        possible = status in {NAMED, REQUESTED, DECLINED} and not replaced
        refusal = None if possible else ReplacementNotPossible
        expected = Withdrawn if application is WITHDRAWN else refusal
        assert _refuses_replacing(application, status, replaced=replaced) is expected
    assert _refuses_replacing(SELECTED, RECEIVED, now=CLOSED) is ReplacementNotPossible
    assert _refuses_replacing(SELECTED, DECLINED, now=CLOSED) is ProgramClosed


def _refuses_replacing(
    application: ApplicationStatus,
    status: RequestStatus,
    *,
    replaced: bool = False,
    rows: int = NO_ROOM - 1,
    now: datetime = CLOSES,
) -> type[LettersError] | None:
    return raised(
        lambda: check_replace(terms(), application, status, replaced=replaced, rows=rows, now=now)
    )


def test_one_more_is_named_up_to_the_maximum_once_it_is_submitted() -> None:
    most = terms().max_letters
    table = {
        (SUBMITTED, most - 1, most, NOW): None,
        (SELECTED, most - 1, NO_ROOM - 1, CLOSES): None,
        (SELECTED, most, most, NOW): EnoughReferees,
        (SELECTED, 1, NO_ROOM, NOW): TooManyChanges,
        (SELECTED, 1, 1, CLOSED): ProgramClosed,
        (DRAFT, 1, 1, NOW): StillADraft,
        (WITHDRAWN, 1, 1, NOW): Withdrawn,
    }
    for (application, active, rows, now), refusal in table.items():
        found = raised(lambda: check_add(terms(), application, active, rows, now))  # noqa: B023 -- called at once
        assert found is refusal
    check_add(terms(), DRAFT, most - 1, most, NOW, drafts=True)
    with pytest.raises(EnoughReferees):
        check_add(terms(), DRAFT, most, most, NOW, drafts=True)


def test_there_is_an_end_to_replacing() -> None:
    assert _refuses_replacing(SELECTED, DECLINED, rows=NO_ROOM) is TooManyChanges
    with pytest.raises(TooManyChanges, match=terms().contact):
        check_replace(terms(), SELECTED, DECLINED, replaced=False, rows=NO_ROOM, now=NOW)


# --- what the status view offers --------------------------------------------------------------

OFFERED: dict[RequestStatus, tuple[Act, ...]] = {
    NAMED: (Act.CORRECT, Act.REPLACE),
    REQUESTED: tuple(Act),
    RECEIVED: (),
    DECLINED: (Act.REPLACE,),
    CANCELLED: (),
}


@pytest.mark.parametrize("status", RequestStatus)
def test_each_referee_comes_with_what_can_be_done(status: RequestStatus) -> None:
    facts = request(status)
    assert _one(facts).acts == OFFERED[status]
    assert _one(facts, now=CLOSED).acts == ()
    assert _one(facts, WITHDRAWN).acts == ()
    in_form = applicant_view(terms(), DRAFT, [facts], NOW, in_form=True)
    assert (in_form.referees[0].acts, in_form.may_add) == ((), False)


def test_a_nudge_is_offered_when_it_is_possible_and_promised_before() -> None:
    lately = replace(request(REQUESTED), reminded_at=NOW, reminders=1)
    assert Act.NUDGE not in _one(lately).acts
    assert _one(lately).next_nudge is not None
    used_up = replace(request(REQUESTED), reminders=5)
    assert (Act.NUDGE in _one(used_up).acts, _one(used_up).next_nudge) == (False, None)


def test_nobody_is_reminded_at_an_address_that_does_not_work() -> None:
    bounced = replace(request(REQUESTED), bounced_at=ANSWERED_AT)
    assert _one(bounced).acts == (Act.CORRECT, Act.REPLACE)
    assert _one(bounced).next_nudge is None


def test_nobody_is_reminded_who_wants_no_reminders() -> None:
    unwanted = replace(request(REQUESTED), takes_reminders=False)
    assert (Act.NUDGE in _one(unwanted).acts, _one(unwanted).next_nudge) == (False, None)


def test_problems_come_the_worst_first_each_referee_once() -> None:
    late = request(REQUESTED, name="late")
    bounced = replace(request(REQUESTED, name="bounced"), bounced_at=ANSWERED_AT)
    declined = request(DECLINED, name="declined")
    found = _view(late, bounced, request(RECEIVED), declined, now=LATE).problems
    assert [(line.name, line.trouble) for line in found] == [
        ("declined", Trouble.DECLINED),
        ("bounced", Trouble.BOUNCED),
        ("late", Trouble.LATE),
    ]


def test_what_bounced_is_no_problem_once_nothing_goes_there() -> None:
    for status in (RECEIVED, CANCELLED):
        facts = replace(request(status), bounced_at=ANSWERED_AT)
        assert _one(facts).trouble is None
    assert _one(replace(request(REQUESTED), bounced_at=ANSWERED_AT), now=CLOSED).trouble is None


@pytest.mark.parametrize("status", [DECLINED, CANCELLED])
def test_who_was_replaced_is_no_problem_and_counts_for_nothing(status: RequestStatus) -> None:
    replaced = replace(request(status, noticed=True), replaced_at=ANSWERED_AT)
    view = _view(replaced, request(REQUESTED), request(NAMED))
    line = view.referees[0]
    assert (line.next, line.trouble, line.acts) == (Next.NO_LONGER_NEEDED, None, ())
    assert [moment.kind for moment in line.moments][-1] is MomentKind.REPLACED
    assert MomentKind.CANCELLED not in [moment.kind for moment in line.moments]
    assert (view.replaced, len(view.current), view.problems) == ((line,), 2, ())
    assert (view.alerted, view.progress.declined, view.progress.short) == (0, 0, False)


NOTICES = {
    NoticeState.SENT: request(NAMED, noticed=True),
    NoticeState.CAN_WRITE: replace(request(NAMED, noticed=True), welcomed_at=ANSWERED_AT),
    NoticeState.CANNOT: replace(request(DECLINED, noticed=True), requested_at=None),
    NoticeState.BOUNCED: replace(request(NAMED, noticed=True), bounced_at=ANSWERED_AT),
}


@pytest.mark.parametrize("state", NoticeState)
def test_what_became_of_an_advance_notice_is_told(state: NoticeState) -> None:
    assert _one(NOTICES[state]).notice is state


def test_a_notice_says_nothing_once_the_letter_was_asked_for() -> None:
    for facts in (request(NAMED), request(REQUESTED, noticed=True), request(RECEIVED)):
        assert _one(facts).notice is None
