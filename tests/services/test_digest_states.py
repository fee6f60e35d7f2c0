"""What needs somebody, what is at risk, and the season: in the digest and on the dashboard."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from letters.domain.digest import Frequency
from letters.domain.errors import AddressRefused
from letters.domain.needs import Need
from letters.domain.roles import Role
from letters.domain.season import Bar
from letters.services import finding, requesting, season_bars
from letters.services.digest_contents import ProgramDigest
from letters.services.digesting import plan_digests
from tests.services import replies, scenes
from tests.services.digests import (
    SEVEN_IN_ZURICH,
    choose,
    digests,
    plan,
    programs_in,
    reached,
)
from tests.services.scenes import Postbox
from tests.support.clock import TestClock
from tests.support.people import A_DAY, DUE, INTERNSHIP, MIRA, START, SYSTEM, Story, tell
from tests.support.statements import counted


def tell_so_far(story: Story) -> None:
    """Hand over a digest of all that happened until now."""
    assert plan(story, at_once=True) == 1
    scenes.mail_all(story.house)


def newest(story: Story) -> ProgramDigest:
    (program,) = programs_in(story.house, digests(story.house)[-1])
    return program


def needed(program: ProgramDigest) -> dict[str, int]:
    return {section.section: section.total for section in program.needs}


def test_what_needs_somebody_and_was_told_mails_nothing_and_stands_on_top_of_the_next(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    asked = scenes.requested(story)
    replies.ask_for_more_time(story, asked)
    tell_so_far(story)
    clock.advance(A_DAY)
    assert plan(story) == 0

    story.apply()
    clock.advance(A_DAY)
    assert plan(story) == 1
    assert needed(newest(story)) == {"waiting": 1, "more_time": 1}
    assert {row.coordinator_id for row in digests(story.house)} == {cora}


@pytest.mark.parametrize("need", [Need.MORE_TIME, Need.MARKED, Need.BOUNCED])
def test_a_need_that_arose_since_is_news(
    story: Story, cora: UUID, clock: TestClock, need: Need
) -> None:
    asked = scenes.requested(story)
    scenes.send_letter(story, asked, 2)
    tell_so_far(story)
    if need is Need.MORE_TIME:
        replies.ask_for_more_time(story, asked)
    elif need is Need.MARKED:
        replies.send(story, asked, replies.marked(story.house), 2)
    else:
        refuse_a_new_link(story, asked)
    clock.advance(A_DAY)
    assert plan(story) == 1
    assert needed(newest(story))[need.value] == 1
    assert digests(story.house)[-1].coordinator_id == cora


def refuse_a_new_link(story: Story, application_id: UUID) -> None:
    with story.house.works.change(scenes.COORDINATOR) as work:
        found = finding.application(work, application_id, lock=True)
        requesting.send_link_again(work, found, found.requests[0])
    refused = AddressRefused(reason="550 5.1.1 no such mailbox")
    scenes.deliver_to(story.house, Postbox([refused]))


def test_a_digest_that_goes_out_late_takes_nobody_back_who_began_anew(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    story.apply()
    assert plan(story, at_once=True) == 1
    clock.advance(A_DAY)
    story.apply(scenes.NOOR)
    choose(story, cora, digested_seq=scenes.journal(story.house)[-1].seq, digested_at=clock.now())
    began = reached(story, cora)
    scenes.mail_all(story.house)
    assert digests(story.house)[-1].sent_at == clock.now()
    assert reached(story, cora) == began


def test_a_viewer_is_told_nothing_of_letters(story: Story, cora: UUID, clock: TestClock) -> None:
    asked = scenes.requested(story)
    replies.send(story, asked, replies.marked(story.house))
    replies.send(story, asked, replies.unchecked(story.house), 2)
    clock.advance(A_DAY)
    choose(story, cora, role=Role.VIEWER)
    plan(story)
    assert needed(newest(story)) == {}
    choose(story, cora, role=Role.READER)
    assert needed(newest(story)) == {"marked": 1, "quarantined": 1}


def test_letters_that_are_missing_and_due_soon_are_at_risk_by_name(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    asked = scenes.requested(story)
    scenes.send_letter(story, asked, 1)
    complete = scenes.requested(story, replace(MIRA, applicant_name="Carla"))
    scenes.send_letter(story, complete, 1)
    scenes.send_letter(story, complete, 2)
    choose(story, cora, risk_days=3)
    clock.set(DUE - timedelta(days=3, minutes=1))
    plan(story, at_once=True)
    assert newest(story).at_risk is None
    clock.set(DUE - timedelta(days=3))
    at_risk = newest(story).at_risk
    assert at_risk is not None
    assert [(line.applicant_name, line.referee_name, line.at) for line in at_risk.lines] == [
        ("Mira Lindqvist", "Dr. Bram de Wit", DUE)
    ]


def test_the_season_counts_each_application_once(story: Story) -> None:
    story.apply(submit=False)
    story.apply()
    scenes.requested(story)
    partly = scenes.requested(story)
    scenes.send_letter(story, partly)
    complete = scenes.requested(story)
    scenes.send_letter(story, complete, 1)
    scenes.send_letter(story, complete, 2)
    scenes.withdraw(story, scenes.requested(story))
    with story.house.works.look(SYSTEM) as work:
        program = finding.program_by_slug(work, story.slug)
        assert season_bars.season_bars(work, [program.id]) == {program.id: Bar(1, 1, 1, 1)}


def test_with_nothing_new_who_wants_that_is_told_so_once_per_slot(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    choose(story, cora, digest_when_empty=True)
    clock.set(SEVEN_IN_ZURICH + A_DAY)
    assert [plan(story), plan(story)] == [1, 0]
    scenes.mail_all(story.house)
    assert plan(story) == 0
    assert list(newest(story).sections) == []


def test_each_program_comes_as_often_as_wanted_and_keeps_its_own_window(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    weekly = tell(story.house, replace(INTERNSHIP, slug="weekly", due_at=DUE - A_DAY))
    weekly.add_coordinator()
    choose(weekly, cora, digest_frequency=Frequency.WEEKLY)
    for each in (story, weekly):
        each.apply()
    told = []
    for day in range(1, 9):  # from Tuesday on
        clock.set(SEVEN_IN_ZURICH + day * A_DAY)
        if plan(story):
            programs = programs_in(story.house, digests(story.house)[-1])
            told.append((day, [program.url.rpartition("/")[2] for program in programs]))
            scenes.mail_all(story.house)
    assert told == [(1, ["alpine-summer"]), (7, ["weekly", "alpine-summer"])]
    assert reached(weekly, cora)[1] == SEVEN_IN_ZURICH + 7 * A_DAY
    assert reached(story, cora)[1] == SEVEN_IN_ZURICH + 8 * A_DAY


def test_on_the_week_end_weekday_digests_wait_and_then_tell_everything_at_once(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    choose(story, cora, digest_frequency=Frequency.WEEKDAYS)
    planned = []
    for day in range(3, 8):  # from Thursday to Monday
        clock.set(SEVEN_IN_ZURICH + day * A_DAY)
        planned.append(plan(story))
        scenes.mail_all(story.house)
        clock.set(SEVEN_IN_ZURICH + day * A_DAY + A_DAY / 2)
        story.apply()
    assert planned == [0, 1, 0, 0, 1]
    assert [section.total for section in newest(story).sections] == [3]


def test_what_is_turned_off_is_not_told_also_where_the_mail_was_planned(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    story.apply()
    clock.advance(A_DAY)
    assert plan(story) == 1
    choose(story, cora, digest_frequency=Frequency.OFF)
    box = Postbox()
    scenes.deliver_to(story.house, box)
    assert [message for message in box.messages if "Digest" in message.subject] == []
    assert plan(story, at_once=True) == 0


def test_a_digest_that_no_worker_lived_to_send_is_told_by_the_one_that_covers_the_gap(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    story.apply()
    clock.set(SEVEN_IN_ZURICH + A_DAY)
    assert [plan(story), plan(story)] == [1, 0]
    story.apply()
    clock.set(SEVEN_IN_ZURICH + 8 * A_DAY)
    assert plan(story) == 1
    assert [section.total for section in newest(story).sections] == [2]
    box = Postbox()
    scenes.deliver_to(story.house, box)
    assert len([message for message in box.messages if "Digest" in message.subject]) == 1
    assert plan(story, at_once=True) == 0
    assert reached(story, cora)[1] == SEVEN_IN_ZURICH + 8 * A_DAY
    assert scenes.breaches(story.house) == []


def test_of_an_archived_program_nothing_is_told_before_it_is_brought_back(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    choose(story, cora, digest_when_empty=True)
    story.apply()
    put_away(story, clock.now())
    for _ in range(2):
        clock.advance(A_DAY)
        assert plan(story) == 0
    put_away(story, None)
    assert plan(story) == 1
    assert needed(newest(story)) == {"waiting": 1}
    assert [section.section for section in newest(story).sections] == ["submitted"]


def put_away(story: Story, at: datetime | None) -> None:
    with story.house.works.change(SYSTEM) as work:
        finding.program_by_slug(work, story.slug).archived_at = at


def test_an_administrator_gets_digests_of_their_own_programs_only(
    story: Story, clock: TestClock
) -> None:
    other = scenes.automatic(story.house)
    admin = other.add_coordinator("ada@example.org", "Ada")
    choose(other, admin, is_administrator=True)
    story.apply()
    clock.advance(A_DAY)
    assert plan_digests(story.house.works, SYSTEM) == 0


def test_who_joined_without_an_instant_is_told_of_what_happens_from_then_on(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    story.apply()
    choose(story, cora, digested_at=None)
    assert plan(story) == 0
    assert reached(story, cora)[1] == START
    clock.advance(A_DAY)
    assert plan(story) == 1


def test_a_digest_of_many_programs_and_changes_takes_as_many_statements_as_a_small_one(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    story.apply()
    clock.advance(A_DAY)
    plan(story)
    with counted(story.house.database.engine) as few:
        programs_in(story.house, digests(story.house)[-1])
    scenes.mail_all(story.house)
    for n in range(3):
        more = tell(story.house, replace(INTERNSHIP, slug=f"more-{n}"))
        more.add_coordinator()
        scenes.apply_many(more, 5)
    clock.advance(A_DAY)
    plan(story)
    with counted(story.house.database.engine) as many:
        assert len(programs_in(story.house, digests(story.house)[-1])) == 4
    assert len(many) == len(few)
    assert digests(story.house)[-1].coordinator_id == cora
