"""A draft writes to nobody without end: whoever was alerted counts, and so does each correction."""

from dataclasses import replace

import pytest

from letters.domain.acts import MOST_CORRECTIONS, ROWS_PER_LETTER
from letters.domain.drafts import TypedReferee
from letters.domain.errors import TooManyChanges
from letters.domain.journal import MessageKind
from tests.services import acts
from tests.services.desks import SIGNED, Desk
from tests.services.scenes import breaches, nothing_changed, outbox
from tests.support.clock import TestClock
from tests.support.people import A_DAY, INTERNSHIP, Story


@pytest.fixture
def alerted(story: Story, clock: TestClock) -> Desk:
    desk = Desk(story, acts.begin_draft(story))
    desk.review(SIGNED)
    desk.alert()
    clock.advance(A_DAY)
    return desk


def test_referees_who_were_alerted_are_exchanged_so_often_and_no_more(alerted: Desk) -> None:
    most = ROWS_PER_LETTER * (INTERNSHIP.max_letters or 0)
    bram = alerted.typed.referees[1]
    for number in range(most - 2):
        alerted.regroup(somebody(number), alerted.typed.referees[1])
        alerted.alert()
    assert len(outbox(alerted.story.house, MessageKind.ADVANCE_NOTICE)) == most
    with nothing_changed(alerted.story.house), pytest.raises(TooManyChanges):
        alerted.regroup(somebody(most), bram)
    assert breaches(alerted.story.house) == []
    assert alerted.submit()


def test_who_was_never_alerted_is_exchanged_freely(story: Story) -> None:
    desk = Desk(story, acts.begin_draft(story))
    desk.review(SIGNED)
    for number in range(20):
        desk.regroup(somebody(number), desk.typed.referees[1])
    assert desk.names == ["Somebody 19", "Dr. Bram de Wit"]


def test_an_alerted_referee_is_readdressed_so_often_and_no_more(
    alerted: Desk, clock: TestClock
) -> None:
    def move(number: int) -> None:
        ada, bram = alerted.typed.referees
        alerted.regroup(replace(ada, email=f"ada{number}@example.edu"), bram)

    for number in range(MOST_CORRECTIONS):
        move(number)
        alerted.alert()
        clock.advance(A_DAY)
    with nothing_changed(alerted.story.house), pytest.raises(TooManyChanges):
        move(MOST_CORRECTIONS)
    assert len(outbox(alerted.story.house, MessageKind.ADVANCE_NOTICE)) == 2 + MOST_CORRECTIONS


def somebody(number: int) -> TypedReferee:
    return TypedReferee(name=f"Somebody {number}", email=f"somebody{number}@example.net")
