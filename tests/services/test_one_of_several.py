"""What one coordinator does, or is told, leaves the others as they are."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from letters.domain.digest import Frequency
from letters.records import Coordinator, HowSignedIn, program_coordinators
from letters.services import (
    dashboard,
    digest_settings,
    digesting,
    finding,
    people,
    sessions,
    signing_in,
)
from letters.services.digest_changes import windows_in
from tests.services import acts
from tests.services.digests import digests, plan, reached
from tests.support.people import INTERNSHIP, OPERATOR, SYSTEM, Story, tell

DAN = "dan@alpine.example.org"


@pytest.fixture
def dan(story: Story) -> UUID:
    """Another coordinator of the same program."""
    return story.add_coordinator(DAN, "Dan")


def signed_in(story: Story, coordinator_id: UUID) -> UUID:
    """Let a coordinator sign in; return the session's id."""
    with story.house.works.change(SYSTEM) as work:
        coordinator = work.session.get_one(Coordinator, coordinator_id)
        return sessions.begin(work, coordinator, HowSignedIn.OPERATORS_LINK, "").id


def test_who_works_on_another_program_is_no_member(story: Story, cora: UUID) -> None:
    tell(story.house, replace(INTERNSHIP, slug="elsewhere")).add_coordinator(DAN, "Dan")
    with story.house.works.look(SYSTEM) as work:
        members = people.members(work, finding.program_by_slug(work, story.slug))
    assert [member.coordinator.id for member in members] == [cora]


def test_who_turns_the_digest_off_does_so_for_nobody_else(
    story: Story, cora: UUID, dan: UUID
) -> None:
    member = program_coordinators.c
    with story.house.works.change(SYSTEM) as work:
        digest_settings.turn_off(work, cora)
        rows = work.session.execute(select(member.coordinator_id, member.digest_frequency)).all()
    assert {row[0]: row[1] is Frequency.OFF for row in rows} == {cora: True, dan: False}


def test_what_one_was_told_the_others_are_still_to_be_told(
    story: Story, cora: UUID, dan: UUID
) -> None:
    story.apply()
    assert plan(story, at_once=True) == 2
    before = reached(story, dan)
    (of_cora,) = (row for row in digests(story.house) if row.coordinator_id == cora)
    with story.house.works.change(SYSTEM) as work:
        digesting.close_windows(work, cora, windows_in(of_cora.details))
    assert reached(story, cora) != before
    assert reached(story, dan) == before


def test_who_ends_all_sessions_ends_those_of_nobody_else(
    story: Story, cora: UUID, dan: UUID
) -> None:
    begun = [signed_in(story, cora), signed_in(story, dan)]
    with story.house.works.change(SYSTEM) as work:
        sessions.end_all(work, cora)
    with story.house.works.look(SYSTEM) as work:
        going_on = [sessions.going_on(work, one) is not None for one in begun]
    assert going_on == [False, True]


def test_who_signs_in_uses_up_nobody_elses_link(story: Story, cora: UUID, dan: UUID) -> None:
    with story.house.works.change(OPERATOR) as work:
        token = signing_in.make_link(work, DAN).rpartition("/")[2]
    signed_in(story, cora)
    with story.house.works.look(SYSTEM) as work:
        assert signing_in.check_link(work, token, None).id == dan


def test_a_draft_that_nobody_proved_is_not_counted(story: Story, cora: UUID) -> None:
    acts.begin_draft(story)
    with story.house.works.look(SYSTEM) as work:
        (season,) = dashboard.seasons(work, work.session.get_one(Coordinator, cora))
    assert season.drafts == 0
