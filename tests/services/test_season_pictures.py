"""A season in pictures: what is counted, and who may see the season before."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from letters.domain.errors import AccessDenied
from letters.domain.needs import Need
from letters.domain.progress import Standing
from letters.domain.roles import Role
from letters.domain.season_pictures import Took
from letters.house import House
from letters.records import Coordinator, LetterRequest, Program
from letters.services import administering, season_pictures
from letters.services.season_pictures import Pictures
from tests.services import replies, scenes, signals
from tests.support.clock import TestClock
from tests.support.people import A_DAY, DUE, INTERNSHIP, MIRA, OPERATOR, SYSTEM, Story, tell

CORA = "cora@alpine.example.org"


def look(story: Story, email: str = CORA) -> Pictures:
    with story.house.works.look(SYSTEM) as work:
        her = work.session.scalars(select(Coordinator).where(Coordinator.email == email)).one()
        return season_pictures.pictures_of(work, her, story.slug)


def letter_after(story: Story, days: float, before_due: float, number: int = 0) -> UUID:
    """Let a letter come so many days after it was asked for, and so many before it was due."""
    application_id = scenes.requested(story, signals.naming(replace(signals.BRAM), number))
    scenes.send_letter(story, application_id)
    received_at = DUE - timedelta(days=before_due)
    with story.house.works.change(SYSTEM) as work:
        request = work.session.scalars(
            select(LetterRequest).where(
                LetterRequest.application_id == application_id, LetterRequest.position == 1
            )
        ).one()
        request.received_at = received_at
        request.requested_at = received_at - timedelta(days=days)
    return application_id


def copy_of(story: Story, house: House) -> Story:
    """Return a program that was copied from this one, due at the same date."""
    made = tell(house, replace(INTERNSHIP, slug="next-summer"))
    with house.works.change(OPERATOR) as work:
        former = work.session.scalars(select(Program.id).where(Program.slug == story.slug)).one()
        change = update(Program).where(Program.slug == made.slug).values(copied_from=former)
        work.session.execute(change)
    return made


def test_letters_are_counted_by_day_and_by_how_long_they_took(story: Story) -> None:
    story.add_coordinator()
    letter_after(story, 2.5, 0, 1)
    letter_after(story, 20, 0, 2)
    letter_after(story, 0.1, 10, 3)
    withdrawn = letter_after(story, 1, 5, 4)
    scenes.withdraw(story, withdrawn)
    season = look(story)
    assert season.days.rows == [(-10, 1, 0), (0, 2, 0)]
    assert {kind: count for kind, count in season.took.items() if count} == {
        Took.A_DAY: 1,
        Took.THREE_DAYS: 1,
        Took.A_MONTH: 1,
    }
    assert (season.median, season.former, season.former_median) == (2, None, None)


def test_applications_are_counted_where_they_stand(story: Story, clock: TestClock) -> None:
    story.add_coordinator()
    story.apply(replace(MIRA, applicant_name="Draft"), submit=False)
    story.apply()
    scenes.requested(story)
    partly = scenes.requested(story, scenes.NOOR)
    scenes.send_letter(story, partly)
    replies.ask_for_more_time(story, scenes.requested(story))
    season = look(story)
    assert {state: count for state, count in season.stuck.items() if count} == {
        Standing.DRAFT: 1,
        Standing.WAITING: 1,
        Standing.REQUESTED: 2,
        Standing.PARTLY: 1,
    }
    assert season.needs == {Need.MORE_TIME: 1}
    clock.set(DUE + timedelta(hours=1))
    assert look(story).stuck[Standing.OVERDUE] == 3
    clock.set(scenes.CLOSES + A_DAY)
    assert look(story).stuck[Standing.INCOMPLETE] == 4


def test_the_season_before_is_the_program_that_this_one_was_copied_from(
    house: House, story: Story
) -> None:
    story.add_coordinator()
    letter_after(story, 4, 3)
    made = copy_of(story, house)
    made.add_coordinator()
    season = look(made)
    assert season.former is not None
    assert season.former.slug == story.slug
    assert season.days.rows == [(-3, 0, 1)]
    assert (season.median, season.former_median) == (None, 4)


def test_who_has_no_part_in_the_season_before_sees_none_of_it(house: House, story: Story) -> None:
    letter_after(story, 4, 3)
    made = copy_of(story, house)
    made.add_coordinator()
    season = look(made)
    assert (season.former, season.former_median, season.days.most) == (None, None, 0)
    story.add_coordinator("other@alpine.example.org")
    with pytest.raises(AccessDenied):
        look(made, "other@alpine.example.org")


def test_a_viewer_sees_states_and_nothing_of_letters(story: Story) -> None:
    with story.house.works.change(OPERATOR) as work:
        administering.add_coordinator(work, CORA, "Cora", [story.slug], role=Role.VIEWER)
    replies.send(story, scenes.requested(story), replies.marked(story.house))
    replies.ask_for_more_time(story, scenes.requested(story))
    assert look(story).needs == {Need.MORE_TIME: 1}
