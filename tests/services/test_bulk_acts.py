"""Before an act is done to many it is foreseen: how many, which mails, and what is refused."""

from datetime import date, timedelta

import pytest

from letters.domain.bulk import BulkAct, Estimate, Order, Refusal
from letters.domain.errors import (
    AlreadyRequested,
    DueLaterAlready,
    ExtensionNotPossible,
    LettersError,
    LettersMissing,
    NobodyAwaited,
    NobodyToRelease,
    NotAllowed,
    NotSubmitted,
    ProgramClosed,
    RemindedEnough,
    Withdrawn,
)
from letters.records import Program
from letters.services import finding
from letters.services.bulk_acts import Preview
from tests.services import acts, bulk, scenes
from tests.services.bulk import DAY, ORDERS, Mixed
from tests.services.scenes import BLINK, CLOSES, nothing_changed
from tests.support.clock import TestClock
from tests.support.people import DUE, START, SYSTEM, Story

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Acts are foreseen on loaded rows; they are done on both databases in test_bulk_running."""

CONTACT = "internships@alpine.example.org"
WITHDRAWN, DRAFT = Withdrawn(), NotSubmitted()
MISSING = LettersMissing(received=0, min_letters=2)


@pytest.fixture
def mixed(story: Story, clock: TestClock) -> Mixed:
    return bulk.mixed(story, clock)


def told(*errors: LettersError) -> dict[Refusal, int]:
    """Count what is refused, by what is said."""
    refusals = [Refusal.of(error) for error in errors]
    return {one: refusals.count(one) for one in refusals}


FORESEEN = {
    BulkAct.REQUEST: Preview(
        1, Estimate(3, 1), told(DRAFT, AlreadyRequested(), AlreadyRequested(), WITHDRAWN)
    ),
    BulkAct.REMIND: Preview(2, Estimate(3), told(DRAFT, NobodyAwaited(), WITHDRAWN)),
    BulkAct.EXTEND: Preview(2, Estimate(3), told(DRAFT, NobodyAwaited(), WITHDRAWN)),
    BulkAct.RELEASE: Preview(1, Estimate(1), told(DRAFT, MISSING, MISSING, WITHDRAWN)),
    BulkAct.WITHDRAW: Preview(4, Estimate(3, 4), told(WITHDRAWN)),
}


@pytest.mark.parametrize("act", BulkAct)
def test_an_act_is_foreseen(story: Story, mixed: Mixed, act: BulkAct) -> None:
    with nothing_changed(story.house):
        foreseen = bulk.preview(story, ORDERS[act], mixed.all)
    assert foreseen == FORESEEN[act]
    assert foreseen.looked_at == 5


@pytest.mark.parametrize("act", BulkAct)
def test_what_is_foreseen_is_what_is_mailed(story: Story, mixed: Mixed, act: BulkAct) -> None:
    before = bulk.mails_of(story, act)
    foreseen = bulk.preview(story, ORDERS[act], mixed.all)
    refused = []
    for one in mixed.all:
        try:
            bulk.do(story, ORDERS[act], one)
        except NotAllowed as error:
            refused.append(error)
    after = bulk.mails_of(story, act)
    assert foreseen.refused == told(*refused)
    assert foreseen.applications == len(mixed.all) - len(refused)
    assert foreseen.mails == Estimate(after[0] - before[0], after[1] - before[1])
    assert scenes.breaches(story.house) == []


AGAIN = {
    BulkAct.REQUEST: AlreadyRequested,
    BulkAct.REMIND: RemindedEnough,
    BulkAct.EXTEND: DueLaterAlready,
    BulkAct.RELEASE: NobodyToRelease,
    BulkAct.WITHDRAW: Withdrawn,
}


@pytest.mark.parametrize("act", BulkAct)
def test_done_twice_is_refused_and_changes_nothing(
    story: Story, mixed: Mixed, act: BulkAct
) -> None:
    one = mixed.waiting if act is BulkAct.REQUEST else mixed.enough
    bulk.do(story, ORDERS[act], one)
    with nothing_changed(story.house), pytest.raises(AGAIN[act]):
        bulk.do(story, ORDERS[act], one)


def test_previews_of_pages_add_up(story: Story, mixed: Mixed) -> None:
    order = ORDERS[BulkAct.RELEASE]
    pages = [bulk.preview(story, order, [one]) for one in mixed.all]
    assert sum(pages, Preview()) == bulk.preview(story, order, mixed.all)


# --- each act by itself -----------------------------------------------------------------------


def test_of_the_referees_only_those_are_reminded_who_may_be(
    story: Story, mixed: Mixed, clock: TestClock
) -> None:
    acts.nudge(story, mixed.asked, 2)
    assert bulk.preview(story, ORDERS[BulkAct.REMIND], [mixed.asked]).mails == Estimate(1)
    bulk.do(story, ORDERS[BulkAct.REMIND], mixed.asked)
    first, second = story.application(mixed.asked).requests
    assert (first.reminded_at, first.nudged_at) == (clock.now(), None)
    assert (first.reminders, second.reminders) == (1, 1)
    scenes.change_request(story, mixed.asked, 1, bounced_at=START)
    scenes.change_request(story, mixed.asked, 2, bounced_at=START)
    assert bulk.preview(story, ORDERS[BulkAct.REMIND], [mixed.asked]).refused == told(
        NobodyAwaited()
    )


def test_nobody_loses_time_by_a_new_date(story: Story, mixed: Mixed) -> None:
    later = DUE + timedelta(days=30)
    acts.extend(story, mixed.asked, later, 2)
    assert bulk.preview(story, ORDERS[BulkAct.EXTEND], [mixed.asked]).mails == Estimate(1)
    bulk.do(story, ORDERS[BulkAct.EXTEND], mixed.asked)
    first, second = story.application(mixed.asked).requests
    # The same hour in Zurich, where the clocks are as they were at the due date.
    assert (first.extended_due_at, second.extended_due_at) == (DUE + timedelta(days=14), later)


def test_a_day_is_later_than_now_and_within_a_year(story: Story, mixed: Mixed) -> None:
    for day in (None, date(2029, 1, 1)):
        refused = bulk.preview(story, Order(BulkAct.EXTEND, day), [mixed.asked]).refused
        assert refused == told(ExtensionNotPossible())
    same_day = Order(BulkAct.EXTEND, date(2027, 4, 1))
    assert bulk.preview(story, same_day, [mixed.asked]).refused == told(DueLaterAlready())


def test_once_its_time_is_over_more_can_be_given(
    story: Story, mixed: Mixed, clock: TestClock
) -> None:
    clock.set(CLOSES + BLINK)
    assert bulk.preview(story, ORDERS[BulkAct.REMIND], [mixed.asked]).refused == told(
        ProgramClosed(contact=CONTACT)
    )
    bulk.do(story, ORDERS[BulkAct.EXTEND], mixed.asked)
    assert bulk.preview(story, ORDERS[BulkAct.REMIND], [mixed.asked]).mails == Estimate(2)


@pytest.mark.parametrize("act", [BulkAct.REQUEST, BulkAct.REMIND, BulkAct.EXTEND])
def test_a_program_that_was_closed_by_hand_asks_for_nothing(
    story: Story, mixed: Mixed, act: BulkAct
) -> None:
    with story.house.works.change(SYSTEM) as work:
        program: Program = finding.program_by_slug(work, story.slug)
        program.closed_at = work.now
    one = mixed.waiting if act is BulkAct.REQUEST else mixed.asked
    with nothing_changed(story.house):
        refused = bulk.preview(story, Order(act, DAY), [one]).refused
    assert refused == told(ProgramClosed(contact=CONTACT))
