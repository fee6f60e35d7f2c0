"""Before an act is done to many it is foreseen: how many, which mails, and what is refused."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from letters.domain.errors import AlreadyRequested, NotSubmitted, UnknownApplication, Withdrawn
from letters.domain.journal import MessageKind
from letters.records import new_id
from letters.services import bulk_acts, finding
from letters.services.bulk_acts import BulkAct, Estimate, Preview
from tests.services import acts, scenes
from tests.services.scenes import Postbox, deliver_to, nothing_changed, outbox
from tests.support.people import Story

TO_REFEREES = {
    BulkAct.REQUEST: MessageKind.LETTER_REQUEST,
    BulkAct.WITHDRAW: MessageKind.REQUEST_CANCELLED,
}
TO_APPLICANTS = {
    BulkAct.REQUEST: MessageKind.REQUESTS_SENT,
    BulkAct.WITHDRAW: MessageKind.WITHDRAWN,
}


def preview(story: Story, act: BulkAct, ids: Sequence[UUID]) -> Preview:
    with story.house.works.look(scenes.COORDINATOR) as work:
        return bulk_acts.preview(work, act, [finding.application(work, one) for one in ids])


def do(story: Story, act: BulkAct, application_id: UUID) -> None:
    with story.house.works.change(scenes.COORDINATOR) as work:
        bulk_acts.do(work, act, application_id)


def sent(story: Story, kind: MessageKind) -> int:
    return sum(row.sent_to is not None for row in outbox(story.house, kind))


@pytest.fixture
def mixed(story: Story) -> list[UUID]:
    """A draft, one that waits, one that is asked for, one that was withdrawn."""
    draft = story.apply(submit=False)
    waiting = story.apply(scenes.NOOR)
    asked = scenes.requested(story)
    gone = story.apply()
    acts.withdraw(story, gone)
    deliver_to(story.house, Postbox())
    return [draft, waiting, asked, gone]


def test_a_request_is_foreseen(story: Story, mixed: list[UUID]) -> None:
    with nothing_changed(story.house):
        foreseen = preview(story, BulkAct.REQUEST, mixed)
    assert foreseen == Preview(
        1,
        Estimate(to_referees=3, to_applicants=1),
        {NotSubmitted.sentence: 1, AlreadyRequested.sentence: 1, Withdrawn.sentence: 1},
    )


def test_a_withdrawal_is_foreseen(story: Story, mixed: list[UUID]) -> None:
    foreseen = preview(story, BulkAct.WITHDRAW, mixed[1:])
    assert foreseen == Preview(2, Estimate(2, 2), {Withdrawn.sentence: 1})


@pytest.mark.parametrize("act", BulkAct)
def test_what_is_foreseen_is_what_is_mailed(story: Story, mixed: list[UUID], act: BulkAct) -> None:
    _draft, waiting, asked, _gone = mixed
    one = waiting if act is BulkAct.REQUEST else asked
    before = sent(story, TO_REFEREES[act]), sent(story, TO_APPLICANTS[act])
    foreseen = preview(story, act, [one]).mails
    do(story, act, one)
    deliver_to(story.house, Postbox())
    after = sent(story, TO_REFEREES[act]), sent(story, TO_APPLICANTS[act])
    assert foreseen == Estimate(after[0] - before[0], after[1] - before[1])
    assert scenes.breaches(story.house) == []


@pytest.mark.parametrize("act", BulkAct)
def test_done_twice_is_refused_and_changes_nothing(
    story: Story, mixed: list[UUID], act: BulkAct
) -> None:
    do(story, act, mixed[1])
    refusal = AlreadyRequested if act is BulkAct.REQUEST else Withdrawn
    with nothing_changed(story.house), pytest.raises(refusal):
        do(story, act, mixed[1])


@pytest.mark.parametrize("act", BulkAct)
def test_what_is_not_there_is_refused(story: Story, act: BulkAct) -> None:
    with nothing_changed(story.house), pytest.raises(UnknownApplication):
        do(story, act, new_id())
