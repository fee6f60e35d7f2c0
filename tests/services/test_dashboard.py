"""Coordinators see their own programs, all of them in few statements, and letters on the record."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from letters.domain.errors import (
    AccessDenied,
    LetterOutOfReach,
    LettersError,
    LetterUnreadable,
    UnknownApplication,
    UnknownLetter,
    UnknownProgram,
    UnknownRequest,
)
from letters.domain.journal import Fact
from letters.house import House
from letters.records import Coordinator, new_id
from letters.services import application_page, dashboard, finding
from letters.services.dashboard import Season
from letters.services.work import Work
from tests.services import scenes
from tests.services.scenes import NOOR, nothing_changed
from tests.support.clock import TestClock
from tests.support.people import A_DAY, FELLOWSHIP, SYSTEM, Story, tell


@pytest.fixture
def stranger(story: Story) -> UUID:
    """A coordinator of another program."""
    return scenes.automatic(story.house).add_coordinator("sam@example.org", "Sam")


def seen_by(house: House, coordinator_id: UUID, see: Callable[[Work, Coordinator], object]) -> None:
    with house.works.change(scenes.COORDINATOR) as work:
        see(work, work.session.get_one(Coordinator, coordinator_id))


def seasons(house: House, coordinator_id: UUID) -> list[Season]:
    with house.works.look(SYSTEM) as work:
        return dashboard.seasons(work, work.session.get_one(Coordinator, coordinator_id))


# --- programs in numbers ----------------------------------------------------------------------


def numbers(season: Season) -> tuple[int, int, int, int]:
    return season.drafts, season.submitted, season.complete, season.waiting


def test_a_program_is_shown_in_numbers(story: Story, cora: UUID) -> None:
    story.apply(submit=False)
    story.apply(NOOR)
    scenes.requested(story)
    complete = scenes.requested(story)
    for position in (1, 2):
        scenes.send_letter(story, complete, position)
    scenes.withdraw(story, story.apply())
    assert [numbers(season) for season in seasons(story.house, cora)] == [(1, 3, 1, 1)]


def test_where_nobody_is_selected_nobody_waits(story: Story, stranger: UUID) -> None:
    replace(story, slug=FELLOWSHIP.slug).apply(NOOR)
    assert [numbers(season) for season in seasons(story.house, stranger)] == [(0, 1, 0, 0)]


def test_a_program_without_applications_is_all_noughts(story: Story, cora: UUID) -> None:
    assert [numbers(season) for season in seasons(story.house, cora)] == [(0, 0, 0, 0)]


def test_only_their_own_programs_are_shown(story: Story, cora: UUID, stranger: UUID) -> None:
    shown = {
        coordinator_id: [season.program.slug for season in seasons(story.house, coordinator_id)]
        for coordinator_id in (cora, stranger)
    }
    assert shown == {cora: [story.slug], stranger: [FELLOWSHIP.slug]}


def test_programs_are_shown_soonest_due_first(story: Story, cora: UUID) -> None:
    sooner = replace(FELLOWSHIP, slug="sooner", due_at=FELLOWSHIP.due_at - A_DAY)
    tell(story.house, sooner).add_coordinator()
    shown = [season.program.slug for season in seasons(story.house, cora)]
    assert shown == ["sooner", story.slug]


# --- one application --------------------------------------------------------------------------


def test_an_application_is_shown_with_all_that_happened(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    clock.advance(A_DAY)
    letter_id = scenes.send_letter(story, application_id)
    scenes.send_letter(story, scenes.requested(story, NOOR))
    with story.house.works.look(SYSTEM) as work:
        coordinator = work.session.get_one(Coordinator, cora)
        found = application_page.application_page(work, coordinator, application_id)
    assert found.application.id == application_id
    assert (found.progress.standing, found.progress.received) == ("partly", 1)
    assert [letter.id for letter in found.letters.values()] == [letter_id]
    assert [entry.fact for entry in found.entries] == scenes.facts(story, application_id)
    assert {mail.application_id for mail in found.mails} == {application_id}
    assert len(found.mails) == 7


# --- who may look -----------------------------------------------------------------------------


def test_a_stranger_sees_nothing_of_a_program(story: Story, stranger: UUID) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    request_id = scenes.request_of(story, application_id).id
    for see in (
        lambda work, sam: dashboard.program_run_by(work, sam, story.slug),
        lambda work, sam: dashboard.application_run_by(work, sam, application_id, lock=True),
        lambda work, sam: application_page.application_page(work, sam, application_id),
        lambda work, sam: dashboard.open_letter(work, sam, request_id),
    ):
        with nothing_changed(story.house), pytest.raises(AccessDenied):
            seen_by(story.house, stranger, see)


def test_what_is_not_there_is_unknown(story: Story, cora: UUID) -> None:
    missing: list[tuple[type[LettersError], Callable[[Work, Coordinator], object]]] = [
        (UnknownProgram, lambda work, her: dashboard.program_run_by(work, her, "none")),
        (
            UnknownApplication,
            lambda work, her: application_page.application_page(work, her, new_id()),
        ),
        (UnknownRequest, lambda work, her: dashboard.open_letter(work, her, new_id())),
    ]
    for error, see in missing:
        with pytest.raises(error):
            seen_by(story.house, cora, see)


# --- reading a letter -------------------------------------------------------------------------


def open_letter(story: Story, coordinator_id: UUID, request_id: UUID) -> bytes:
    actor = replace(scenes.COORDINATOR, id=coordinator_id)
    with story.house.works.change(actor) as work:
        coordinator = work.session.get_one(Coordinator, coordinator_id)
        return dashboard.open_letter(work, coordinator, request_id).content


def test_the_letter_that_counts_is_opened_and_that_is_written_down(
    story: Story, cora: UUID
) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id, words="first")
    letter_id = scenes.send_letter(story, application_id, words="second")
    request_id = scenes.request_of(story, application_id).id
    mails = len(scenes.outbox(story.house))

    content = open_letter(story, cora, request_id)
    assert content == scenes.upload_of(story.house, "second").content
    entry = scenes.journal(story.house, application_id)[-1]
    assert (entry.fact, entry.letter_id, entry.request_id) == (
        Fact.LETTER_READ,
        letter_id,
        request_id,
    )
    assert (entry.actor_kind, entry.actor_id) == ("coordinator", cora)
    assert len(scenes.outbox(story.house)) == mails
    assert scenes.breaches(story.house) == []


def test_a_letter_that_is_not_in_cannot_be_opened(story: Story, cora: UUID) -> None:
    application_id = scenes.requested(story)
    request_id = scenes.request_of(story, application_id).id
    with nothing_changed(story.house), pytest.raises(UnknownLetter):
        open_letter(story, cora, request_id)


def test_a_letter_that_cannot_be_read_is_not_said_to_have_been(story: Story, cora: UUID) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    (file,) = [path for path in scenes.store_folder(story.house).rglob("*") if path.is_file()]
    file.unlink()
    request_id = scenes.request_of(story, application_id).id
    with nothing_changed(story.house), pytest.raises(LetterUnreadable):
        open_letter(story, cora, request_id)


def test_a_store_that_is_away_for_a_while_is_said_to_be(story: Story, cora: UUID) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    request_id = scenes.request_of(story, application_id).id
    folder = scenes.store_folder(story.house)
    away = folder.rename(folder.with_name("away"))
    with nothing_changed(story.house), pytest.raises(LetterOutOfReach):
        open_letter(story, cora, request_id)
    away.rename(folder)
    assert open_letter(story, cora, request_id) == scenes.upload_of(story.house).content


def test_two_looks_at_once_are_both_written_down(story: Story, cora: UUID) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    request_id = scenes.request_of(story, application_id).id
    scenes.at_once(*[lambda: open_letter(story, cora, request_id)] * 3)
    assert scenes.facts(story, application_id)[-3:] == [Fact.LETTER_READ] * 3
    assert scenes.breaches(story.house) == []


def test_an_application_is_found_for_its_coordinator_under_a_lock(story: Story, cora: UUID) -> None:
    application_id = story.apply()
    with story.house.works.change(scenes.COORDINATOR) as work:
        coordinator = finding.coordinator_by_email(work, "cora@alpine.example.org")
        found = dashboard.application_run_by(work, coordinator, application_id, lock=True)
        assert (coordinator.id, found.id) == (cora, application_id)
