"""Coordinators are told once of everything that is new, whatever dies in between."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from threading import Thread
from uuid import UUID

import pytest

from letters.house import House
from letters.ports import Message
from letters.records import new_id
from letters.services import applying
from letters.services.claiming import LEASE
from letters.services.digest_changes import Window, details_of, windows_in
from letters.services.digesting import horizon
from tests.services import scenes
from tests.services.digests import (
    AN_HOUR,
    SEVEN_IN_ZURICH,
    digests,
    newest,
    plan,
    reached,
    told,
    window_of,
)
from tests.services.failing import BUSY, REFUSED, Died
from tests.services.scenes import NOOR, Postbox, nothing_changed
from tests.support.clock import TestClock
from tests.support.people import (
    A_DAY,
    MIRA,
    START,
    SYSTEM,
    Story,
)

# --- when -------------------------------------------------------------------------------------


def test_a_digest_comes_at_its_hour_once_a_day(story: Story, cora: UUID, clock: TestClock) -> None:
    story.apply()
    planned = []
    for hour in range(48):
        clock.set(START + hour * AN_HOUR)
        if hour == 30:
            story.apply(NOOR)
        planned.append(plan(story))
        scenes.mail_all(story.house)
    assert [START + hour * AN_HOUR for hour, count in enumerate(planned) if count] == [
        SEVEN_IN_ZURICH + A_DAY,
        SEVEN_IN_ZURICH + 2 * A_DAY,
    ]
    assert [row.coordinator_id for row in digests(story.house)] == [cora, cora]


def test_at_once_the_hour_does_not_matter(story: Story, cora: UUID) -> None:
    story.apply()
    assert plan(story) == 0
    assert plan(story, at_once=True) == 1
    assert digests(story.house)[0].coordinator_id == cora


def test_each_coordinator_has_an_hour_and_a_zone_of_their_own(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    fellowship = scenes.automatic(story.house)
    chicago = fellowship.add_coordinator("chris@example.org", "Chris")
    scenes.send_letter(fellowship, fellowship.apply(NOOR))
    story.apply()
    clock.set(SEVEN_IN_ZURICH + 7 * AN_HOUR)
    assert (plan(story), digests(story.house)[-1].coordinator_id) == (1, chicago)
    clock.set(SEVEN_IN_ZURICH + A_DAY)
    assert (plan(story), digests(story.house)[-1].coordinator_id) == (1, cora)


def test_without_coordinators_nothing_is_planned(story: Story) -> None:
    story.apply()
    with nothing_changed(story.house):
        assert plan(story, at_once=True) == 0


def test_with_nothing_new_nothing_is_mailed_and_the_window_is_closed(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    story.apply(submit=False)
    clock.advance(A_DAY)
    assert plan(story) == 0
    assert digests(story.house) == []
    assert reached(story, cora) == (newest(story), START + A_DAY)


def test_of_two_planners_at_once_one_plans(story: Story, cora: UUID) -> None:
    story.apply()
    counts = scenes.at_once(*[partial(plan, story, at_once=True)] * 3)
    assert sorted(count for count in counts if isinstance(count, int)) == [0, 0, 1]
    assert [row.coordinator_id for row in digests(story.house)] == [cora]


# --- what is told once and not twice ----------------------------------------------------------


def test_the_window_moves_when_the_digest_is_handed_over(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    before = reached(story, cora)
    story.apply()
    until = newest(story)
    clock.advance(A_DAY)
    plan(story)
    assert reached(story, cora) == before

    scenes.mail_all(story.house)
    assert reached(story, cora) == (until, START + A_DAY)


def test_a_digest_that_is_still_on_its_way_is_waited_for(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    story.apply()
    clock.advance(A_DAY)
    plan(story)
    scenes.deliver_to(story.house, Postbox([None, BUSY]))
    clock.advance(A_DAY)
    story.apply(NOOR)
    assert plan(story) == 0

    scenes.mail_all(story.house)
    clock.advance(A_DAY)
    assert plan(story) == 1
    assert told(story.house) == {"submitted": [("Noor Haddad", None)]}
    assert {row.coordinator_id for row in digests(story.house)} == {cora}


def test_nothing_is_told_twice(story: Story, cora: UUID, clock: TestClock) -> None:
    story.apply()
    clock.advance(A_DAY)
    plan(story)
    scenes.mail_all(story.house)
    for _ in range(3):
        clock.advance(A_DAY)
        assert plan(story) == 0
    assert len(digests(story.house)) == 1
    assert reached(story, cora) == (newest(story), START + 4 * A_DAY)


def test_after_a_week_without_a_worker_one_digest_tells_everything(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    for day in range(7):
        clock.set(START + day * A_DAY)
        story.apply(replace(MIRA, applicant_name=f"Mira {day}"))
    clock.advance(A_DAY)
    assert plan(story) == 1
    assert told(story.house) == {"submitted": [(f"Mira {day}", None) for day in range(7)]}
    scenes.mail_all(story.house)
    assert (plan(story, at_once=True), len(digests(story.house))) == (0, 1)
    assert reached(story, cora) == (newest(story), START + 7 * A_DAY)


def test_what_happens_between_planning_and_handing_over_is_told_next_time(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    story.apply()
    clock.advance(A_DAY)
    plan(story)
    story.apply(NOOR)
    assert told(story.house) == {"submitted": [("Mira Lindqvist", None)]}
    scenes.mail_all(story.house)
    clock.advance(A_DAY)
    plan(story)
    assert told(story.house) == {"submitted": [("Noor Haddad", None)]}
    assert [row.coordinator_id for row in digests(story.house)] == [cora, cora]


def test_a_worker_that_dies_after_sending_closes_no_window_and_the_copy_has_the_same_name(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    story.apply()
    scenes.mail_all(story.house)
    before = reached(story, cora)
    clock.advance(A_DAY)
    plan(story)
    box = Postbox()
    with pytest.raises(Died):
        scenes.deliver_to(story.house, Postbox([Died()], while_sending=box.messages.append))
    assert reached(story, cora) == before
    assert plan(story, at_once=True) == 0

    clock.advance(LEASE)
    scenes.deliver_to(story.house, box)
    assert len({message.message_id for message in box.messages}) == 1
    assert len(box.messages) == 2
    assert reached(story, cora) == (newest(story), START + A_DAY)


def test_a_late_worker_moves_no_window_back(story: Story, cora: UUID, clock: TestClock) -> None:
    story.apply()
    scenes.mail_all(story.house)
    clock.advance(A_DAY)
    plan(story)

    def overtake(_: Message) -> None:
        clock.advance(LEASE)
        scenes.mail_all(story.house)
        story.apply(NOOR)
        clock.advance(A_DAY)
        plan(story)
        scenes.mail_all(story.house)

    scenes.deliver_to(story.house, Postbox(while_sending=overtake))
    assert reached(story, cora) == (newest(story), START + 2 * A_DAY + LEASE)
    assert [row.status for row in digests(story.house)] == ["sent", "sent"]


# --- a digest that is given up ----------------------------------------------------------------


def test_what_a_given_up_digest_told_is_told_by_the_next(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    story.apply()
    scenes.mail_all(story.house)
    before = reached(story, cora)
    clock.advance(A_DAY)
    plan(story)
    scenes.deliver_to(story.house, Postbox([REFUSED]))
    assert reached(story, cora) == before

    clock.advance(A_DAY)
    story.apply(NOOR)
    assert plan(story) == 1
    assert told(story.house) == {"submitted": [("Mira Lindqvist", None), ("Noor Haddad", None)]}
    first, second = (window_of(row) for row in digests(story.house))
    assert (second.since_seq, second.since_at) == (first.since_seq, first.since_at)


def test_a_given_up_digest_is_not_tried_again_before_the_next_day(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    story.apply()
    clock.set(SEVEN_IN_ZURICH + A_DAY)
    planned = []
    for _ in range(2 * 24):
        planned.append(plan(story))
        scenes.deliver_to(story.house, Postbox([REFUSED] * 10))
        clock.advance(AN_HOUR)
    assert sum(planned) == 2
    assert [row.status for row in digests(story.house)] == ["dead", "dead"]
    assert {row.coordinator_id for row in digests(story.house)} == {cora}


def test_at_once_a_given_up_digest_is_tried_again(story: Story, cora: UUID) -> None:
    story.apply()
    scenes.mail_all(story.house)
    for _ in range(3):
        assert plan(story, at_once=True) == 1
        scenes.deliver_to(story.house, Postbox([REFUSED]))
    assert [row.status for row in digests(story.house)] == ["dead"] * 3
    assert {row.coordinator_id for row in digests(story.house)} == {cora}


# --- a commit that comes late -----------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_entry_that_is_committed_late_is_not_skipped(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    slow, quick = story.apply(submit=False), story.apply(NOOR, submit=False)
    clock.advance(A_DAY)
    planned: list[int] = []
    planner = Thread(target=lambda: planned.append(plan(story)))
    with story.house.works.change(SYSTEM) as late:
        applying.submit(late, slow)
        late.session.flush()
        with story.house.works.change(SYSTEM) as early:
            applying.submit(early, quick)
        planner.start()
        planner.join(0.3)
        assert planner.is_alive()
    planner.join(20)
    assert planned == [1]
    assert [entry.chain_id for entry in scenes.journal(story.house)[-2:]] == [slow, quick]
    assert told(story.house) == {"submitted": [("Mira Lindqvist", None), ("Noor Haddad", None)]}
    assert digests(story.house)[0].coordinator_id == cora


def test_the_horizon_is_the_newest_entry(story: Story) -> None:
    story.apply()
    with story.house.works.change(SYSTEM) as work:
        assert horizon(work) == newest(story)


def test_the_horizon_of_an_empty_journal_is_nought(house: House) -> None:
    with house.works.change(SYSTEM) as work:
        assert horizon(work) == 0


def test_a_window_is_kept_in_a_row_and_read_back() -> None:
    window = Window(3, 17, datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 2, 1, tzinfo=UTC))
    program_id = new_id()
    assert windows_in(details_of({program_id: window})) == {program_id: window}
